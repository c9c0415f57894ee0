import { For, type JSX, Show } from 'solid-js';

import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { pictureOf } from '../timeline/face-of';
import type { Suggestion } from './complete';

/** Above the field; the field keeps the focus and names the chosen one. */
export const Suggestions = (props: { all: readonly Suggestion[]; at: number; take: (one: Suggestion) => void }): JSX.Element => {
  const team = useTeam();
  return (
    <Show when={props.all.length > 0}>
      <div class="menu suggestions" id="suggestions" role="listbox" aria-label={t('composer.suggestions')}>
        <For each={props.all}>
          {(one, index) => (
            <div
              class="mi"
              classList={{ at: index() === props.at }}
              id={`suggestion-${index()}`}
              role="option"
              aria-selected={index() === props.at}
              onPointerDown={(event) => {
                event.preventDefault();
                props.take(one);
              }}
            >
              <Show when={one.kind === 'person'}>
                <Face id={one.id} name={one.label} picture={pictureOf(team, one.id)} size={20} />
              </Show>
              <Show when={one.kind === 'channel'}>
                <Icon name="hash" size="s" />
              </Show>
              <Show when={one.kind === 'all'}>
                <Icon name="bell" size="s" />
              </Show>
              <bdi class="cut">{one.label}</bdi>
            </div>
          )}
        </For>
      </div>
    </Show>
  );
};
