/** Runs of messages: sorted by number, newest rows win by `changed`. */

import type { Message, Page } from '../api/wire';
import type { Run } from './state';

/** Kept of an open channel; what is older is loaded again when looked at. */
export const RUN_MAX = 2_000;
const RUN_SLACK = 500;

/** The place of a number, or where it would stand. */
export const placeOf = (messages: readonly Message[], number: number): number => {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle] as Message).number < number) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const find = (run: Run | undefined, number: number): Message | undefined => {
  if (!run) return undefined;
  const row = run.messages[placeOf(run.messages, number)];
  return row?.number === number ? row : undefined;
};

/** What I reacted with is known only from answers to me; an event's image keeps what was known. */
const withMine = (known: Message | undefined, fresh: Message): Message => {
  if (!known?.reactions || !fresh.reactions) return fresh;
  const mine = new Set(known.reactions.filter((reaction) => reaction.mine).map((reaction) => reaction.emoji));
  if (mine.size === 0 || fresh.reactions.some((reaction) => reaction.mine !== undefined)) return fresh;
  const reactions = fresh.reactions.map((one) => (mine.has(one.emoji) ? { ...one, mine: true } : one));
  return { ...fresh, reactions };
};

/** The newer of two images of a row. */
export const newer = (known: Message | undefined, fresh: Message): Message =>
  known && known.changed >= fresh.changed ? known : withMine(known, fresh);

/** Puts a row in: at its place, or at the end of a run that reaches it. */
export const put = (run: Run, fresh: Message): Run => {
  const at = placeOf(run.messages, fresh.number);
  const known = run.messages[at];
  if (known?.number === fresh.number) {
    const kept = newer(known, fresh);
    return kept === known ? run : { ...run, messages: run.messages.with(at, kept) };
  }
  if (!run.atEnd || at < run.messages.length) return run;
  // Numbers are dense: one that is not the next says that something between was missed, and is to be asked for.
  const last = run.messages.at(-1)?.number;
  if (last !== undefined && fresh.number !== last + 1) return { ...run, atEnd: false };
  return cut({ ...run, messages: [...run.messages, fresh] }, 'start');
};

/** Too long a run lets go of one end, a good piece at once, so that a list seldom has to. */
export const cut = (run: Run, end: 'start' | 'end'): Run => {
  if (run.messages.length <= RUN_MAX + RUN_SLACK) return run;
  return end === 'start'
    ? { ...run, messages: run.messages.slice(-RUN_MAX), atStart: false }
    : { ...run, messages: run.messages.slice(0, RUN_MAX), atEnd: false };
};

const patch = (run: Run, number: number, change: (row: Message) => Message): Run => {
  const at = placeOf(run.messages, number);
  const known = run.messages[at];
  if (known?.number !== number) return run;
  const fresh = change(known);
  return fresh === known ? run : { ...run, messages: run.messages.with(at, fresh) };
};

export { patch };

/** Both stand in order: what lies before and behind the page is taken as it is, and only what lies within it is looked at. */
const merged = (held: readonly Message[], page: readonly Message[]): Message[] => {
  const [first, last] = [page[0] as Message, page.at(-1) as Message];
  const [from, to] = [placeOf(held, first.number), placeOf(held, last.number + 1)];
  const within = new Map(held.slice(from, to).map((row) => [row.number, row]));
  for (const row of page) within.set(row.number, newer(within.get(row.number), row));
  return [...held.slice(0, from), ...[...within.values()].sort((a, b) => a.number - b.number), ...held.slice(to)];
};

/** A page beside what is loaded: joined where they touch or overlap, otherwise in its place. */
export const join = (run: Run | undefined, page: Page): Run => {
  const ends = page.messages;
  const first = ends[0]?.number ?? page.last + 1;
  const last = ends.at(-1)?.number ?? page.last;
  const fresh: Run = {
    messages: ends,
    atStart: first <= page.first || ends.length === 0,
    atEnd: last >= page.last,
    position: page.position,
  };
  if (!run || run.messages.length === 0) return fresh;
  const from = (run.messages[0] as Message).number;
  const to = (run.messages.at(-1) as Message).number;
  if (ends.length === 0) return run;
  const apart = first > to + 1 || last < from - 1;
  if (apart) return fresh;
  const messages = merged(run.messages, ends);
  return {
    messages,
    atStart: first <= from ? fresh.atStart : run.atStart,
    atEnd: last >= to ? fresh.atEnd : run.atEnd,
    // True only up to the older of the two; the rows themselves carry what is newer.
    position: Math.min(run.position, page.position),
  };
};
