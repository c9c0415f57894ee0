/** What was written and is not yet known to be kept. Overlaid when read, never merged into the state. */

import type { Account, ChannelId, Done, Message, Refused, Send } from '../api/wire';

export interface Draft {
  channel: ChannelId;
  thread: number;
  text: string;
  inChannel: boolean;
}

export type Progress =
  | { kind: 'waiting' }
  | { kind: 'sent'; since: number }
  | { kind: 'failed'; code: string; message: string };

export interface Outgoing extends Draft {
  /** Names it here; also what survives a reload. */
  id: string;
  /** Made when it is first sent, so that what waited for days is not too old. */
  key?: string;
  at: number;
  progress: Progress;
  /** Why the server could not take it yet; it is tried again by itself. */
  passing?: string;
}

/** Codes after which the same thing may go well a moment later, under the same key. */
const PASSING = new Set(['busy', 'read_only', 'slow_down']);
/** After these the server will not say whether it happened: a person decides. */
const EXPIRED = 'key_expired';

export type Outbox = readonly Outgoing[];

const change = (outbox: Outbox, key: string, step: (one: Outgoing) => Outgoing | undefined): Outbox =>
  outbox.flatMap((one) => {
    if (one.key !== key) return [one];
    const next = step(one);
    return next ? [next] : [];
  });

export const write = (outbox: Outbox, id: string, draft: Draft, at: number): Outbox => [
  ...outbox,
  { ...draft, id, at, progress: { kind: 'waiting' } },
];

/** The next to send: in order within a channel, so one that failed holds back what was written after it there. */
export const due = (outbox: Outbox): Outgoing[] => {
  const held = new Set<string>();
  return outbox.filter((one) => {
    const place = `${one.channel}.${one.thread}`;
    if (held.has(place)) return false;
    if (one.progress.kind === 'failed') held.add(place);
    return one.progress.kind === 'waiting';
  });
};

export const sending = (outbox: Outbox, id: string, key: string, since: number): Outbox =>
  outbox.map((one) => (one.id === id ? { ...one, key: one.key ?? key, progress: { kind: 'sent', since } } : one));

export const done = (outbox: Outbox, answer: Pick<Done, 'key'>): Outbox => change(outbox, answer.key, () => undefined);

export const refused = (outbox: Outbox, answer: Refused): Outbox =>
  change(outbox, answer.key, (one) => {
    if (PASSING.has(answer.code)) return { ...one, passing: answer.code, progress: { kind: 'waiting' } };
    // Sent again it must be a new intent: the old key will never be taken.
    const key = answer.code === EXPIRED ? undefined : one.key;
    return { ...one, key, progress: { kind: 'failed', code: answer.code, message: answer.message } };
  });

/** The store takes nothing for a moment: from the first word of it until what was refused for it is done. */
export const isReadOnly = (outbox: Outbox): boolean => outbox.some((one) => one.passing === 'read_only' && one.progress.kind !== 'failed');

/** The line was cut: what was on its way is sent again with the same key, unless `welcome` says it happened. */
export const cut = (outbox: Outbox): Outbox =>
  outbox.map((one) => (one.progress.kind === 'sent' ? { ...one, progress: { kind: 'waiting' } } : one));

export const retry = (outbox: Outbox, id: string): Outbox =>
  outbox.map((one) => (one.id === id ? { ...one, progress: { kind: 'waiting' } } : one));

export const discard = (outbox: Outbox, id: string): Outbox => outbox.filter((one) => one.id !== id);

/** Keys that were sent and not answered, for `hello`. */
export const waiting = (outbox: Outbox): string[] =>
  outbox.flatMap((one) => (one.key && one.progress.kind !== 'failed' ? [one.key] : [])).slice(0, 100);

export const asSend = (one: Outgoing, key: string): Send => ({
  key,
  channel: one.channel,
  text: one.text,
  ...(one.thread > 0 ? { thread: one.thread } : {}),
  ...(one.inChannel ? { in_channel: true } : {}),
});

/** How it looks in the timeline before it has a number. */
export interface Pending {
  pending: Outgoing;
  message: Message;
}

export const asMessage = (one: Outgoing, me: Account): Message => ({
  channel: one.channel,
  thread: one.thread,
  number: Number.MAX_SAFE_INTEGER,
  stamp: String(one.at * 1000),
  at: new Date(one.at).toISOString(),
  author: me,
  text: one.text,
  changed: 0,
});

export const pendingIn = (outbox: Outbox, channel: ChannelId, thread: number, me: Account): Pending[] =>
  outbox
    .filter((one) => one.channel === channel && one.thread === thread)
    .map((one) => ({ pending: one, message: asMessage(one, me) }));
