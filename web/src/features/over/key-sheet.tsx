import { For, type JSX } from 'solid-js';

import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';

/** Every key there is, beside what it does in the words the page uses. */
const KEYS = [
  ['Ctrl K', 'side.jump'],
  ['Ctrl Shift K', 'side.direct'],
  ['Alt ↑ ↓', 'side.channels'],
  ['Alt Shift ↑ ↓', 'row.unread.keys'],
  ['F6', 'keys.region'],
  ['Ctrl .', 'bar.details'],
  ['Escape', 'keys.escape'],
  ['↑', 'message.edit'],
  ['Enter', 'composer.send'],
  ['Shift Enter', 'keys.line'],
  ['Ctrl B', 'composer.bold'],
  ['Ctrl I', 'composer.italic'],
  ['Ctrl E', 'composer.code'],
  ['?', 'rail.keys'],
] as const;

export const Keys = (props: { close: () => void }): JSX.Element => (
  <Dialog title={t('keys.title')} close={props.close}>
    <dl class="dialog-body keys" tabindex="0">
      <For each={KEYS}>
        {([keys, what]) => (
          <div class="row">
            <dt>{t(what)}</dt>
            <dd class="push">
              <kbd>{keys}</kbd>
            </dd>
          </div>
        )}
      </For>
    </dl>
  </Dialog>
);
