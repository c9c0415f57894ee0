/** What of a list stays when its rows change, so that nothing that is looked at moves or loses the focus. */

import { type Accessor, createMemo, createSignal, type Setter, untrack } from 'solid-js';

import type { Row } from '../../model/rows';

export interface Drawn {
  rows: Row[];
  /** So many rows more stand before the first that was there already. What came or went at the other end meanwhile is no part of it. */
  head: number;
  /** Grows where nothing of what was drawn is left: another part of the run, placed anew. */
  part: number;
}

const isMessage = (row: Row): boolean => row.kind === 'message';

export const drawn = (before: Drawn, rows: Row[]): Drawn => {
  const [first, was] = [rows.find(isMessage)?.key, before.rows.find(isMessage)?.key];
  if (was === undefined || (first === was && rows[0]?.key === before.rows[0]?.key)) return { rows, head: 0, part: before.part };
  // By a message: the line of a day moves to whichever is the first of its day.
  const places = new Map(rows.map((row, at) => [row.key, at]));
  const at = before.rows.findIndex((row) => isMessage(row) && places.has(row.key));
  const now = places.get(before.rows[at]?.key ?? '');
  return now === undefined ? { rows, head: 0, part: before.part + 1 } : { rows, head: now - at, part: before.part };
};

/** A row keeps its place in the page while what it says changes: who has the focus in it keeps it. */
export interface Item {
  row: Accessor<Row>;
  set: Setter<Row>;
}

const made = (row: Row): Item => {
  const [get, set] = createSignal(row);
  return { row: get, set };
};

/** What stands at both ends as it stood goes on; only what is between is looked for: a run is long, and a page of it short. */
export const goOn = <T>(before: readonly T[], now: readonly Row[], rowOf: (one: T) => Row, make: (row: Row) => T): T[] => {
  const most = Math.min(before.length, now.length);
  const isSame = (was: number, is: number): boolean => rowOf(before[was] as T).key === (now[is] as Row).key;
  let start = 0;
  while (start < most && isSame(start, start)) start += 1;
  let end = 0;
  while (end < most - start && isSame(before.length - 1 - end, now.length - 1 - end)) end += 1;
  const between = new Map(before.slice(start, before.length - end).map((one) => [rowOf(one).key, one]));
  const fresh = now.slice(start, now.length - end).map((row) => between.get(row.key) ?? make(row));
  return [...before.slice(0, start), ...fresh, ...before.slice(before.length - end)];
};

export const useItems = (rows: Accessor<Row[]>): Accessor<Item[]> => {
  let known: Item[] = [];
  return createMemo(() => {
    const now = rows();
    known = goOn(known, now, (item) => untrack(item.row), made);
    known.forEach((item, at) => item.set(now[at] as Row));
    return known;
  });
};
