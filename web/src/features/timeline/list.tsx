/** The virtual list of one run: anchored at the bottom, never jumping, loading before the edge is seen. */

import { createEffect, createMemo, createSignal, ErrorBoundary, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
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

/** Within this of the end one is at the end. */
const BOTTOM_PX = 32;
const EDGE_SCREENS = 2;
const LIT_MS = 3_000;

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

export const MessageList = (props: ListProps): JSX.Element => {
  const [handle, setHandle] = createSignal<VListHandle>();
  const [atBottom, setAtBottom] = createSignal(true);
  const [shifting, setShifting] = createSignal(false);
  const [pointed, setPointed] = createSignal<{ message: Message; at: HTMLElement }>();
  const [lit, setLit] = createSignal<number>();
  /** While a menu of the toolbar is open, the toolbar stays where it is. */
  const isHeld = (): boolean => document.querySelector('.floats') !== null;
  const point = (here: { message: Message; at: HTMLElement } | undefined): void => {
    if (!isHeld()) setPointed(here);
  };
  const acts = props.acts((message, at) => point(message ? { message, at } : undefined));
  let box: HTMLDivElement | undefined;

  const rows = createMemo<Row[]>((before) =>
    settle(
      before,
      rowsOf({ messages: props.messages, pending: props.pending, newAfter: props.newAfter, me: props.me }),
    ), []);

  /** Rows that came before the first: the list must keep its place from the end. */
  const firstKey = createMemo(() => rows().find((row) => row.kind === 'message')?.key);
  createEffect(
    on(firstKey, (fresh, before) => {
      const grew = before !== undefined && fresh !== before && rows().some((row) => row.key === before);
      setShifting(grew);
      if (grew) queueMicrotask(() => setShifting(false));
    }),
  );

  const toEnd = (): void => handle()?.scrollToIndex(rows().length - 1, { align: 'end' });

  createEffect(
    on([() => rows().length, handle], () => {
      if (atBottom() && props.atEnd && props.target === undefined) requestAnimationFrame(toEnd);
    }),
  );

  createEffect(
    on([() => props.target, handle, () => props.messages.length], ([target, list]) => {
      if (target === undefined || !list || lit() === target) return;
      const at = rows().findIndex((row) => row.kind === 'message' && row.message.number === target);
      if (at < 0) return;
      setLit(target);
      setAtBottom(false);
      requestAnimationFrame(() => list.scrollToIndex(at, { align: 'center' }));
      const timer = setTimeout(() => setLit(-1), LIT_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  const lastSeen = (): number => props.messages.at(-1)?.number ?? 0;

  const scrolled = (offset: number): void => {
    const list = handle();
    if (!list) return;
    const edge = list.viewportSize * EDGE_SCREENS;
    const left = list.scrollSize - offset - list.viewportSize;
    setAtBottom(left <= BOTTOM_PX);
    setPointed(undefined);
    if (offset < edge && !props.atStart && !props.loading) props.older();
    if (left < edge && !props.atEnd && !props.loading) props.newer();
    if (left <= BOTTOM_PX && props.atEnd && !document.hidden) props.seen(lastSeen());
  };

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

  const walk = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const here = (event.target as HTMLElement).closest('article');
    if (!here || event.target !== here) return;
    const all = [...(box?.querySelectorAll<HTMLElement>('article.msg') ?? [])];
    const next = all[all.indexOf(here) + (event.key === 'ArrowDown' ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: false });
  };

  return (
    <div class="list" ref={box} onKeyDown={walk} onPointerLeave={() => point(undefined)}>
      <VList
        ref={(list) => setHandle(list)}
        class="scroll-list"
        data={rows()}
        shift={shifting()}
        itemSize={46}
        onScroll={scrolled}
        role="log"
        aria-live="off"
        tabindex="0"
        aria-label={props.label}
        aria-busy={props.loading}
      >
        {(row, index) => (
          <>
            <Show when={index() === 0 && props.atStart}>{props.intro}</Show>
            <ErrorBoundary fallback={<p class="msg system">{t('message.broken')}</p>}>
              <Line row={row} index={index()} acts={acts} lit={lit()} jump={props.jump} inThread={props.inThread} />
            </ErrorBoundary>
          </>
        )}
      </VList>
      <Show when={rows().length === 0 && props.atStart}>{props.intro}</Show>
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

const Line = (props: {
  row: Row;
  index: number;
  acts: Acts;
  lit: number | undefined;
  jump?: (() => void) | undefined;
  inThread?: boolean | undefined;
}): JSX.Element => (
  <Switch>
    <Match when={props.row.kind === 'day' && props.row}>
      {(day) => (
        <div class="day">
          <Show when={props.jump} fallback={<span>{time.day(day().at)}</span>}>
            <button title={t('timeline.jump')} onClick={() => props.jump?.()}>
              {time.day(day().at)}
              <Icon name="down" size="x" />
            </button>
          </Show>
        </div>
      )}
    </Match>
    <Match when={props.row.kind === 'new'}>
      <div class="new" role="separator">
        {t('timeline.new')}
      </div>
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
          inThread={props.inThread ?? false}
        />
      )}
    </Match>
  </Switch>
);
