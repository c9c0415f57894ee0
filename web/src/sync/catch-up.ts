/** What changed while this device was away, its private rows, and pages: the other ways into the state. */

import type { Changed, ChangedChannel, ChannelId, Page, Person, PrivateItem } from '../api/wire';
import { join } from './runs';
import { keep, type Place, type Run, type State, threadKey } from './state';

const placed = (known: Place | undefined, fresh: ChangedChannel): Place => ({
  role: fresh.role,
  last: fresh.last_number,
  lastAt: fresh.last_at ?? known?.lastAt,
  lastPosition: fresh.last_position,
  read: fresh.read,
  mentions: fresh.mentions,
  holes: fresh.holes ?? [],
});

/** Rows of channels that moved may be behind: they no longer reach the end, and are asked about when opened. */
const behind = (runs: State['runs'], { channel, last_position }: ChangedChannel): State['runs'] => {
  const isBehind = ([key, run]: [string, Run]): boolean =>
    (key === channel || key.startsWith(`${channel}.`)) && run.atEnd && run.position < last_position;
  const late = Object.entries(runs).filter(isBehind);
  return late.length === 0 ? runs : { ...runs, ...Object.fromEntries(late.map(([key, run]) => [key, { ...run, atEnd: false }])) };
};

/** How much moved while one was away; of a first look at a workspace nothing is late. */
export const movedBy = (state: State, news: Changed): number => {
  if (state.epoch === '') return 0;
  // Another history: nothing of it is known.
  if (state.epoch !== news.epoch) return news.channels.length + news.threads.length;
  const sum = (all: number[]): number => all.reduce((one, other) => one + Math.max(0, other), 0);
  return (
    sum(news.channels.map((one) => one.last_number - (state.places[one.channel]?.last ?? one.last_number - 1))) +
    sum(news.threads.map((one) => one.last_number - (state.followed[threadKey(one.channel, one.thread)]?.last ?? one.last_number - 1)))
  );
};

export const changed = (state: State, news: Changed): State => {
  let next: State = state;
  if (news.epoch !== state.epoch) {
    // Another history: nothing held is known to be true, but what I wrote is not in here.
    next = { ...state, epoch: news.epoch, channels: {}, places: {}, runs: {}, threads: {}, followed: {} };
  }
  if (news.workspace) next = { ...next, workspace: { ...next.workspace, ...news.workspace } };
  const channels = { ...next.channels };
  const places = { ...next.places };
  let { runs, threads } = next;
  for (const one of news.channels) {
    if (one.image && (channels[one.channel]?.changed ?? -1) < one.image.changed) channels[one.channel] = one.image;
    places[one.channel] = placed(places[one.channel], one);
    runs = behind(runs, one);
    threads = behind(threads, one);
  }
  for (const gone of news.left) {
    delete channels[gone];
    delete places[gone];
    const rest = { ...runs };
    delete rest[gone];
    runs = rest;
    threads = Object.fromEntries(Object.entries(threads).filter(([key]) => !key.startsWith(`${gone}.`)));
  }
  const followed = { ...next.followed };
  for (const one of news.threads) {
    followed[threadKey(one.channel, one.thread)] = {
      channel: one.channel, thread: one.thread, last: one.last_number, lastAt: one.last_at,
      read: one.read, mentions: one.mentions, holes: one.holes ?? [],
    };
  }
  const people = { ...next.people };
  for (const [account, fresh] of Object.entries(news.people)) {
    if ((people[account]?.changed ?? -1) <= fresh.changed) people[account] = fresh;
  }
  return {
    ...next, channels, places, runs, threads, followed, people,
    position: news.more ? next.position : Math.max(news.position, news.epoch === state.epoch ? next.position : 0),
  };
};

/** `read` and `follow` travel with the private rows, but live where unread is computed. */
export const privately = (state: State, version: number, items: readonly PrivateItem[]): State => {
  let next = state;
  for (const item of items) {
    if (item.kind === 'read') next = marked(next, item);
    else if (item.kind === 'follow') next = follows(next, item);
    else next = { ...next, kept: keep(next.kept, item) };
  }
  return version > next.version ? { ...next, version } : next;
};

const subject = (text: string): [ChannelId, number | undefined] => {
  const [channel = '', thread] = text.split('.');
  return [channel, thread === undefined ? undefined : Number(thread)];
};

const markOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  const number = (value as { number?: number } | null)?.number;
  return typeof number === 'number' ? number : undefined;
};

const marked = (state: State, item: PrivateItem): State => {
  const [channel, thread] = subject(item.subject);
  const read = markOf(item.value);
  if (read === undefined) return state;
  if (thread === undefined || thread === 0) {
    const known = state.places[channel];
    return known ? { ...state, places: { ...state.places, [channel]: { ...known, read } } } : state;
  }
  const key = threadKey(channel, thread);
  const known = state.followed[key];
  return known ? { ...state, followed: { ...state.followed, [key]: { ...known, read } } } : state;
};

const follows = (state: State, item: PrivateItem): State => {
  const [channel, thread] = subject(item.subject);
  if (thread === undefined) return state;
  const key = threadKey(channel, thread);
  if (item.value === null || item.value === false) {
    const rest = { ...state.followed };
    delete rest[key];
    return { ...state, followed: rest };
  }
  if (state.followed[key]) return state;
  const fresh = { channel, thread, last: 0, read: 0, mentions: [], holes: [] };
  return { ...state, followed: { ...state.followed, [key]: fresh } };
};

/** A page from before the last that was heard of does not reach the end, whatever it says itself. */
const reaching = (run: Run, page: Page, known: number | undefined): Run =>
  run.atEnd && known !== undefined && known > Math.max(page.last, run.messages.at(-1)?.number ?? 0) ? { ...run, atEnd: false } : run;

/** A page of the timeline, or of a thread where it has a root. One that goes on from a number that is not held any more would take the place of what is looked at now. */
export const paged = (state: State, channel: ChannelId, thread: number, page: Page, goesOnFrom?: number): State => {
  const held = (thread === 0 ? state.runs[channel] : state.threads[threadKey(channel, thread)])?.messages ?? [];
  const [first, last] = [held[0]?.number, held.at(-1)?.number];
  if (goesOnFrom !== undefined && first !== undefined && last !== undefined && (goesOnFrom < first - 1 || goesOnFrom > last + 1)) return state;
  const isNewer = ([account, fresh]: [string, Person]): boolean => (state.people[account]?.changed ?? -1) < fresh.changed;
  const newer = Object.entries(page.people).filter(isNewer);
  // The same object where nobody is new: each row that is drawn looks at it.
  const people = newer.length === 0 ? state.people : { ...state.people, ...Object.fromEntries(newer) };
  if (thread === 0) {
    const run = reaching(join(state.runs[channel], page), page, state.places[channel]?.last);
    return { ...state, people, runs: { ...state.runs, [channel]: run } };
  }
  const key = threadKey(channel, thread);
  const run = reaching(join(state.threads[key], page), page, state.followed[key]?.last);
  return { ...state, people, threads: { ...state.threads, [key]: run } };
};
