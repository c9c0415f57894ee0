/** One message in every state; acts are asked for, never done here. */

import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';

import type { Message, Reaction } from '../../api/wire';
import type { Outgoing } from '../../sync/outbox';
import { useTeam } from '../../model/team';
import { plain } from '../../model/markdown';
import { isCalled } from '../../model/ring';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { Prose } from '../../ui/prose';
import { useNames } from '../frame/names';
import { emojiName } from '../composer/emoji';
import type { Acts } from './acts';

const SHOWN_REACTIONS = 20;

const Reactions = (props: { reactions: readonly Reaction[]; acts: Acts; message: Message }): JSX.Element => {
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
        <button class="rx" onClick={() => setAll(true)}>
          +{props.reactions.length - SHOWN_REACTIONS}
        </button>
      </Show>
      <button class="rx" aria-label={t('message.react')} onClick={(event) => props.acts.pick(props.message, event.currentTarget)}>
        <Icon name="smile" size="x" />
      </button>
    </div>
  );
};

const ThreadLine = (props: { message: Message; acts: Acts }): JSX.Element => {
  const team = useTeam();
  return (
    <Show when={(props.message.replies?.count ?? 0) > 0 && props.message.replies}>
      {(replies) => (
        <button class="thr" onClick={() => props.acts.thread(props.message)}>
          <span class="faces">
            <For each={replies().people.slice(0, 3)}>
              {(account) => (
                <Face id={account} name={team.name(account)} picture={pictureOf(team, account)} size={24} />
              )}
            </For>
          </span>
          <b>{t('message.replies', { count: replies().count })}</b>
          <span>{t('message.replies.last', { time: time.short(replies().last_at) })}</span>
        </button>
      )}
    </Show>
  );
};

export const pictureOf = (team: ReturnType<typeof useTeam>, account: string): string | undefined => {
  const digest = team.people()[account]?.picture;
  return digest ? team.face.pictureOf(digest) : undefined;
};

const Waiting = (props: { pending: Outgoing; acts: Acts }): JSX.Element => (
  <Switch>
    <Match when={props.pending.progress.kind === 'failed' && props.pending.progress}>
      {(failed) => (
        <div class="state bad" role="alert">
          <Icon name="warn" size="x" />
          <span>{t('message.failed', { reason: failed().message })}</span>
          <button onClick={() => props.acts.retry(props.pending)}>{t('message.retry')}</button>
          <button onClick={() => props.acts.discard(props.pending)}>{t('message.discard')}</button>
        </div>
      )}
    </Match>
    <Match when={props.pending.progress.kind === 'sent'}>
      <div class="state soon">
        <Icon name="clock" size="x" />
        <span>{t('message.sending')}</span>
      </div>
    </Match>
    <Match when={props.pending.progress.kind === 'waiting'}>
      <div class="state">
        <Icon name="clock" size="x" />
        <span>{t('message.waiting')}</span>
        <button onClick={() => props.acts.discard(props.pending)}>{t('dialog.cancel')}</button>
      </div>
    </Match>
  </Switch>
);

const System = (props: { message: Message }): JSX.Element => {
  const team = useTeam();
  const system = () => props.message.system;
  const words = (): string => {
    const one = system();
    const values = {
      name: team.name(one?.account ?? props.message.author),
      was: one?.was ?? '',
      is: one?.is ?? '',
    };
    switch (one?.kind) {
      case 'made':
      case 'renamed':
      case 'topic':
      case 'archived':
      case 'restored':
        return t(`system.${one.kind}`, values);
      default:
        return t('system.other', values);
    }
  };
  return <p class="system">{words()}</p>;
};

const Body = (props: { message: Message; grouped: boolean; acts: Acts }): JSX.Element => {
  const names = useNames();
  const shown = (): Message => props.message.reply ?? props.message;
  return (
    <Switch
      fallback={
        <div class="txt" dir="auto">
          <Prose text={shown().text} names={names} />
          <Show when={props.grouped && shown().pinned}>
            {' '}
            <span class="pinned" title={t('message.pinned')}>
              <Icon name="pin" size="x" />
            </span>
          </Show>
          <Show when={shown().edited}>
            {' '}
            <button class="edited" aria-label={t('message.edited.label')} onClick={() => props.acts.history(shown())}>
              {t('message.edited')}
            </button>
          </Show>
        </div>
      }
    >
      <Match when={props.message.system}>
        <System message={props.message} />
      </Match>
      <Match when={shown().deleted}>
        <div class="txt">{t('message.deleted')}</div>
      </Match>
    </Switch>
  );
};

