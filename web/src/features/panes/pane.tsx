import type { JSX } from 'solid-js';

import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { closePane } from '../thread/thread';

/** What stands beside the timeline: a title, a way out, and its inside. */
export const Pane = (props: { title: string; children: JSX.Element }): JSX.Element => (
  <aside class="pane" aria-label={props.title}>
    <header class="bar">
      <button class="ib back" aria-label={t('pane.close')} onClick={closePane}>
        <Icon name="left" flip />
      </button>
      <h2>{props.title}</h2>
      <div class="tools">
        <button class="ib hide-phone" aria-label={t('pane.close')} onClick={closePane}>
          <Icon name="x" />
        </button>
      </div>
    </header>
    <div class="pane-scroll">{props.children}</div>
  </aside>
);
