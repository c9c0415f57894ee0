/** What hangs under a message: who reacted with what, and the thread. */

import { createSignal, For, type JSX, Show } from 'solid-js';

import type { Message, Reaction } from '../../api/wire';
import { route } from '../../model/app';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { threadKey, unreadOf } from '../../sync/state';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { emojiName } from '../composer/emoji';
import type { Acts } from './acts';
import { pictureOf } from './face-of';

const SHOWN_REACTIONS = 20;

export const Reactions = (props: { reactions: readonly Reaction[]; acts: Acts; message: Message; inner: -1 | undefined }): JSX.Element => {
  const [all, setAll] = createSignal(false);
  const team = useTeam();
  const shown = (): readonly Reaction[] => (all() ? props.reactions : props.reactions.slice(0, SHOWN_REACTIONS));
  /** The first ten come with the message; who the others are is asked when somebody looks. */
  const [asked, setAsked] = createSignal<Readonly<Record<string, string>>>({});
  const who = (one: Reaction): string => asked()[one.emoji] ?? one.people.map((account) => team.name(account)).join(', ');
  const ask = (one: Reaction): void => {
    if (one.count <= one.people.length || asked()[one.emoji] !== undefined) return;
    team.face
      .reactors(props.message, one.emoji)
      .then(({ items, people }) => {
        const names = items.map(({ account }) => people[account]?.name ?? team.name(account));
        setAsked({ ...asked(), [one.emoji]: names.join(', ') });
      })
      .catch(() => undefined);
  };
  const label = (one: Reaction): string =>
    t('message.reaction', { emoji: emojiName(one.emoji), count: one.count, mine: one.mine ? 'yes' : 'no' });
  return (
    <div class="reacts">
      <For each={shown()}>
        {(one) => (
          <button
            class="rx"
            classList={{ mine: one.mine }}
            tabindex={props.inner}
            aria-pressed={one.mine ?? false}
            aria-label={label(one)}
            title={who(one)}
            onPointerEnter={() => ask(one)}
            onFocusIn={() => ask(one)}
            onClick={() => props.acts.react(props.message, one.emoji, !one.mine)}
          >
            <span class="e" aria-hidden="true">
              {one.emoji}
            </span>
            {one.count}
          </button>
        )}
      </For>
      <Show when={!all() && props.reactions.length > SHOWN_REACTIONS}>
        <button class="rx" tabindex={props.inner} onClick={() => setAll(true)}>
          +{props.reactions.length - SHOWN_REACTIONS}
        </button>
      </Show>
      <button class="rx" tabindex={props.inner} aria-label={t('message.react')} onClick={(event) => props.acts.pick(props.message, event.currentTarget)}>
        <Icon name="smile" size="x" />
      </button>
    </div>
  );
};

export const ThreadLine = (props: { message: Message; acts: Acts; inner: -1 | undefined }): JSX.Element => {
  const team = useTeam();
  const isOpen = (): boolean => {
    const now = route();
    return now.kind === 'place' && now.channel === props.message.channel && now.thread === props.message.number;
  };
  /** Of a thread I follow: what I have not read of it. */
  const unread = (): number => {
    const seat = team.state().followed[threadKey(props.message.channel, props.message.number)];
    return seat ? unreadOf(seat) : 0;
  };
  return (
    <Show when={(props.message.replies?.count ?? 0) > 0 && props.message.replies}>
      {(replies) => (
        <button class="thr" tabindex={props.inner} classList={{ open: isOpen() }} onClick={() => props.acts.thread(props.message)}>
          <span class="faces">
            <For each={replies().people.slice(0, 3)}>
              {(account) => (
                <Face id={account} name={team.name(account)} picture={pictureOf(team, account)} size={24} />
              )}
            </For>
          </span>
          <b>{t('message.replies', { count: replies().count })}</b>
          <Show when={unread() > 0}>
            <b class="fresh">{t('message.replies.new', { count: unread() })}</b>
          </Show>
          <span>{t('message.replies.last', { time: time.short(replies().last_at) })}</span>
        </button>
      )}
    </Show>
  );
};