export interface MessageProps {
  message: Message;
  grouped: boolean;
  pending?: Outgoing | undefined;
  lit?: boolean | undefined;
  acts: Acts;
  position?: number;
  /** Tab stops here, and nowhere else in the list. */
  isStop?: boolean;
  inThread?: boolean;
}

export const MessageRow = (props: MessageProps): JSX.Element => {
  const team = useTeam();
  const shown = createMemo(() => props.message.reply ?? props.message);
  const author = (): string => team.name(shown().author);
  const callsMe = (): boolean => isCalled(shown(), { me: team.me, words: team.words() });
  /** All of it in one breath, for who hears the page: a grouped row, too, says who speaks. */
  const label = (): string => {
    const message = shown();
    const text = message.deleted ? t('message.deleted') : plain(message.text, team.name).slice(0, 300);
    const reactions = (message.reactions ?? []).map((one) => `${emojiName(one.emoji)} ${one.count}`);
    const state = props.pending?.progress.kind;
    const parts = [
      t('message.label', { name: author(), time: time.clock(message.at), text }),
      message.edited && t('message.edited'),
      ...reactions,
      (message.replies?.count ?? 0) > 0 && t('message.replies', { count: message.replies?.count ?? 0 }),
      state === 'sent' && t('message.sending'),
      state === 'waiting' && t('message.waiting'),
    ];
    return parts.filter(Boolean).join('. ');
  };
  const isBot = (): boolean => team.people()[shown().author]?.role === 'bot';
  const status = () => team.people()[shown().author]?.status?.emoji;
  return (
    <article
      class="msg"
      classList={{
        cont: props.grouped,
        mention: callsMe() && !props.pending,
        lit: props.lit,
        pending: props.pending !== undefined && props.pending.progress.kind !== 'failed',
        failed: props.pending?.progress.kind === 'failed',
        gone: shown().deleted !== undefined,
      }}
      tabindex={props.isStop ? 0 : -1}
      aria-label={label()}
      aria-posinset={props.position}
      aria-setsize={props.position === undefined ? undefined : -1}
      data-row-key={props.pending?.id ?? props.message.number}
      data-number={props.pending ? undefined : props.message.number}
      onPointerEnter={(event) => props.acts.point(props.pending ? undefined : props.message, event.currentTarget)}
      onFocusIn={(event) => props.acts.point(props.pending ? undefined : props.message, event.currentTarget)}
    >
      <Show
        when={!props.grouped}
        fallback={
          <time class="gut" dateTime={shown().at}>
            {time.clock(shown().at)}
          </time>
        }
      >
        <div class="gut">
          <Show when={!props.message.system}>
            <button class="plain" tabindex="-1" aria-hidden="true" onClick={() => props.acts.person(shown().author)}>
              <Face id={shown().author} name={author()} picture={pictureOf(team, shown().author)} />
            </button>
          </Show>
        </div>
      </Show>
      <div class="bod">
        <Show when={!props.grouped && !props.message.system}>
          <div class="who">
            <button class="name" tabindex="-1" aria-label={t('person.open', { name: author() })} onClick={() => props.acts.person(shown().author)}>
              <b>
                <bdi>{author()}</bdi>
              </b>
            </button>
            <Show when={isBot()}>
              <span class="bot">{t('person.bot')}</span>
            </Show>
            <Show when={status()}>{(emoji) => <span title={team.people()[shown().author]?.status?.text}>{emoji()}</span>}</Show>
            <time dateTime={shown().at} title={time.whole(shown().at)}>
              {time.clock(shown().at)}
            </time>
            <Show when={shown().pinned}>
              <span class="when" title={t('message.pinned')}>
                <Icon name="pin" size="x" />
              </span>
            </Show>
          </div>
        </Show>
        <Show when={props.message.of}>
          {(of) => (
            <button class="state" onClick={() => props.acts.threadOf(props.message.channel, of().thread)}>
              <Icon name="reply" size="x" flip />
              <span>{t('message.in')}</span>
            </button>
          )}
        </Show>
        <Body message={props.message} grouped={props.grouped} acts={props.acts} />
        <Show when={props.pending}>{(pending) => <Waiting pending={pending()} acts={props.acts} />}</Show>
        <Show when={(shown().reactions?.length ?? 0) > 0 && shown().reactions}>
          {(reactions) => <Reactions reactions={reactions()} acts={props.acts} message={shown()} />}
        </Show>
        <Show when={!props.inThread && !props.message.of}>
          <ThreadLine message={props.message} acts={props.acts} />
        </Show>
      </div>
    </article>
  );
};
