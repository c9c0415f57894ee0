import { For, type JSX, Show } from 'solid-js';

import { type Room, Team as Workspace } from '../../api/faces';
import { route, session } from '../../model/app';
import { hueOf, initialsOf } from '../../model/people';
import { totalOf, useTeam } from '../../model/team';
import { isNewer } from '../../model/worker';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { badge } from '../sidebar/row';
import { pictureOf } from '../timeline/face-of';
import { open } from './open';

/** Only with two workspaces or more, or for an admin; otherwise its contents stand in the workspace menu. */
export const showsRail = (rooms: readonly Room[], role: string): boolean =>
  rooms.length > 1 || role === 'owner' || role === 'admin';

export const Rail = (): JSX.Element => {
  const team = useTeam();
  const rooms = (): readonly Room[] => {
    const known = session();
    return known.kind === 'in' ? known.rooms : [];
  };
  const picture = (room: Room): string | undefined =>
    room.id === team.room.id ? team.picture() : room.picture && new Workspace(room.id).pictureOf(room.picture);
  const calls = (room: Room): number => (room.id === team.room.id ? totalOf(team.state()).mentions : room.mentions);
  const isUnread = (room: Room): boolean => room.id !== team.room.id && room.unread > 0;
  const label = (room: Room): string => {
    if (calls(room) > 0) return t('rail.mentions', { name: room.name, count: calls(room) });
    return isUnread(room) ? t('rail.unread', { name: room.name }) : room.name;
  };
  return (
    <nav class="rail" aria-label={t('rail.label')}>
      <For each={rooms()}>
        {(room) => (
          <a
            class="ws"
            classList={{ here: room.id === team.room.id }}
            style={{ '--h': String(hueOf(room.id)) }}
            href={`/${room.slug}`}
            aria-current={room.id === team.room.id ? 'true' : undefined}
            aria-label={label(room)}
          >
            <Show when={picture(room)} fallback={initialsOf(room.name)}>
              {(source) => <img src={source()} alt="" width="36" height="36" decoding="async" />}
            </Show>
            <Show when={calls(room) > 0 && room.id !== team.room.id}>
              <span class="badge" aria-hidden="true">
                {badge(calls(room))}
              </span>
            </Show>
            <Show when={isUnread(room) && calls(room) === 0}>
              <i class="spot" />
            </Show>
          </a>
        )}
      </For>
      <button class="ws add" aria-label={t('workspace.add')} onClick={() => open('workspace')}>
        <Icon name="plus" size="s" />
      </button>
      <div class="end">
        <button class="ib" aria-label={t('rail.keys')} onClick={() => open('keys')}>
          <Icon name="keys" />
        </button>
        <Show when={['owner', 'admin'].includes(team.room.role)}>
          <button class="ib" classList={{ on: route().kind === 'admin' }} aria-label={t('rail.admin')} onClick={() => open('admin')}>
            <Icon name="tune" />
          </button>
        </Show>
        <button
          class="you"
          aria-label={[t('rail.you', { name: team.name(team.me), presence: t(`presence.${team.presence(team.me)}`) }), ...(isNewer() ? [t('app.newer')] : [])].join('. ')}
          onClick={() => open('preferences')}
        >
          <Face id={team.me} name={team.name(team.me)} picture={pictureOf(team, team.me)} presence={team.presence(team.me)} />
          <Show when={isNewer()}>
            <i class="spot" />
          </Show>
        </button>
      </div>
    </nav>
  );
};
