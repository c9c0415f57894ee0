/** state + event → state. Pure, and tolerant: kinds it does not know only move the position. */

import type { Channel, Event, Message, Person } from '../api/wire';
import { newer, patch, put } from './runs';
import { type Place, type State, threadKey } from './state';

type Step = (state: State, event: Event) => State;

const without = <T>(rows: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> => {
  if (!(key in rows)) return rows;
  const rest = { ...rows };
  delete rest[key];
  return rest;
};

/** Everything of a channel that is closed to me. */
const forget = (state: State, channel: string): State => {
  const mine = (key: string): boolean => key.startsWith(`${channel}.`);
  const drop = <T>(rows: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(rows).filter(([key]) => !mine(key)));
  return {
    ...state,
    channels: without(state.channels, channel),
    places: without(state.places, channel),
    runs: without(state.runs, channel),
    threads: drop(state.threads),
    followed: drop(state.followed),
  };
};

const person = (state: State, account: string, fresh: Person): State => {
  const known = state.people[account];
  if (known && known.changed >= fresh.changed) return state;
  // Whole but for the status, which events leave out: a picture that is not in it is gone.
  const status = fresh.status ?? known?.status;
  return { ...state, people: { ...state.people, [account]: { ...fresh, ...(status ? { status } : {}) } } };
};

const channel = (state: State, fresh: Partial<Channel> & { id: string; changed: number }): State => {
  const known = state.channels[fresh.id];
  if (known && known.changed >= fresh.changed) return state;
  if (!known && fresh.name === undefined) return state;
  return { ...state, channels: { ...state.channels, [fresh.id]: { ...known, ...fresh } as Channel } };
};

const place = (state: State, id: string, change: (known: Place) => Place): State => {
  const known = state.places[id];
  if (!known) return state;
  return { ...state, places: { ...state.places, [id]: change(known) } };
};

const callsMe = (state: State, message: Message): boolean =>
  message.author !== state.me &&
  ((message.mentions?.people.includes(state.me) ?? false) || message.mentions?.all !== undefined);

const timeline = (state: State, id: string, row: Message): State => {
  const run = state.runs[id];
  return run ? { ...state, runs: { ...state.runs, [id]: put(run, row) } } : state;
};

const inThread = (state: State, row: Message): State => {
  const key = threadKey(row.channel, row.thread);
  const run = state.threads[key];
  return run ? { ...state, threads: { ...state.threads, [key]: put(run, row) } } : state;
};

const root = (state: State, id: string, image: NonNullable<Event['image']>): State => {
  const run = state.runs[id];
  const fresh = image.root;
  if (!run || !fresh) return state;
  const changed = patch(run, fresh.number, (row) =>
    row.changed >= fresh.changed ? row : { ...row, replies: fresh.replies, changed: fresh.changed },
  );
  return changed === run ? state : { ...state, runs: { ...state.runs, [id]: changed } };
};

/** A reply's row in the timeline shows the reply itself. */
const shown = (state: State, id: string, message: Message): State => {
  const number = typeof message.in_channel === 'number' ? message.in_channel : undefined;
  const run = state.runs[id];
  if (number === undefined || !run) return state;
  const changed = patch(run, number, (row) => ({ ...row, reply: newer(row.reply, message) }));
  return { ...state, runs: { ...state.runs, [id]: changed } };
};

const lastOf = (state: State, event: Event, row: Message): State =>
  place(state, row.channel, (known) => ({
    ...known,
    last: Math.max(known.last, row.number),
    lastAt: row.number >= known.last ? row.at : known.lastAt,
    lastPosition: Math.max(known.lastPosition, event.position),
    read: row.author === state.me ? Math.max(known.read, row.number) : known.read,
    mentions: callsMe(state, row) ? [...new Set([...known.mentions, row.number])] : known.mentions,
  }));

const following = (state: State, row: Message): State => {
  const key = threadKey(row.channel, row.thread);
  const known = state.followed[key];
  const mine = row.author === state.me;
  const named = row.mentions?.people.includes(state.me) ?? false;
  if (!known && !mine && !named) return state;
  const base = known ?? {
    channel: row.channel, thread: row.thread, last: row.number - 1, read: row.number - 1, mentions: [], holes: [],
  };
  const followed = {
    ...base,
    last: Math.max(base.last, row.number),
    lastAt: row.at,
    read: mine ? Math.max(base.read, row.number) : base.read,
    mentions: callsMe(state, row) ? [...new Set([...base.mentions, row.number])] : base.mentions,
  };
  return { ...state, followed: { ...state.followed, [key]: followed } };
};

const sent: Step = (state, event) => {
  const { message, row } = event.image ?? {};
  if (!message) return state;
  if (message.thread === 0) return lastOf(timeline(state, message.channel, message), event, message);
  let next = root(inThread(state, message), message.channel, event.image ?? {});
  next = following(next, message);
  if (row) next = lastOf(timeline(next, row.channel, { ...row, reply: message }), event, row);
  return next;
};

/** Edits, pins, reactions: rows that are loaded take the newer image. */
const touched: Step = (state, event) => {
  const { message, row } = event.image ?? {};
  let next = state;
  if (message) {
    next = message.thread === 0 ? timeline(next, message.channel, message) : inThread(next, message);
    if (message.thread > 0) next = shown(root(next, message.channel, event.image ?? {}), message.channel, message);
  }
  if (row) next = timeline(next, row.channel, row);
  if (event.image?.channel) next = channel(next, event.image.channel);
  return event.kind.startsWith('reaction.') ? mine(next, event) : next;
};

/** Who acted flips their own mark; nothing in an event depends on who reads it. */
const mine: Step = (state, event) => {
  const emoji = typeof event.body === 'string' ? event.body : (event.body as { emoji?: string } | undefined)?.emoji;
  if (event.actor !== state.me || !emoji || !event.channel || event.number === undefined) return state;
  const flip = (row: Message): Message => ({
    ...row,
    reactions: row.reactions?.map((one) =>
      one.emoji === emoji ? { ...one, mine: event.kind === 'reaction.added' } : one,
    ),
  });
  if ((event.thread ?? 0) === 0) {
    const run = state.runs[event.channel];
    return run
      ? { ...state, runs: { ...state.runs, [event.channel]: patch(run, event.number, flip) } }
      : state;
  }
  const key = threadKey(event.channel, event.thread as number);
  const run = state.threads[key];
  return run ? { ...state, threads: { ...state.threads, [key]: patch(run, event.number, flip) } } : state;
};

const deleted: Step = (state, event) => {
  const next = touched(state, event);
  if (!event.channel || event.number === undefined) return next;
  const number = event.number;
  if ((event.thread ?? 0) > 0) {
    const key = threadKey(event.channel, event.thread as number);
    const known = next.followed[key];
    const gone = known && { ...known, holes: [...new Set([...known.holes, number])], mentions: known.mentions.filter((n) => n !== number) };
    const row = event.image?.row?.number;
    const followed = gone ? { ...next, followed: { ...next.followed, [key]: gone } } : next;
    return row === undefined ? followed : hole(followed, event.channel, row, event.position);
  }
  return hole(next, event.channel, number, event.position);
};

const hole = (state: State, id: string, number: number, position: number): State =>
  place(state, id, (known) => ({
    ...known,
    holes: [...new Set([...known.holes, number])].slice(-32),
    mentions: known.mentions.filter((one) => one !== number),
    lastPosition: Math.max(known.lastPosition, position),
  }));

const aboutChannel: Step = (state, event) => {
  if (event.kind === 'channel.hidden' && event.channel && !state.places[event.channel]) return forget(state, event.channel);
  if (!event.image?.channel) return state;
  const next = channel(state, event.image.channel);
  return event.kind === 'channel.created' ? opened(next, event) : next;
};

/** Whoever makes a channel looks after it; a direct one seats all of its people. No seat of its own is told. */
const opened: Step = (state, event) => {
  const id = event.channel;
  const image = event.image?.channel;
  const sits = event.actor === state.me || (image?.direct?.includes(state.me) ?? false);
  if (!id || !sits || state.places[id]) return state;
  const role = image?.kind === 'direct' ? 'member' : 'manager';
  const fresh: Place = { role, last: 0, lastPosition: event.position, read: 0, mentions: [], holes: [] };
  return { ...state, places: { ...state.places, [id]: fresh } };
};

const seat: Step = (state, event) => {
  const image = event.image ?? {};
  if (event.kind === 'seat.left' && event.account === state.me && event.channel) return forget(state, event.channel);
  let next = image.channel ? channel(state, image.channel) : state;
  if (image.member && event.account) next = person(next, event.account, image.member);
  if (event.account === state.me && image.seat && event.channel && image.seat.role !== 'left') {
    const role = image.seat.role;
    const known = next.places[event.channel];
    // Joining marks all before it as read; how far that is comes with the channel's first page.
    const fresh: Place = known
      ? { ...known, role }
      : { role, last: 0, lastPosition: event.position, read: 0, mentions: [], holes: [] };
    next = { ...next, places: { ...next.places, [event.channel]: fresh } };
  }
  return next;
};

const member: Step = (state, event) => {
  if (!event.account) return state;
  if (event.kind === 'member.left') {
    const known = state.people[event.account];
    return known ? { ...state, people: { ...state.people, [event.account]: { ...known, left: true } } } : state;
  }
  return event.image?.member ? person(state, event.account, event.image.member) : state;
};

const workspace: Step = (state, event) =>
  // Whole, so that a picture that is not in it is gone.
  event.image?.workspace ? { ...state, workspace: event.image.workspace } : state;

const steps: Readonly<Record<string, Step>> = {
  'message.sent': sent,
  'message.deleted': deleted,
};

const families: Readonly<Record<string, Step>> = {
  message: touched,
  reaction: touched,
  channel: aboutChannel,
  seat,
  member,
  workspace,
};

const stepped = (state: State, event: Event): State => {
  const step = steps[event.kind] ?? families[event.kind.split('.')[0] ?? ''];
  return step ? step(state, event) : state;
};

/** Seen already: events come once more after a reconnect. */
export const apply = (state: State, event: Event): State =>
  event.position <= state.position ? state : { ...stepped(state, event), position: event.position };

/** What was heard while a page was on its way, told again to the rows it brought: each step may be taken twice. */
export const again = (state: State, events: readonly Event[], page: number): State =>
  events.filter((event) => event.position > page).reduce(stepped, state);
