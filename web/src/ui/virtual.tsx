/** A long list of which only what is near stands in the page. Where rows stand is virtua's; here they are made, a few at a time, and let go of. */

import { type Accessor, createRenderEffect, createRoot, createSignal, getOwner, type JSX, onCleanup, onMount, splitProps, untrack } from 'solid-js';
import { insert } from 'solid-js/web';
import * as core from 'virtua/unstable_core';

import { whenIdle } from './idle';
import { type Driver, heightOf, ITEM_RESIZE, type Layout, type ScrollTo, type Store, VIEWPORT_RESIZE, whenMoved } from './virtua';

export interface Handle {
  readonly scrollOffset: number;
  readonly scrollSize: number;
  readonly viewportSize: number;
  findItemIndex: (offset: number) => number;
  getItemOffset: (index: number) => number;
  scrollToIndex: (index: number, how?: ScrollTo) => void;
}

export interface VirtualProps<T extends object> extends Omit<JSX.HTMLAttributes<HTMLDivElement>, 'ref' | 'children' | 'onScroll' | 'onScrollEnd' | 'onResize'> {
  ref: (handle: Handle) => void;
  data: readonly T[];
  /** So many rows more stand before the first that was there already: it stays where it is. */
  head: number;
  /** How far before and behind what is seen rows stand ready. */
  buffer: number;
  /** Rows that stay, however far away. */
  keepMounted: readonly number[];
  onScroll: (offset: number) => void;
  onScrollEnd: () => void;
  onResize: () => void;
  children: (item: T, index: Accessor<number>) => JSX.Element;
}

interface Slot {
  row: HTMLDivElement;
  index: number;
  setIndex: (index: number) => void;
  /** Below the one before it; out of sight where it could not be measured; at a place of its own where it is kept far away. */
  stands: 'row' | 'hid' | 'far';
  top: number;
  leave: () => void;
}

/** While a list opens, so long may a frame make rows; a page has more to do in it. */
const OPENING_MS = 16;
/** What is not seen yet may take so much of a frame in which somebody scrolls. */
const AHEAD_MS = 4;

