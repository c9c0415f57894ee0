import { createMemo, For, type JSX, Show } from 'solid-js';

import type { Channel } from '../../api/wire';
import { go, route } from '../../model/app';
import { flip } from '../../model/kept';
import type { Pane } from '../../model/route';
import { othersOf } from '../../model/people';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { pictureOf } from '../timeline/face-of';

const SPEAKERS = 3;
const SPEAKERS_FROM = 50;

export const openPane = (pane: Pane): void => {
  const now = route();
  if (now.kind === 'place') go({ ...now, thread: undefined, pane: now.pane === pane ? undefined : pane });
};

export const Bar = (props: { channel: Channel }): JSX.Element => {
  const team = useTeam();
  const isStarred = (): boolean => team.state().kept['star']?.[props.channel.id] !== undefined;
  /** Who spoke here last: whom one would ask. Who reads far back has them as they were. */
  const spoken = createMemo<{ channel: string; who: string[] }>(
    (before) => {
      const { id } = props.channel;
      const known = before.channel === id ? before : { channel: id, who: [] };
      const run = team.state().runs[id];
      if (!run?.atEnd) return known;
      const newest = run.messages.slice(-SPEAKERS_FROM).toReversed();
      const who = [...new Set(newest.filter((one) => !one.system).map((one) => one.author))].slice(0, SPEAKERS);
      return known.who.join() === who.join() ? known : { channel: id, who };
    },
    { channel: '', who: [] },
  );
  const speakers = (): string[] => spoken().who;
  const topic = (): string => {
    if (props.channel.kind !== 'direct') return props.channel.topic;
    const status = team.people()[othersOf(props.channel, team.me)[0] ?? '']?.status;
    return status ? `${status.emoji ?? ''} ${status.text}`.trim() : '';
  };
  return (
    <header class="bar">
      <a class="ib back" href={`/${team.room.slug}`} aria-label={t('bar.back')}>
        <Icon name="left" flip />
      </a>
      <h1 tabindex="-1" id="place">
        <Show when={props.channel.kind !== 'direct'}>
          <Icon name={props.channel.kind === 'private' ? 'lock' : 'hash'} />
        </Show>
        <span class="cut">
          <bdi>{team.title(props.channel)}</bdi>
        </span>
        <Show when={props.channel.state === 'archived'}>
          <span class="tag">{t('bar.archived')}</span>
        </Show>
      </h1>
      <button class="ib sm hide-phone" aria-pressed={isStarred()} aria-label={isStarred() ? t('row.unstar') : t('row.star')} onClick={() => flip(team, 'star', props.channel.id)}>
        <span classList={{ starred: isStarred() }}>
          <Icon name="star" size="s" solid={isStarred()} />
        </span>
      </button>
      <span class="topic cut" title={topic()}>
        <bdi>{topic()}</bdi>
      </span>
      <div class="tools">
        <button class="count hide-phone" aria-label={t('bar.members', { count: props.channel.members })} onClick={() => openPane('members')}>
          {/* Room for those who will have spoken: nothing beside them moves when they are known. */}
          <span class="faces" style={{ '--room': Math.min(SPEAKERS, props.channel.members) }}>
            <Show when={speakers().length > 0} fallback={<Icon name="people" size="s" />}>
              <For each={speakers()}>{(account) => <Face id={account} name={team.name(account)} picture={pictureOf(team, account)} size={20} />}</For>
            </Show>
          </span>
          {props.channel.members}
        </button>
        <Show when={props.channel.pins > 0}>
          <button class="count hide-phone" aria-label={t('bar.pins', { count: props.channel.pins })} onClick={() => openPane('pins')}>
            <Icon name="pin" size="s" />
            {props.channel.pins}
          </button>
        </Show>
        <button class="ib" aria-label={t('bar.details')} onClick={() => openPane('details')}>
          <Icon name="info" />
        </button>
      </div>
    </header>
  );
};
