/** The virtual list of one run: opened where one stopped reading, never jumping, loading before the edge is seen. */

import { createEffect, createMemo, createSignal, ErrorBoundary, type JSX, on, onCleanup, Show } from 'solid-js';

import type { Message } from '../../api/wire';
import { type Row, rowsOf, settle } from '../../model/rows';
import * as time from '../../model/time';
import type { Pending } from '../../sync/outbox';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { type Handle, Virtual } from '../../ui/virtual';
import type { Acts } from './acts';
import { useArrival } from './arrival';
import { type Drawn, drawn, useItems } from './drawn';
import { Day, Line } from './line';
import { keepSpot, spotOf } from './spots';
import { Toolbar } from './toolbar';
import { useWalk } from './walk';

/** Within this of the end one is at the end. */
const BOTTOM_PX = 32;
const EDGE_SCREENS = 2;
/** Long enough to measure and place a row, where the list does not say itself that it rests. */
const HELD_MS = 500;
/** So long after the last row was measured a list still goes back to where it was sent. */
const AIMS_MS = 200;
/** Rows before and behind what is seen, so that a fast hand sees no hole. */
const BUFFER_PX = 480;

export interface ListProps {
  label: string;
  /** Whose list it is: one comes back to where one was in it. */
  place: string;
  messages: readonly Message[];
  pending: readonly Pending[];
  atStart: boolean;
  atEnd: boolean;
  me: string;
  knownDay?: string | undefined;
  newAfter: number | undefined;
  /** A permalink's number: brought into view and lit. */
  target: number | undefined;
  loading: boolean;
  /** What could not be loaded on one side: it says so, and waits to be asked. */
  stuck?: 'before' | 'after' | undefined;
  again?: () => void;
  older: () => void;
  newer: () => void;
  latest: () => void;
  /** The last number that was seen at the end, or brought into view. */
  seen: (number: number) => void;
  acts: (point: Acts['point']) => Acts;
  intro: JSX.Element;
  inThread?: boolean;
  jump?: () => void;
}

export const MessageList = (props: ListProps): JSX.Element => {
  const all = createMemo<Drawn>(
    (before) =>
      drawn(before, settle(before.rows, rowsOf({ messages: props.messages, pending: props.pending, newAfter: props.newAfter, me: props.me, stuck: props.stuck, knownDay: props.knownDay }))),
    { rows: [], head: 0, part: 1 },
  );
  const part = createMemo(() => all().part);
  return (
    <Show when={part()} keyed>
      {(shown) => <Part {...props} all={() => (all().part === shown ? all() : { rows: [], head: 0, part: shown })} />}
    </Show>
  );
};

