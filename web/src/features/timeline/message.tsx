/** One message in every state; acts are asked for, never done here. */

import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js';

import type { Message } from '../../api/wire';
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
import { pictureOf } from './face-of';
import { Reactions, ThreadLine } from './under';

/** On its way, in the line of the name or after the text: nothing moves when it has arrived. */
const Waiting = (props: { pending: Outgoing; acts: Acts }): JSX.Element => (
  <Switch>
    <Match when={props.pending.progress.kind === 'sent'}>
      <span class="state soon">
        <Icon name="clock" size="x" />
        <span>{t('message.sending')}</span>
      </span>
    </Match>
    <Match when={props.pending.progress.kind === 'waiting'}>
      <span class="state">
        <Icon name="clock" size="x" />
        <span>{t('message.waiting')}</span>
        <button onClick={() => props.acts.discard(props.pending)}>{t('dialog.cancel')}</button>
      </span>
    </Match>
  </Switch>
);

const Failed = (props: { pending: Outgoing; acts: Acts }): JSX.Element => (
  <Show when={props.pending.progress.kind === 'failed' && props.pending.progress}>
    {(failed) => (
      <div class="state bad" role="alert">
        <Icon name="warn" size="x" />
        <span>{t('message.failed', { reason: failed().message })}</span>
        <button onClick={() => props.acts.retry(props.pending)}>{t('message.retry')}</button>
        <button onClick={() => props.acts.discard(props.pending)}>{t('message.discard')}</button>
      </div>
    )}
  </Show>
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

/** Neither said by somebody nor there any more. */
const Unsaid = (props: { message: Message }): JSX.Element => (
  <Show when={props.message.system} fallback={<div class="txt">{t('message.deleted')}</div>}>
    <System message={props.message} />
  </Show>
);

/** After the text, in its line: few messages have any of it, and each that has none asks once. */
const Tail = (props: { shown: Message; grouped: boolean; pending: Outgoing | undefined; acts: Acts; inner: -1 | undefined }): JSX.Element => (
  <>
    <Show when={props.grouped && props.pending}>{(pending) => <Waiting pending={pending()} acts={props.acts} />}</Show>
    <Show when={props.grouped && props.shown.pinned}>
      {' '}
      <span class="pinned" title={t('message.pinned')}>
        <Icon name="pin" size="x" />
      </span>
    </Show>
    <Show when={props.shown.edited}>
      {' '}
      <button class="edited" tabindex={props.inner} aria-label={t('message.edited.label')} onClick={() => props.acts.history(props.shown)}>
        {t('message.edited')}
      </button>
    </Show>
  </>
);

const Body = (props: { message: Message; shown: Message; grouped: boolean; pending: Outgoing | undefined; acts: Acts; inner: -1 | undefined }): JSX.Element => {
  const names = { ...useNames(), stop: () => props.inner };
  const hasTail = (): boolean => props.shown.edited !== undefined || (props.grouped && (props.pending !== undefined || props.shown.pinned !== undefined));
  return (
    <Show
      when={props.message.system || props.shown.deleted}
      fallback={
        <div class="txt" dir="auto">
          <Prose text={props.shown.text} names={names} />
          <Show when={hasTail()}>
            <Tail shown={props.shown} grouped={props.grouped} pending={props.pending} acts={props.acts} inner={props.inner} />
          </Show>
        </div>
      }
    >
      <Unsaid message={props.message} />
    </Show>
  );
};

/** Beside a name, after its time. */
const Beside = (props: { shown: Message; pending: Outgoing | undefined; acts: Acts }): JSX.Element => (
  <>
    <Show when={props.pending}>{(pending) => <Waiting pending={pending()} acts={props.acts} />}</Show>
    <Show when={props.shown.pinned}>
      <span class="when" title={t('message.pinned')}>
        <Icon name="pin" size="x" />
      </span>
    </Show>
  </>
);

const Under = (props: { message: Message; shown: Message; pending: Outgoing | undefined; acts: Acts; inner: -1 | undefined; hasThread: boolean }): JSX.Element => (
  <>
    <Show when={props.pending}>{(pending) => <Failed pending={pending()} acts={props.acts} />}</Show>
    <Show when={(props.shown.reactions?.length ?? 0) > 0 && props.shown.reactions}>
      {(reactions) => <Reactions reactions={reactions()} acts={props.acts} message={props.shown} inner={props.inner} />}
    </Show>
    <Show when={props.hasThread}>
      <ThreadLine message={props.message} acts={props.acts} inner={props.inner} />
    </Show>
  </>
);

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
  // The whole date is for who looks: most rows are only passed by.
  const [isLooked, setLooked] = createSignal(false);
  const looked = (event: { currentTarget: HTMLElement }): void => {
    setLooked(true);
    props.acts.point(props.pending ? undefined : props.message, event.currentTarget);
  };
  const callsMe = createMemo(() => isCalled(shown(), { me: team.me, words: team.words() }));
  const failure = (): string | undefined => {
    const progress = props.pending?.progress;
    return progress?.kind === 'failed' ? progress.message : undefined;
  };
  /** All of it in one breath, for who hears the page: a grouped row, too, says who speaks. */
  const label = createMemo(() => {
    const message = shown();
    const text = message.deleted ? t('message.deleted') : plain(message.text, team.name).slice(0, 300);
    const reactions = (message.reactions ?? []).map((one) => `${emojiName(one.emoji)} ${one.count}`);
    const state = props.pending?.progress.kind;
    const parts = [
      t('message.label', { name: author(), time: time.clock(message.at), text }),
      message.edited && t('message.edited'),
      ...reactions,
      ...((message.replies?.count ?? 0) > 0 && message.replies
        ? [t('message.replies', { count: message.replies.count }), t('message.replies.last', { time: time.short(message.replies.last_at) })]
        : []),
      state === 'sent' && t('message.sending'),
      state === 'waiting' && t('message.waiting'),
      failure() !== undefined && t('message.failed', { reason: failure() ?? '' }),
    ];
    return parts.filter(Boolean).join('. ');
  });
  /** What stands in a row is reached by Tab from its own row alone: the list is one stop. */
  const inner = (): -1 | undefined => (props.isStop === false ? -1 : undefined);
  const hasThread = (): boolean => !props.inThread && !props.message.of && (props.message.replies?.count ?? 0) > 0;
  const hasUnder = (): boolean => props.pending !== undefined || hasThread() || (shown().reactions?.length ?? 0) > 0;
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
      onPointerEnter={looked}
      onFocusIn={looked}
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
            <Show when={status()}>{(emoji) => <span class="e" title={team.people()[shown().author]?.status?.text}>{emoji()}</span>}</Show>
            <time dateTime={shown().at} title={isLooked() ? time.whole(shown().at) : undefined}>
              {time.clock(shown().at)}
            </time>
            <Show when={props.pending !== undefined || shown().pinned}>
              <Beside shown={shown()} pending={props.pending} acts={props.acts} />
            </Show>
          </div>
        </Show>
        <Show when={props.message.of}>
          {(of) => (
            <button class="state" tabindex={inner()} onClick={() => props.acts.threadOf(props.message.channel, of().thread)}>
              <Icon name="reply" size="x" flip />
              <span>{t('message.in')}</span>
            </button>
          )}
        </Show>
        <Body message={props.message} shown={shown()} grouped={props.grouped} pending={props.pending} acts={props.acts} inner={inner()} />
        <Show when={hasUnder()}>
          <Under message={props.message} shown={shown()} pending={props.pending} acts={props.acts} inner={inner()} hasThread={hasThread()} />
        </Show>
      </div>
    </article>
  );
};
