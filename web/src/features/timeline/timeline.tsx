/** The open channel: its run, loaded as it is looked at, read as it is seen. */

import { createEffect, createMemo, createSignal, type JSX, Match, on, Show, Switch } from 'solid-js';

import type { Channel } from '../../api/wire';
import { go, route, sayProblem } from '../../model/app';
import { othersOf } from '../../model/people';
import { countOf, useTeam } from '../../model/team';
import type { Window } from '../../sync/engine';
import { pendingIn } from '../../sync/outbox';
import { t } from '../../texts';
import { useActs } from './acts';
import { MessageList } from './list';

/** Further from the end than this one would scroll for long: the end itself is opened. */
const NEAR = 200;
const TRIM_MS = 300;

type Loading = { kind: 'no' } | { kind: 'yes' } | { kind: 'failed' };

export const Timeline = (props: { channel: Channel; target: number | undefined; jump: () => void }): JSX.Element => {
  const team = useTeam();
  const { engine } = team;
  const [loading, setLoading] = createSignal<Loading>({ kind: 'no' });
  const run = createMemo(() => team.state().runs[props.channel.id]);
  const place = createMemo(() => team.state().places[props.channel.id]);
  const pending = createMemo(() => pendingIn(team.view().outbox, props.channel.id, 0, team.me));
  const [newAfter, setNewAfter] = createSignal<number>();

  const load = async (window: Window): Promise<void> => {
    if (loading().kind === 'yes') return;
    setLoading({ kind: 'yes' });
    try {
      const { id } = props.channel;
      await engine.load(id, 0, window);
      setLoading({ kind: 'no' });
      // Once the list has taken in what came at one end, it lets go of the other.
      setTimeout(() => engine.trim(id, 0, 'before' in window ? 'end' : 'start'), TRIM_MS);
    } catch (error) {
      setLoading({ kind: 'failed' });
      if (run()) sayProblem(error);
    }
  };

  // The line stays where it was when the channel was opened.
  createEffect(
    on(
      () => props.channel.id,
      () => {
        const known = place();
        setNewAfter(known && countOf(known).unread > 0 ? known.read : undefined);
      },
    ),
  );

  /** Opened, or what is held no longer reaches where one looks. */
  createEffect(
    on([() => props.channel.id, () => props.target, () => team.view().connection.kind === 'live', () => run()?.atEnd], ([, target]) => {
      const known = run();
      if (target !== undefined && !known?.messages.some((row) => row.number === target)) void load({ around: target });
      else if (!known) void load(countOf(place()).unread > 0 ? { around: 'unread' } : { latest: true });
      else if (!known.atEnd && known.messages.length > 0 && target === undefined) {
        const last = known.messages.at(-1)?.number ?? 0;
        void load((place()?.last ?? last) - last > NEAR ? { latest: true } : { after: last });
      }
    }),
  );

  const first = (): number => run()?.messages[0]?.number ?? 1;
  const last = (): number => run()?.messages.at(-1)?.number ?? 0;
  const isNotebook = (): boolean => props.channel.kind === 'direct' && othersOf(props.channel, team.me)[0] === team.me;

  const intro = (
    <article class="intro">
      <Switch fallback={<p>{t('timeline.start', { name: team.title(props.channel) })}</p>}>
        <Match when={isNotebook()}>
          <p>{t('timeline.start.notebook')}</p>
        </Match>
        <Match when={props.channel.kind === 'direct'}>
          <p>{t('timeline.start.direct', { name: team.title(props.channel) })}</p>
        </Match>
      </Switch>
      <Show when={props.channel.purpose}>{(purpose) => <p class="dim" dir="auto">{purpose()}</p>}</Show>
    </article>
  );

  return (
    <Show
      when={run()}
      fallback={
        <Show when={loading().kind === 'failed'} fallback={<Bones />}>
          <div class="empty" role="alert">
            <p>{team.view().connection.kind === 'live' ? t('timeline.failed') : t('timeline.offline')}</p>
            <button class="btn" onClick={() => void load({ around: 'unread' })}>
              {t('app.again')}
            </button>
          </div>
        </Show>
      }
    >
      {(known) => (
        <MessageList
          label={t('timeline.label', { name: team.title(props.channel) })}
          messages={known().messages}
          pending={known().atEnd ? pending() : []}
          atStart={known().atStart}
          atEnd={known().atEnd}
          me={team.me}
          newAfter={newAfter()}
          target={props.target}
          loading={loading().kind === 'yes'}
          older={() => void load({ before: first() })}
          newer={() => void load({ after: last() })}
          latest={() => {
            const now = route();
            if (now.kind === 'place' && now.number) go({ ...now, number: undefined, reply: undefined });
            void load({ latest: true });
          }}
          seen={(number) => engine.read(props.channel.id, 0, number)}
          acts={useActs}
          intro={intro}
          jump={props.jump}
        />
      )}
    </Show>
  );
};

/** The measured shape of messages, for a wait over 200 ms. */
export const Bones = (): JSX.Element => (
  <div class="bones" role="status" aria-label={t('timeline.loading')}>
    {['a', 'b', 'c', 'd'].map((width) => (
      <div class="msg" aria-hidden="true">
        <div class="gut">
          <span class="av bone" />
        </div>
        <div class="bod">
          <div class="bone name" />
          <div class={`bone line ${width}`} />
        </div>
      </div>
    ))}
  </div>
);
