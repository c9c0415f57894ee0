/** A run of messages as the rows of a timeline: days, the "new" line, groups. */

import type { Message } from '../api/wire';
import type { Pending } from '../sync/outbox';
import { dayKey, isNear } from './time';

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'new'; key: string }
  | { kind: 'gap'; key: string; side: 'before' | 'after'; at: string }
  | { kind: 'message'; key: string; message: Message; grouped: boolean; pending?: Pending['pending'] };

export const GROUP_MS = 5 * 60_000;

/** Deleted ones stay only where something hangs on them. */
const isShown = (message: Message): boolean => !message.deleted || (message.replies?.count ?? 0) > 0;

export interface Asked {
  messages: readonly Message[];
  pending: readonly Pending[];
  /** The line stands above the first unread; it stays where it was while the channel is open. */
  newAfter: number | undefined;
  me: string;
  zone?: string;
  /** A day that needs no line: what stands above says it. */
  knownDay?: string | undefined;
  /** On which side there is more that could not be loaded. */
  stuck?: 'before' | 'after' | undefined;
}

/** By message: an image of one never changes, so its row, too, is made once. */
const made = new WeakMap<Message, Partial<Record<'grouped' | 'alone', Row>>>();

const rowOf = (message: Message, grouped: boolean): Row => {
  const known = made.get(message) ?? {};
  made.set(message, known);
  return (known[grouped ? 'grouped' : 'alone'] ??= { kind: 'message', key: String(message.number), message, grouped });
};

export const rowsOf = ({ messages, pending, newAfter, me, zone, stuck, knownDay }: Asked): Row[] => {
  const rows: Row[] = [];
  let before: Message | undefined;
  let day = knownDay === undefined ? '' : dayKey(knownDay, zone);
  let marked = newAfter === undefined;
  const add = (message: Message, waits?: Pending['pending']): void => {
    const today = before && isNear(message.at, before.at) ? day : dayKey(message.at, zone);
    let grouped =
      before !== undefined &&
      before.author === message.author &&
      !before.system && !message.system && !message.of && !before.of &&
      Date.parse(message.at) - Date.parse(before.at) < GROUP_MS;
    if (today !== day) {
      rows.push({ kind: 'day', key: `day ${today}`, at: message.at });
      day = today;
      grouped = false;
    }
    if (!marked && message.number > (newAfter ?? 0) && message.author !== me) {
      rows.push({ kind: 'new', key: 'new' });
      marked = true;
      grouped = false;
    }
    rows.push(waits ? { kind: 'message', key: waits.id, message, grouped, pending: waits } : rowOf(message, grouped));
    before = message;
  };
  for (const message of messages) if (isShown(message)) add(message);
  for (const one of pending) add(one.message, one.pending);
  const edge = stuck && messages.at(stuck === 'before' ? 0 : -1);
  if (!edge) return rows;
  const gap: Row = { kind: 'gap', key: `gap ${stuck}`, side: stuck, at: edge.at };
  return stuck === 'before' ? [gap, ...rows] : [...rows, gap];
};

const isSame = (a: Row, b: Row): boolean => {
  if (a.kind === 'message' && b.kind === 'message') {
    return a.message === b.message && a.grouped === b.grouped && a.pending === b.pending;
  }
  return a.kind === b.kind && (a.kind !== 'gap' || b.kind !== 'gap' || a.at === b.at);
};

/** What was said is the same row by itself; the few others are looked for. */
const isOwn = (row: Row): boolean => row.kind === 'message' && !row.pending;

/** Rows that say the same stay the same objects, so that only what changed is drawn again. */
export const settle = (before: readonly Row[], after: readonly Row[]): Row[] => {
  const known = new Map(before.filter((row) => !isOwn(row)).map((row) => [row.key, row]));
  return after.map((row) => {
    const old = isOwn(row) ? undefined : known.get(row.key);
    return old && isSame(old, row) ? old : row;
  });
};
