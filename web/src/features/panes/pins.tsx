import { createEffect, createResource, For, type JSX, on, Show } from 'solid-js';

import type { Channel } from '../../api/wire';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { FoundMessage } from '../lists/found';
import { Pane } from './pane';

export const Pins = (props: { channel: Channel }): JSX.Element => {
  const team = useTeam();
  const [pins, { refetch }] = createResource(
    () => props.channel.id,
    (id) => team.face.pins(id),
  );
  createEffect(on(() => props.channel.pins, () => void refetch(), { defer: true }));
  return (
    <Pane title={t('details.pins')}>
      <Show when={!pins.error && (pins.latest?.items.length ?? 0) > 0} fallback={<p class="empty">{t('details.none')}</p>}>
        <For each={pins.latest?.items}>
          {(item) => <FoundMessage message={item} people={pins.latest?.people ?? {}} />}
        </For>
      </Show>
    </Pane>
  );
};
