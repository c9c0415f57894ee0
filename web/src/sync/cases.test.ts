/** The same recorded cases as the server's own model of a client: what was held, what came, what is held then. */

import { describe, expect, it } from 'vitest';

import type { Channel, Event, Message, Person } from '../api/wire';
import text from '../../../crates/testkit/cases/apply.jsonl?raw';
import { apply } from './apply';
import { empty, type State } from './state';

interface Held {
  me: string;
  channels: Record<string, { image: Channel; role: 'manager' | 'member'; last_position: number; last_number: number; whole: boolean }>;
  /** By `channel.thread.number`. */
  messages: Record<string, Message>;
  people: Record<string, Person>;
}

interface Case {
  name: string;
  before: Held;
  events: Event[];
  after: Held;
}

const cases = text.trim().split('\n').map((line) => JSON.parse(line) as Case);

const rowsOf = (held: Held, channel: string, thread: number): Message[] =>
  Object.values(held.messages)
    .filter((row) => row.channel === channel && row.thread === thread)
    .sort((a, b) => a.number - b.number);

/** The held rows as this client keeps them: runs of whole channels, threads under their roots. */
const stateOf = (held: Held, position: number): State => {
  const whole = Object.entries(held.channels).filter(([, one]) => one.whole);
  const run = (messages: Message[]) => ({ messages, atStart: true, atEnd: true, position });
  const threads = Object.values(held.messages).filter((row) => row.thread > 0);
  return {
    ...empty(held.me),
    epoch: '1',
    position,
    channels: Object.fromEntries(Object.entries(held.channels).map(([id, one]) => [id, one.image])),
    places: Object.fromEntries(
      Object.entries(held.channels).map(([id, one]) => [
        id,
        { role: one.role, last: one.last_number, lastPosition: one.last_position, read: one.last_number, mentions: [], holes: [] },
      ]),
    ),
    people: held.people,
    runs: Object.fromEntries(whole.map(([id]) => [id, run(rowsOf(held, id, 0))])),
    threads: Object.fromEntries(
      threads.map((row) => [`${row.channel}.${row.thread}`, run(rowsOf(held, row.channel, row.thread))]),
    ),
  };
};

/** What `reply` shows comes with pages, and what is mine is this client's own; neither stands in an event. */
const bare = (rows: readonly Message[] | undefined): Message[] =>
  (rows ?? []).map((row) => {
    const rest = { ...row };
    delete rest.reply;
    const reactions = rest.reactions?.map((one) => ({ ...one, mine: undefined }));
    return reactions ? { ...rest, reactions } : rest;
  });

describe('recorded cases', () => {
  it('there are some of most kinds', () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { before, events, after }) => {
    const first = events[0]?.position ?? 1;
    const state = events.reduce(apply, stateOf(before, first - 1));
    const wanted = stateOf(after, events.at(-1)?.position ?? 0);
    if (events.some((event) => event.kind === 'member.left' && event.account === before.me)) return;
    expect(state.channels).toEqual(wanted.channels);
    expect(Object.keys(state.places).sort()).toEqual(Object.keys(wanted.places).sort());
    for (const [id, place] of Object.entries(wanted.places)) {
      // A channel one has just come into is opened when looked at.
      if (!(id in before.channels)) continue;
      expect([id, state.places[id]?.last, state.places[id]?.role]).toEqual([id, place.last, place.role]);
      if (before.channels[id]?.whole) expect(bare(state.runs[id]?.messages)).toEqual(bare(wanted.runs[id]?.messages));
    }
    for (const key of Object.keys(stateOf(before, 0).threads)) {
      if (wanted.threads[key]) expect(bare(state.threads[key]?.messages)).toEqual(bare(wanted.threads[key]?.messages));
    }
    for (const [account, person] of Object.entries(wanted.people)) {
      expect({ ...state.people[account], account: undefined }).toEqual({ ...person, account: undefined });
    }
  });
});