export const Virtual = <T extends object>(props: VirtualProps<T>): JSX.Element => {
  const [own, others] = splitProps(props, ['ref', 'data', 'head', 'buffer', 'keepMounted', 'onScroll', 'onScrollEnd', 'onResize', 'children']);
  const owner = getOwner();
  const layout = core.createListLayout(own.data.length) as unknown as Layout;
  const store = core.createVirtualStore(layout as never) as unknown as Store;
  const driver = core.createContainerDriver(store as never, layout as never, false) as unknown as Driver;
  const slots = new Map<T, Slot>();
  let data: readonly T[] = [];
  let container!: HTMLDivElement;
  let above!: HTMLDivElement;
  const heights = { all: -1, above: -1 };
  let isStill = true;
  let isOpened = false;
  let isTaking = false;
  let isMeasuring = false;
  let isMoved = false;
  let turns = 0;
  /** Made in this turn, and not measured yet. */
  let fresh: Slot[] = [];
  let next: (() => void) | undefined;

  const enter = (index: number): void => {
    const item = data[index];
    if (item === undefined || slots.has(item)) return;
    const row = document.createElement('div');
    row.className = 'slot';
    const [at, setIndex] = createSignal(index);
    const dispose = createRoot((end) => {
      insert(row, () => untrack(() => own.children(item, at)));
      return end;
    }, owner);
    const after = nextTo(index);
    container.insertBefore(row, after);
    const unobserve = driver.$observeItem(row, index);
    const leave = (): void => {
      unobserve();
      dispose();
      row.remove();
      slots.delete(item);
    };
    const slot: Slot = { row, index, setIndex, stands: 'row', top: -1, leave };
    slots.set(item, slot);
    fresh.push(slot);
  };

  /** What was made stands where it belongs in the same turn: an observer would tell its height after a layout, and it would take another. */
  const measure = (): boolean => {
    const sizes = fresh.map((slot): [number, number] => [slot.index, heightOf(slot.row)]);
    fresh = [];
    const unknown = sizes.filter(([index, height]) => height > 0 && !layout.$isSizeEqual(index, height));
    if (unknown.length === 0) return false;
    isMeasuring = true;
    try {
      store.$update(ITEM_RESIZE, unknown);
    } finally {
      isMeasuring = false;
    }
    return true;
  };

  /** Rows stand in the page in their order: so they are read, and so Tab goes. */
  const nextTo = (index: number): HTMLDivElement | null => {
    let found: Slot | undefined;
    for (const slot of slots.values()) if (slot.index > index && (!found || slot.index < found.index)) found = slot;
    return found?.row ?? null;
  };

  /** Only the space above the first is set: each row pushes the next, and none is touched where another grows. */
  const put = (near: readonly [number, number]): void => {
    let first = Infinity;
    for (const slot of slots.values()) {
      const isFar = slot.index < near[0] || slot.index > near[1];
      const stands = layout.$isSizeEqual(slot.index) ? 'hid' : isFar ? 'far' : 'row';
      if (stands !== slot.stands) slot.row.className = stands === 'row' ? 'slot' : `slot ${stands}`;
      if (stands === 'row') first = Math.min(first, slot.index);
      const top = stands === 'far' ? store.$getItemOffset(slot.index) : -1;
      if (top !== slot.top) slot.row.style.top = top < 0 ? '' : `${top}px`;
      slot.stands = stands;
      slot.top = top;
    }
    const [all, over] = [store.$getTotalSize(), first === Infinity ? 0 : store.$getItemOffset(first)];
    if (all !== heights.all) container.style.height = `${all}px`;
    if (over !== heights.above) above.style.height = `${over}px`;
    heights.all = all;
    heights.above = over;
    // What moves by is not pointed at.
    if (isStill === store.$isScrolling()) container.classList.toggle('moves', isStill);
    isStill = !store.$isScrolling();
  };

  /**
   * Outwards from what is seen, so that there is never a hole: first what is seen, then what lies between it and the rows that stand there
   * already, then what is near, as far as this turn goes.
   */
  const grow = (seen: readonly [number, number], near: readonly [number, number], began: number): boolean => {
    const isLate = (most: number): boolean => performance.now() - began > most;
    const isAtEnd = seen[1] >= data.length - 1;
    for (let step = 0; step <= seen[1] - seen[0]; step += 1) {
      enter(isAtEnd ? seen[1] - step : seen[0] + step);
      if (!isOpened && isLate(OPENING_MS)) return false;
    }
    isOpened ||= seen[1] >= seen[0];
    let [first, last] = seen;
    for (const { index } of slots.values()) {
      if (index < near[0] || index > near[1]) continue;
      first = Math.min(first, index);
      last = Math.max(last, index);
    }
    for (let step = 1; seen[0] - step >= near[0] || seen[1] + step <= near[1]; step += 1) {
      const [up, down] = [seen[0] - step, seen[1] + step];
      const isFree = !isTaking && !isLate(AHEAD_MS);
      if (!isFree && up < first && down > last) return false;
      if (up >= first || (isFree && up >= near[0])) enter(up);
      if (down <= last || (isFree && down <= near[1])) enter(down);
    }
    return true;
  };

  /** A list that opens is drawn more than once in a frame, and has but one turn in it. */
  let spent = { frame: -1, ms: 0 };
  const spentOf = (frame: number): number => (spent.frame === frame ? spent.ms : 0);

  /** Heights that come to be known move what is seen: then once more, as far as this turn goes. */
  const draw = (): void => {
    const began = performance.now() - (isOpened ? 0 : spentOf(frameTime()));
    const kept = new Set(own.keepMounted);
    let isWhole: boolean;
    let near: readonly [number, number];
    do {
      const seen = store.$getRange(0);
      near = store.$getRange(own.buffer);
      for (const slot of [...slots.values()]) if ((slot.index < near[0] || slot.index > near[1]) && !kept.has(slot.index)) slot.leave();
      isWhole = grow(seen, near, began);
      // One that is kept stands somewhere once it is known how much is seen.
      if (isOpened) for (const index of kept) enter(index);
    } while (measure() && (isWhole || isOpened));
    put(near);
    spent = { frame: frameTime(), ms: performance.now() - began };
    if (!isWhole) next ??= isOpened ? whenIdle(goOn) : framed(goOn);
  };
  const drawn = (): void => {
    if (isMeasuring || isToldOfMove()) return;
    turns += 1;
    draw();
    driver.$effect();
  };
  /** Until the browser tells of a move by virtua, places are those of before it: who draws or counts rows by then tells it first. */
  const isToldOfMove = (): boolean => {
    if (!isMoved) return false;
    isMoved = false;
    const before = turns;
    container.parentElement?.dispatchEvent(new Event('scroll'));
    return turns !== before;
  };
  const goOn = (): void => {
    next = undefined;
    drawn();
  };

  /** Both ends for themselves: where a page came before and as many rows went behind, their sum says that nothing happened. */
  const take = (now: readonly T[], head: number): void => {
    // Taking in a page is enough for one turn: what of it is not seen yet is made in the next. Places and rows do not fit until then.
    isTaking = true;
    isToldOfMove();
    const headed = data.length + head;
    data = now;
    let places: Map<T, number> | undefined;
    /** Mostly all of them moved by the same; only where they did not is every row looked at. */
    const placeOf = (item: T, guess: number): number | undefined => {
      if (now[guess] === item) return guess;
      places ??= new Map(now.map((one, index) => [one, index]));
      return places.get(item);
    };
    for (const [item, slot] of [...slots]) {
      const index = placeOf(item, slot.index + head);
      if (index === undefined) slot.leave();
      else if (index !== slot.index) {
        slot.index = index;
        slot.setIndex(index);
        driver.$observeItem(slot.row, index);
      }
    }
    if (head !== 0) store.$update(core.ACTION_ITEMS_LENGTH_CHANGE, headed, true);
    if (headed !== now.length) store.$update(core.ACTION_ITEMS_LENGTH_CHANGE, now.length);
    else if (head === 0) drawn();
    isTaking = false;
  };

  store.$subscribe(core.UPDATE_SCROLL_EVENT, () => (isMoved = false));
  // Before anything is drawn: who is at the end stays there.
  store.$subscribe(core.UPDATE_SIZE_EVENT, () => own.onResize());
  store.$subscribe(core.UPDATE_VIRTUAL_STATE, () => untrack(drawn));
  store.$subscribe(core.UPDATE_SCROLL_EVENT, () => isTaking || own.onScroll(store.$getScrollOffset()));
  store.$subscribe(core.UPDATE_SCROLL_END_EVENT, () => own.onScrollEnd());

  const page = (
    <div {...others}>
      <div class="slots" ref={container}>
        <div ref={above} />
      </div>
    </div>
  );
  createRenderEffect(() => {
    const { data: now, head } = own;
    untrack(() => take(now, now === data ? 0 : head));
  });
  createRenderEffect((isFirst: boolean) => {
    void [own.keepMounted, own.buffer];
    if (!isFirst) untrack(drawn);
    return false;
  }, true);
  onMount(() => {
    const scroller = container.parentElement as HTMLElement;
    driver.$observe(container);
    whenMoved(scroller, () => (isMoved = true));
    // In the next turn, and not in the next frame but one, when an observer would tell of it.
    const asked = setTimeout(() => untrack(() => store.$update(VIEWPORT_RESIZE, heightOf(scroller))));
    onCleanup(() => clearTimeout(asked));
  });
  onCleanup(() => {
    next?.();
    store.$dispose();
    driver.$dispose();
    for (const slot of [...slots.values()]) slot.leave();
  });
  own.ref({
    get scrollOffset() {
      return store.$getScrollOffset();
    },
    get scrollSize() {
      return core.getScrollSize(store as never) as unknown as number;
    },
    get viewportSize() {
      return store.$getViewportSize();
    },
    findItemIndex: layout.$findIndex,
    getItemOffset: store.$getItemOffset,
    scrollToIndex: (index, how = {}) => void driver.$scroll(index, how),
  });
  return page;
};

/** When the frame began that is being made, or the last one that was. */
const frameTime = (): number => Number(document.timeline?.currentTime ?? performance.now());

const framed = (work: () => void): (() => void) => {
  const frame = requestAnimationFrame(work);
  return () => cancelAnimationFrame(frame);
};
