/** Small rows for tests: what is not said is plain. */

import type { Event, Message, Page } from '../api/wire';

export const ADA = 'U0000000000000000000000001';
export const BOB = 'U0000000000000000000000002';
export const GENERAL = 'C0000000000000000000000001';

export const message = (number: number, part: Partial<Message> = {}): Message => ({
  channel: GENERAL,
  thread: 0,
  number,
  stamp: String(number * 1_000_000),
  at: new Date(number * 1_000).toISOString(),
  author: BOB,
  text: `message ${number}`,
  changed: number,
  ...part,
});

export const sent = (position: number, part: Partial<Message> = {}): Event => {
  const row = message(part.number ?? position, { changed: position, ...part });
  return {
    position,
    kind: 'message.sent',
    stamp: row.stamp,
    actor: row.author,
    channel: row.channel,
    thread: row.thread,
    number: row.number,
    image: { message: row },
  };
};

export const page = (from: number, to: number, part: Partial<Page> = {}): Page => ({
  epoch: '1',
  position: to,
  messages: Array.from({ length: to - from + 1 }, (_, at) => message(from + at)),
  people: {},
  first: 1,
  last: to,
  ...part,
});
