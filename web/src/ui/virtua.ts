/** The inside of virtua as this page knows it. */

/** What is asked of virtua's inside; it has no types of its own for it. */
export interface Store {
  $update: (what: number, value: number | readonly (readonly [number, number])[], isShift?: boolean) => void;
  $subscribe: (to: number, told: () => void) => void;
  $getRange: (buffer: number) => [number, number];
  $getItemOffset: (index: number) => number;
  $getTotalSize: () => number;
  $getScrollOffset: () => number;
  $getViewportSize: () => number;
  $isScrolling: () => boolean;
  $dispose: () => void;
}
export interface Layout {
  $findIndex: (offset: number) => number;
  /** Without a size: whether none is known. */
  $isSizeEqual: (index: number, size?: number) => boolean;
}
export interface Driver {
  $observe: (container: HTMLElement) => void;
  $observeItem: (row: HTMLElement, index: number) => () => void;
  $scroll: (index: number, how: ScrollTo) => Promise<void>;
  $effect: () => void;
  $dispose: () => void;
}

/** Acts that virtua does not name outside: rows have heights, and so much of the list is seen. */
export const ITEM_RESIZE = 3;
export const VIEWPORT_RESIZE = 4;

export interface ScrollTo {
  align?: 'start' | 'center' | 'end' | 'nearest';
  offset?: number;
}

/** Tells of moves by a program: virtua makes some for itself, and says so to nobody. */
export const whenMoved = (scroller: HTMLElement, told: () => void): void => {
  for (const name of ['scrollBy', 'scrollTo'] as const) {
    const move = scroller[name].bind(scroller) as (...where: unknown[]) => void;
    scroller[name] = (...where: unknown[]): void => {
      move(...where);
      told();
    };
  }
};

/** As an observer tells it: in the browser's own units of a pixel. Another height for the same row would be told again. */
const UNITS = 64;
export const heightOf = (one: HTMLElement): number => Math.floor(one.getBoundingClientRect().height * UNITS) / UNITS;
