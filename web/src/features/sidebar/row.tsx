import { createMemo, type JSX, Match, Switch } from 'solid-js';

import type { Channel } from '../../api/wire';
import { othersOf } from '../../model/people';
import { write } from '../../model/route';
import { countOf, useTeam } from '../../model/team';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { pictureOf } from '../timeline/face-of';
import { textOf } from '../../model/drafts';

const BADGE_MOST = 99;

export const badge = (count: number): string => (count > BADGE_MOST ? `${BADGE_MOST}+` : String(count));

/** One trailing mark only: badge, then who types, then draft, then mute, then what somebody is at. */
export const ChannelRow = (props: { channel: Channel; here: boolean; menu: (at: HTMLElement, channel: Channel) => void }): JSX.Element => {
  const team = useTeam();
  const title = (): string => team.title(props.channel);
  const count = () => countOf(team.state().places[props.channel.id]);
  const muted = (): boolean => team.isMuted(props.channel.id);
  const isDirect = (): boolean => props.channel.kind === 'direct';
  const calls = (): number => (isDirect() && !muted() ? count().unread : count().mentions);
  const unread = (): boolean => count().unread > 0 && !muted();
  const hasDraft = (): boolean => !props.here && textOf(team.state().kept['draft']?.[props.channel.id]) !== '';
  const others = () => othersOf(props.channel, team.me);
  /** In the open one the line under the field says it. */
  const types = createMemo(() => !props.here && team.view().typing.some((one) => one.channel === props.channel.id && one.account !== team.me));
  const label = (): string => {
    const name = title();
    if (props.here) return t('row.current', { name });
    const alone = isDirect() && others().length === 1 ? t(`presence.${team.presence(others()[0] ?? '')}`) : undefined;
    if (alone !== undefined && unread()) return t('row.direct.unread', { name, presence: alone, count: count().unread });
    if (!isDirect() && calls() > 0) return t('row.mentions', { name, count: calls() });
    if (unread()) return t('row.unread', { name, count: count().unread });
    if (muted()) return t('row.muted', { name });
    if (hasDraft()) return t('row.draft', { name });
    return alone === undefined ? name : t('row.direct', { name, presence: alone });
  };
  return (
    <a
      class="ch"
      classList={{ here: props.here, unread: unread(), muted: muted() }}
      href={write({ kind: 'place', workspace: team.room.slug, channel: props.channel.id })}
      aria-current={props.here ? 'page' : undefined}
      aria-label={label()}
      onContextMenu={(event) => {
        event.preventDefault();
        props.menu(event.currentTarget, props.channel);
      }}
      draggable={false}
    >
      <Switch fallback={<Icon name={props.channel.kind === 'private' ? 'lock' : 'hash'} />}>
        <Match when={isDirect()}>
          <span class="glyph">
            <Face
              id={others()[0] ?? ''}
              name={title()}
              picture={others().length === 1 ? pictureOf(team, others()[0] ?? '') : undefined}
              size={20}
              presence={others().length === 1 ? team.presence(others()[0] ?? '') : undefined}
              {...(others().length > 1 ? { letters: String(others().length) } : {})}
            />
          </span>
        </Match>
      </Switch>
      <span class="cut">
        <bdi>{title()}</bdi>
      </span>
      <Switch>
        <Match when={calls() > 0}>
          <span class="badge" aria-hidden="true">
            {badge(calls())}
          </span>
        </Match>
        <Match when={types()}>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
        </Match>
        <Match when={hasDraft()}>
          <span class="note">
            <Icon name="edit" size="x" />
          </span>
        </Match>
        <Match when={muted()}>
          <span class="note">
            <Icon name="belloff" size="x" />
          </span>
        </Match>
        <Match when={isDirect() && others().length === 1 && team.people()[others()[0] ?? '']?.status?.emoji}>
          {(emoji) => (
            <span class="note e" aria-hidden="true">
              {emoji()}
            </span>
          )}
        </Match>
      </Switch>
    </a>
  );
};
