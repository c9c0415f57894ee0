/** The virtual list of one run: opened where one stopped reading, never jumping, loading before the edge is seen. */

import { type Accessor, createEffect, createMemo, createSignal, ErrorBoundary, type JSX, Match, on, onCleanup, type Setter, Show, Switch } from 'solid-js';
import { VList, type VListHandle } from 'virtua/solid';

import type { Message } from '../../api/wire';
import { type Row, rowsOf, settle } from '../../model/rows';
import * as time from '../../model/time';
import type { Pending } from '../../sync/outbox';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { Toolbar } from './toolbar';
import type { Acts } from './acts';
import { MessageRow } from './message';
import { useWalk } from './walk';

/** Within this of the end one is at the end. */
const BOTTOM_PX = 32;
const EDGE_SCREENS = 2;
const LIT_MS = 3_000;
/** Long enough to measure and place a row, where the list does not say itself that it rests. */
const HELD_MS = 500;
/** Rows before and behind what is seen: about three screens stand in the page. */
const BUFFER_PX = 900;

export interface ListProps {
  label: string;
  messages: readonly Message[];
  pending: readonly Pending[];
  atStart: boolean;
  atEnd: boolean;
  me: string;
  newAfter: number | undefined;
  /** A permalink's number: brought into view and lit. */
  target: number | undefined;
  loading: boolean;
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

interface Drawn {
  rows: Row[];
  /** Rows came or went before the first: the list keeps its place from the end. */
  shift: boolean;
  /** Grows where nothing of what was drawn is left: another part of the run, placed anew. */
  part: number;
}

const isMessage = (row: Row): boolean => row.kind === 'message';

const drawn = (before: Drawn, rows: Row[]): Drawn => {
  const [first, was] = [rows.find(isMessage)?.key, before.rows.find(isMessage)?.key];
  if (first === was || was === undefined) return { rows, shift: false, part: before.part };
  const keys = new Set(rows.map((row) => row.key));
  const isLeft = before.rows.some((row) => isMessage(row) && keys.has(row.key));
  return { rows, shift: isLeft, part: before.part + (isLeft ? 0 : 1) };
};

export const MessageList = (props: ListProps): JSX.Element => {
  const all = createMemo<Drawn>(
    (before) =>
      drawn(before, settle(before.rows, rowsOf({ messages: props.messages, pending: props.pending, newAfter: props.newAfter, me: props.me }))),
    { rows: [], shift: false, part: 1 },
  );
  const part = createMemo(() => all().part);
  return (
    <Show when={part()} keyed>
      {(shown) => <Part {...props} all={() => (all().part === shown ? all() : { rows: [], shift: false, part: shown })} />}
    </Show>
  );
};

/** A row keeps its place in the page while what it says changes: who has the focus in it keeps it. */
interface Item {
  row: Accessor<Row>;
  set: Setter<Row>;
}

const made = (row: Row): Item => {
  const [get, set] = createSignal(row);
  return { row: get, set };
};

const useItems = (rows: Accessor<Row[]>): Accessor<Item[]> => {
  let known = new Map<string, Item>();
  return createMemo(() => {
    const next = new Map<string, Item>();
    for (const row of rows()) {
      const item = known.get(row.key) ?? made(row);
      item.set(row);
      next.set(row.key, item);
    }
    known = next;
    return [...next.values()];
  });
};

const Part = (props: ListProps & { all: () => Drawn }): JSX.Element => {
  const rows = (): Row[] => props.all().rows;
  const items = useItems(rows);
  const [handle, setHandle] = createSignal<VListHandle>();
  const [atBottom, setAtBottom] = createSignal(props.target === undefined);
  const [isPlaced, setPlaced] = createSignal(false);
  const [pointed, setPointed] = createSignal<{ message: Message; at: HTMLElement }>();
  const [lit, setLit] = createSignal<number>();
  const [day, setDay] = createSignal<string | undefined>(undefined, { equals: (a, b) => (a && time.day(a)) === (b && time.day(b)) });
  /** While a menu of the toolbar is open, the toolbar stays where it is. */
  const isHeld = (): boolean => document.querySelector('.floats') !== null;
  const point = (here: { message: Message; at: HTMLElement } | undefined): void => {
    if (!isHeld()) setPointed(here);
  };
  const acts = props.acts((message, at) => point(message ? { message, at } : undefined));
  let box: HTMLDivElement | undefined;

  const toEnd = (): void => handle()?.scrollToIndex(rows().length - 1, { align: 'end' });
  const indexOf = (number: number): number => rows().findIndex((row) => row.kind === 'message' && row.message.number === number);

  // Once, when there is something: at the permalink, at the first unread, or at the end.
  createEffect(() => {
    const list = handle();
    if (!list || isPlaced() || rows().length === 0) return;
    const fresh = rows().findIndex((row) => row.kind === 'new');
    setPlaced(true);
    if (props.target !== undefined && indexOf(props.target) >= 0) return;
    if (fresh >= 0) {
      setAtBottom(false);
      hold();
      list.scrollToIndex(fresh, { align: 'start', offset: -list.viewportSize / 6 });
    } else if (props.atEnd) toEnd();
  });

  createEffect(
    on([() => rows().length, isPlaced], ([, placed]) => {
      if (placed && atBottom() && props.atEnd) requestAnimationFrame(toEnd);
    }),
  );

  createEffect(
    on([() => props.target, handle, () => props.messages.length], ([target, list]) => {
      if (target === undefined || !list || lit() === target) return;
      const at = indexOf(target);
      if (at < 0) return;
      setLit(target);
      setAtBottom(false);
      // A third of the way down, with what was said before it above. Until it stands there no page comes before it: the list counts rows.
      hold();
      list.scrollToIndex(at, { align: 'start', offset: -list.viewportSize / 3 });
      requestAnimationFrame(() => walk.to(at, document.activeElement === document.body));
      const timer = setTimeout(() => setLit(-1), LIT_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  /** Who writes again is at no message any more, and Tab finds no toolbar on its way. */
  const left = (event: FocusEvent): void => {
    const to = event.relatedTarget as Node | null;
    if (to && !box?.contains(to) && !box?.querySelector('article.msg:hover')) point(undefined);
  };

  /** Rows were measured, or the field below grew: who is at the end stays there. */
  const resized = (): void => {
    const list = handle();
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
  const hold = (): void => {
    clearTimeout(held);
    held = setTimeout(release, HELD_MS);
  };
  const release = (): void => {
    const list = handle();
    if (held === undefined || !list) return;
    clearTimeout(held);
    held = undefined;
    scrolled(list.scrollOffset);
  };
  onCleanup(() => clearTimeout(held));

  const lastSeen = (): number => props.messages.at(-1)?.number ?? 0;

  let wasAt = 0;
  const scrolled = (offset: number): void => {
    const list = handle();
    if (!list) return;
    const edge = list.viewportSize * EDGE_SCREENS;
    const left = list.scrollSize - offset - list.viewportSize;
    setAtBottom(left <= BOTTOM_PX);
    // The list also tells of what it measured: only what moved leaves the pointer behind.
    if (pointed() && Math.abs(offset - wasAt) > 1) setPointed(undefined);
    wasAt = offset;
    const top = rows()[list.findItemIndex(offset)];
    // A day whose own line is at the top says itself which it is.
    setDay(top?.kind === 'message' ? top.message.at : undefined);
    if (props.loading || held) return;
    if (offset < edge && !props.atStart) props.older();
    else if (left < edge && !props.atEnd) props.newer();
    if (left <= BOTTOM_PX && props.atEnd && !document.hidden) props.seen(lastSeen());
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
      <VList
        ref={(list) => setHandle(list)}
        class="scroll-list"
        data={items()}
        shift={props.all().shift}
        bufferSize={BUFFER_PX}
        keepMounted={walk.kept()}
        onScroll={scrolled}
        onScrollEnd={() => {
          release();
          requestAnimationFrame(settled);
        }}
        onResize={resized}
        role="feed"
        tabindex="-1"
        aria-label={props.label}
        aria-busy={props.loading}
      >
        {(item, index) => (
          <>
            <Show when={index() === 0 && props.atStart}>{props.intro}</Show>
            <ErrorBoundary fallback={<article class="msg system">{t('message.broken')}</article>}>
              <Line row={item.row()} index={index()} acts={acts} lit={lit()} isStop={walk.stop() === item.row().key} jump={props.jump} inThread={props.inThread} />
            </ErrorBoundary>
          </>
        )}
      </VList>
      <Show when={rows().length === 0 && props.atStart}>{props.intro}</Show>
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
            if (props.atEnd) toEnd();
            else props.latest();
          }}
        >
          {count() > 0 ? t('timeline.newer', { count: count() }) : t('timeline.latest')}
          <Icon name="down" size="s" />
        </button>
      </Show>
    </div>
  );
};

const Day = (props: { at: string; jump?: (() => void) | undefined; isStop?: boolean }): JSX.Element => (
  <Show when={props.jump} fallback={<span>{time.day(props.at)}</span>}>
    <button title={t('timeline.jump')} tabindex={props.isStop === false ? -1 : undefined} onClick={() => props.jump?.()}>
      {time.day(props.at)}
      <Icon name="down" size="x" />
    </button>
  </Show>
);

const Line = (props: {
  row: Row;
  index: number;
  acts: Acts;
  lit: number | undefined;
  isStop: boolean;
  jump?: (() => void) | undefined;
  inThread?: boolean | undefined;
}): JSX.Element => (
  <Switch>
    <Match when={props.row.kind === 'day' && props.row}>
      {(row) => (
        <article class="day" aria-label={time.day(row().at)}>
          <Day at={row().at} jump={props.jump} />
        </article>
      )}
    </Match>
    <Match when={props.row.kind === 'new'}>
      <div class="new">{t('timeline.new')}</div>
    </Match>
    <Match when={props.row.kind === 'message' && props.row}>
      {(row) => (
        <MessageRow
          message={row().message}
          grouped={row().grouped}
          pending={row().pending}
          lit={props.lit === row().message.number}
          acts={props.acts}
          position={props.index + 1}
          isStop={props.isStop}
          inThread={props.inThread ?? false}
        />
      )}
    </Match>
  </Switch>
);