const Part = (props: ListProps & { all: () => Drawn }): JSX.Element => {
  const rows = (): Row[] => props.all().rows;
  const items = useItems(rows);
  const [handle, setHandle] = createSignal<Handle>();
  const [atBottom, setAtBottom] = createSignal(props.target === undefined);
  const [isPlaced, setPlaced] = createSignal(false);
  const [pointed, setPointed] = createSignal<{ message: Message; at: HTMLElement }>();
  const [day, setDay] = createSignal<string | undefined>(undefined, { equals: (a, b) => (a && time.dayKey(a)) === (b && time.dayKey(b)) });
  /** While a menu of the toolbar is open, the toolbar stays where it is. */
  const isHeld = (): boolean => document.querySelector('.floats') !== null;
  const point = (here: { message: Message; at: HTMLElement } | undefined): void => {
    if (!isHeld()) setPointed(here);
  };
  const acts = props.acts((message, at) => point(message ? { message, at } : undefined));
  let box: HTMLDivElement | undefined;

  /** The list itself knows it a turn later. */
  const high = (list: Handle): number => list.viewportSize || (box?.clientHeight ?? 0);
  const toEnd = (): void => handle()?.scrollToIndex(rows().length - 1, { align: 'end' });
  const indexOf = (number: number): number => rows().findIndex((row) => row.kind === 'message' && row.message.number === number);

  // Once, when there is something: at the permalink, at the first unread, where one left it, or at the end.
  createEffect(() => {
    const list = handle();
    if (!list || isPlaced() || rows().length === 0) return;
    const fresh = rows().findIndex((row) => row.kind === 'new');
    setPlaced(true);
    if (props.target !== undefined && indexOf(props.target) >= 0) return;
    const spot = spotOf(props.place);
    const was = spot ? indexOf(spot.number) : -1;
    if (fresh >= 0) {
      setAtBottom(false);
      hold();
      list.scrollToIndex(fresh, { align: 'start', offset: -high(list) / 6 });
    } else if (spot && was >= 0) {
      setAtBottom(false);
      hold();
      list.scrollToIndex(was, { align: 'start', offset: spot.offset });
    } else if (props.atEnd) toEnd();
  });

  createEffect(
    on([() => rows().at(-1)?.key, isPlaced], ([, placed]) => {
      if (placed && atBottom() && props.atEnd) requestAnimationFrame(toEnd);
    }),
  );

  const { lit, landed } = useArrival({
    target: () => props.target,
    rows,
    indexOf,
    handle,
    begun: (list, at) => {
      setAtBottom(false);
      // A third of the way down, with what was said before it above. Until it stands there no page comes before it: the list counts rows.
      hold();
      list.scrollToIndex(at, { align: 'start', offset: -high(list) / 3 });
      walk.to(at, false);
    },
    article: (number) => box?.querySelector<HTMLElement>(`article[data-number="${number}"]`),
  });

  /** Who writes again is at no message any more, and Tab finds no toolbar on its way. */
  const left = (event: FocusEvent): void => {
    const to = event.relatedTarget as Node | null;
    if (to && !box?.contains(to) && !box?.querySelector('article.msg:hover')) point(undefined);
  };

  /** Rows were measured, or the field below grew: who is at the end stays there. */
  const resized = (): void => {
    const list = handle();
    measuredAt = performance.now();
    if (!list || !isPlaced()) return;
    if (atBottom() && props.atEnd) toEnd();
    else scrolled(list.scrollOffset);
  };

  /** Where the pointer is after something moved under it. */
  const settled = (): void => {
    const at = box?.querySelector<HTMLElement>('article.msg:hover');
    const row = at && rows().find((one) => one.key === at.dataset['rowKey']);
    if (at && row?.kind === 'message' && !row.pending) point({ message: row.message, at });
  };
  createEffect(() => {
    const here = pointed();
    const row = here && rows().find((one) => one.key === here.at.dataset['rowKey']);
    // What the toolbar is for may have changed, or gone.
    if (row?.kind === 'message' && row.message !== here?.message) point({ message: row.message, at: here?.at as HTMLElement });
    else if (here && !row) setPointed(undefined);
  });

  let held: ReturnType<typeof setTimeout> | undefined;
  let measuredAt = -Infinity;
  const hold = (ms = HELD_MS): void => {
    clearTimeout(held);
    held = setTimeout(release, ms);
  };
  const release = (): void => {
    const list = handle();
    if (held === undefined || !list) return;
    // A page that came before the row now would move what is looked at by all its rows.
    if (performance.now() - measuredAt < AIMS_MS) {
      hold(AIMS_MS);
      return;
    }
    clearTimeout(held);
    held = undefined;
    landed();
    scrolled(list.scrollOffset);
  };
  onCleanup(() => clearTimeout(held));

  const lastSeen = (): number => props.messages.at(-1)?.number ?? 0;

  const spotAt = (list: Handle, offset: number) => {
    for (let at = list.findItemIndex(offset); at < rows().length; at += 1) {
      const row = rows()[at];
      if (row?.kind === 'message') return { number: row.message.number, offset: offset - list.getItemOffset(at) };
    }
    return undefined;
  };

  let wasAt = 0;
  const scrolled = (offset: number): void => {
    const list = handle();
    if (!list) return;
    const edge = list.viewportSize * EDGE_SCREENS;
    const left = list.scrollSize - offset - list.viewportSize;
    // While it is placed its rows are not all measured: what looks like the end then would be gone to.
    if (!held) setAtBottom(left <= BOTTOM_PX);
    // The list also tells of what it measured: only what moved leaves the pointer behind.
    if (pointed() && Math.abs(offset - wasAt) > 1) setPointed(undefined);
    wasAt = offset;
    const top = rows()[list.findItemIndex(offset)];
    // A day whose own line is at the top says itself which it is; a thread begins with its root, which says it too.
    setDay(top?.kind === 'message' && !props.inThread ? top.message.at : undefined);
    if (props.loading || held) return;
    if (isPlaced()) keepSpot(props.place, left <= BOTTOM_PX && props.atEnd ? undefined : spotAt(list, offset));
    if (left <= BOTTOM_PX && props.atEnd && !document.hidden) props.seen(lastSeen());
    if (props.stuck) return;
    if (offset < edge && !props.atStart) props.older();
    else if (left < edge && !props.atEnd) props.newer();
  };

  // A page that came may be shorter than what is looked at: the next is asked for without a scroll.
  createEffect(
    on([() => props.loading, () => rows().length], ([loading]) => {
      const list = handle();
      if (!loading && list && isPlaced()) requestAnimationFrame(() => scrolled(list.scrollOffset));
    }, { defer: true }),
  );

  createEffect(() => {
    if (atBottom() && props.atEnd && !document.hidden && document.hasFocus()) props.seen(lastSeen());
  });

  const [count, setCount] = createSignal(0);
  createEffect(
    on(lastSeen, (last, before) => {
      if (atBottom()) setCount(0);
      else if (before !== undefined && last > before && props.atEnd) setCount(count() + 1);
    }),
  );
  createEffect(() => atBottom() && setCount(0));

  const walk = useWalk({ rows, handle, box: () => box, acts });

  return (
    <div class="list" ref={box} onKeyDown={walk.pressed} onFocusIn={walk.focused} onFocusOut={left} onPointerLeave={() => point(undefined)}>
      <Virtual
        ref={setHandle}
        class="scroll-list"
        data={items()}
        head={props.all().head}
        buffer={BUFFER_PX}
        keepMounted={walk.kept()}
        onScroll={scrolled}
        onScrollEnd={() => {
          release();
          requestAnimationFrame(settled);
        }}
        onResize={resized}
        role={rows().length > 0 ? 'feed' : 'group'}
        tabindex="-1"
        aria-label={props.label}
        aria-busy={props.loading}
      >
        {(item, index) => (
          <>
            <Show when={index() === 0 && props.atStart}>{props.intro}</Show>
            <ErrorBoundary fallback={<article class="msg system">{t('message.broken')}</article>}>
              <Line row={item.row()} index={index()} acts={acts} lit={lit()} isStop={walk.stop() === item.row().key} jump={props.jump} load={props.again} inThread={props.inThread} />
            </ErrorBoundary>
          </>
        )}
      </Virtual>
      <Show when={rows().length === 0 && props.atStart}>
        <div class="alone">{props.intro}</div>
      </Show>
      <Show when={day()}>
        {(at) => (
          <div class="day sticks" aria-hidden="true">
            <Day at={at()} jump={props.jump} isStop={false} />
          </div>
        )}
      </Show>
      <Show when={pointed()}>
        {(here) => <Toolbar message={here().message} at={here().at} within={box} acts={acts} inThread={props.inThread ?? false} />}
      </Show>
      <Show when={!atBottom() || !props.atEnd}>
        <button
          class="newer"
          onClick={() => {
            keepSpot(props.place, undefined);
            if (props.atEnd) toEnd();
            else {
              setAtBottom(true);
              props.latest();
            }
          }}
        >
          {count() > 0 ? t('timeline.newer', { count: count() }) : t('timeline.latest')}
          <Icon name="down" size="s" />
        </button>
      </Show>
    </div>
  );
};
