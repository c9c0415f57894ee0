/** A pane may take the whole sheet for a while; what lies under it waits where it is. */

import { createSignal, type JSX } from 'solid-js';

import { t } from '../../texts';
import { Icon } from '../../ui/icon';

const [isWide, setWide] = createSignal(false);
export { isWide };

export const Widen = (): JSX.Element => (
  <button class="ib wide-only" classList={{ on: isWide() }} aria-pressed={isWide()} aria-label={t('pane.widen')} onClick={() => setWide(!isWide())}>
    <Icon name="wide" />
  </button>
);
