/** Coming to a message by its link: once, however often the list around it changes. */

import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';

import { revisits } from '../../model/app';
import type { Row } from '../../model/rows';
import type { Handle } from '../../ui/virtual';

const LIT_MS = 3_000;

interface Ground {
  target: Accessor<number | undefined>;
  rows: Accessor<Row[]>;
  indexOf: (number: number) => number;
  handle: Accessor<Handle | undefined>;
  /** The message is there, at this place: it is gone to. */
  begun: (list: Handle, at: number) => void;
  article: (number: number) => HTMLElement | null | undefined;
}

export interface Arrival {
  /** The message that is shown to be the one. */
  lit: Accessor<number | undefined>;
  /** The list rests: whoever is nowhere in the page is at the message now, wherever a hand moved the list meanwhile. */
  landed: () => void;
}

export const useArrival = ({ target, rows, indexOf, handle, begun, article }: Ground): Arrival => {
  const [lit, setLit] = createSignal<number>();
  let arrived: number | undefined;
  let visited = revisits();
  let landing: number | undefined;
  let dims: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(dims));
  createEffect(
    on([target, handle, revisits, rows], ([number, list, times]) => {
      if (number === undefined || times !== visited) arrived = undefined;
      visited = times;
      if (number === undefined || !list || arrived === number) return;
      const at = indexOf(number);
      if (at < 0) return;
      arrived = number;
      landing = number;
      setLit(number);
      clearTimeout(dims);
      dims = setTimeout(() => setLit(undefined), LIT_MS);
      begun(list, at);
    }),
  );
  const landed = (): void => {
    if (landing !== undefined && document.activeElement === document.body) article(landing)?.focus({ preventScroll: true });
    landing = undefined;
  };
  return { lit, landed };
};
