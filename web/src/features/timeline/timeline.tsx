/** The open channel: its run, loaded as it is looked at, read as it is seen. */

import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, Show } from 'solid-js';

import { Problem, UNREACHABLE } from '../../api/http';
import type { Channel } from '../../api/wire';
import { go, route, sayProblem } from '../../model/app';
import { countOf, useTeam } from '../../model/team';
import type { Window } from '../../sync/engine';
import { pendingIn } from '../../sync/outbox';
import { find } from '../../sync/runs';
import type { Run } from '../../sync/state';
import { t } from '../../texts';
import { useActs } from './acts';
import { Intro } from './intro';
import { MessageList } from './list';
import { spotOf } from './spots';

/** Further from the end than this one would scroll for long: the end itself is opened. */
const NEAR = 200;
const TRIM_MS = 300;

type Loading = { kind: 'no' } | { kind: 'yes' } | { kind: 'failed'; window: Window };

export const Timeline = (props: { channel: Channel; target: number | undefined; jump: () => void }): JSX.Element => {
  const team = useTeam();
  const { engine } = team;
  const [loading, setLoading] = createSignal<Loading>({ kind: 'no' });
  const run = createMemo(() => team.state().runs[props.channel.id]);
  const place = createMemo(() => team.state().places[props.channel.id]);
  const pending = createMemo(() => pendingIn(team.view().outbox, props.channel.id, 0, team.me));
  const isLive = createMemo(() => team.view().connection.kind === 'live');
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
      setLoading({ kind: 'failed', window });
      // Where there is a list, it says itself what is not in it.
      if (run() && !(error instanceof Problem && error.code === UNREACHABLE)) sayProblem(error);
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

  /** Who reads further back stays there; what is new is loaded when they come down to it. */
  const isLeftInside = (known: Run): boolean => {
    const spot = spotOf(props.channel.id);
    return spot !== undefined && find(known, spot.number) !== undefined;
  };

  // The line is back: what failed without it is asked for again by the list itself.
  createEffect(
    on(
      isLive,
      (live) => live && loading().kind === 'failed' && setLoading({ kind: 'no' }),
    ),
  );

  /** Opened, or what is held no longer reaches where one looks. */
  createEffect(
    on([() => props.channel.id, () => props.target, isLive, run, place], ([, target]) => {
      const known = run();
      if (target !== undefined && !known?.messages.some((row) => row.number === target)) {
        if (known) {
          // Who put another part in its place is about to say what to look at in it.
          const timer = setTimeout(() => void load({ around: target }));
          onCleanup(() => clearTimeout(timer));
        } else void load({ around: target });
      }
      // With nothing unread it is the newest page.
      else if (!known) void load({ around: 'unread' });
      else if (!known.atEnd && known.messages.length > 0 && target === undefined && !isLeftInside(known)) {
        const last = known.messages.at(-1)?.number ?? 0;
        void load((place()?.last ?? last) - last > NEAR ? { latest: true } : { after: last });
      }
    }),
  );

  const first = (): number => run()?.messages[0]?.number ?? 1;
  const last = (): number => run()?.messages.at(-1)?.number ?? 0;
  const failed = (): Window | undefined => {
    const known = loading();
    return known.kind === 'failed' ? known.window : undefined;
  };
  // That a page is on its way changes no row: only what comes of it does.
  const stuck = createMemo((): 'before' | 'after' | undefined => {
    const window = failed();
    if (!window || !run()) return undefined;
    return 'before' in window ? 'before' : run()?.atEnd ? undefined : 'after';
  });
  const again = (): void => {
    const window = failed();
    if (window) void load(window);
  };
  const isEmpty = createMemo(() => run()?.messages.every((message) => message.system !== undefined) ?? false);

  return (
    <Show
      when={run()}
      fallback={
        <Show when={loading().kind === 'failed'} fallback={<Bones />}>
          <div class="empty" role="alert">
            <p>{isLive() ? t('timeline.failed') : t('timeline.offline')}</p>
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
          place={props.channel.id}
          messages={known().messages}
          pending={known().atEnd ? pending() : []}
          atStart={known().atStart}
          atEnd={known().atEnd}
          me={team.me}
          newAfter={newAfter()}
          target={props.target}
          loading={loading().kind === 'yes'}
          stuck={stuck()}
          again={again}
          older={() => void load({ before: first() })}
          newer={() => void load({ after: last() })}
          latest={() => {
            const now = route();
            if (now.kind === 'place' && now.number) go({ ...now, number: undefined, reply: undefined });
            void load({ latest: true });
          }}
          seen={(number) => engine.read(props.channel.id, 0, number)}
          acts={useActs}
          intro={<Intro channel={props.channel} isEmpty={isEmpty()} />}
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
