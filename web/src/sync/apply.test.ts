import { describe, expect, it } from 'vitest';

import { apply } from './apply';
import { changed, movedBy, paged, privately } from './catch-up';
import { ADA, BOB, GENERAL, message, page, sent } from './fixtures';
import { empty, mentionsOf, type State, unreadOf } from './state';

const seated = (last = 0): State =>
  changed({ ...empty(ADA) }, {
    epoch: '1', position: last, people: {}, threads: [], left: [],
    channels: [{
      channel: GENERAL, role: 'member', last_at: '2026-01-01T00:00:00Z', last_position: last, last_number: last, read: last, mentions: [],
      image: { id: GENERAL, kind: 'public', name: 'general', topic: '', purpose: '', state: 'active', posting: 'everyone', default: true, members: 2, pins: 0, changed: 1 },
    }],
  });

const texts = (state: State): string[] => (state.runs[GENERAL]?.messages ?? []).map((row) => row.text);

describe('state and an event', () => {
  it('a message that comes is at the end, unread, and counted once however often it comes', () => {
    let state = paged(seated(3), GENERAL, 0, page(1, 3));
    const event = sent(4, { text: 'hello' });
    state = apply(apply(state, event), event);
    expect(texts(state).at(-1)).toBe('hello');
    expect(state.runs[GENERAL]?.messages).toHaveLength(4);
    expect(unreadOf(state.places[GENERAL]!)).toBe(1);
  });

  it('what I say myself is read', () => {
    const state = apply(seated(3), sent(4, { author: ADA }));
    expect(unreadOf(state.places[GENERAL]!)).toBe(0);
  });

  it('an older image never replaces a newer one', () => {
    const state = paged(seated(3), GENERAL, 0, page(1, 3));
    const edit = (position: number, text: string, changed_: number) => ({
      position, kind: 'message.edited', stamp: '1', channel: GENERAL, thread: 0, number: 2,
      image: { message: message(2, { text, changed: changed_ }) },
    });
    const after = apply(apply(state, edit(5, 'newest', 9)), edit(6, 'older', 7));
    expect(texts(after)).toEqual(['message 1', 'newest', 'message 3']);
  });

  it('a badge is the unread numbers that name me, and a mark or a deletion takes them away', () => {
    let state = apply(seated(1), sent(2, { mentions: { people: [ADA] } }));
    state = apply(state, sent(3, { mentions: { people: [], all: 'channel' } }));
    expect(mentionsOf(state.places[GENERAL]!)).toBe(2);
    state = apply(state, {
      position: 4, kind: 'message.deleted', stamp: '4', channel: GENERAL, thread: 0, number: 3,
      image: { message: message(3, { text: '', deleted: 'now', changed: 4 }) },
    });
    expect(mentionsOf(state.places[GENERAL]!)).toBe(1);
    expect(unreadOf(state.places[GENERAL]!)).toBe(1);
    state = privately(state, 1, [{ kind: 'read', subject: GENERAL, value: 2, version: 1 }]);
    expect([unreadOf(state.places[GENERAL]!), mentionsOf(state.places[GENERAL]!)]).toEqual([0, 0]);
  });

  it('leaving closes the channel and drops what was held of it', () => {
    const state = paged(seated(3), GENERAL, 0, page(1, 3));
    const left = apply(state, { position: 4, kind: 'seat.left', stamp: '4', channel: GENERAL, account: ADA });
    expect([left.channels[GENERAL], left.places[GENERAL], left.runs[GENERAL]]).toEqual([undefined, undefined, undefined]);
    const other = apply(state, { position: 4, kind: 'seat.left', stamp: '4', channel: GENERAL, account: BOB });
    expect(other.places[GENERAL]).toBeDefined();
  });

  it('a kind it does not know moves the position and nothing else', () => {
    const state = seated(3);
    expect(apply(state, { position: 9, kind: 'call.started', stamp: '9' })).toEqual({ ...state, position: 9 });
  });

  it('a reply names its root, and shows in the channel where it was sent there too', () => {
    let state = paged(seated(3), GENERAL, 0, page(1, 3));
    state = apply(state, {
      position: 5, kind: 'message.sent', stamp: '5', channel: GENERAL, thread: 2, number: 1,
      image: {
        message: message(1, { thread: 2, text: 'a reply', in_channel: 4, changed: 5 }),
        root: { number: 2, replies: { count: 1, last: 1, last_at: 'then', people: [BOB] }, changed: 5 },
        row: message(4, { text: '', of: { thread: 2, number: 1 }, changed: 5 }),
      },
    });
    const rows = state.runs[GENERAL]?.messages ?? [];
    expect(rows[1]?.replies?.count).toBe(1);
    expect(rows[3]?.reply?.text).toBe('a reply');
  });
});

describe('what changed while away', () => {
  it('a run that fell behind no longer reaches the end, so the open channel asks for the rest', () => {
    const state = paged(seated(3), GENERAL, 0, page(1, 3));
    const later = changed(state, {
      epoch: '1', position: 9, people: {}, threads: [], left: [],
      channels: [{ channel: GENERAL, role: 'member', last_at: '2026-01-01T00:00:00Z', last_position: 9, last_number: 6, read: 3, mentions: [5] }],
    });
    expect(later.runs[GENERAL]?.atEnd).toBe(false);
    expect(mentionsOf(later.places[GENERAL]!)).toBe(1);
    const caught = paged(later, GENERAL, 0, page(4, 6, { position: 9 }));
    expect(texts(caught)).toHaveLength(6);
    expect(caught.runs[GENERAL]?.atEnd).toBe(true);
  });

  it('a thread that fell behind no longer reaches the end either, and one of a channel that was left is gone', () => {
    const inThread = (id: string) => page(1, 2, { messages: [1, 2].map((number) => message(number, { channel: id, thread: 7 })) });
    const state = paged(paged(seated(9), GENERAL, 7, inThread(GENERAL)), 'C0000000000000000000000002', 7, inThread('C0000000000000000000000002'));
    const later = changed(state, {
      epoch: '1', position: 9, people: {}, threads: [], left: ['C0000000000000000000000002'],
      channels: [{ channel: GENERAL, role: 'member', last_at: '2026-01-01T00:00:00Z', last_position: 9, last_number: 9, read: 9, mentions: [] }],
    });
    expect(Object.entries(later.threads).map(([key, run]) => [key, run.atEnd])).toEqual([[`${GENERAL}.7`, false]]);
  });

  it('what is caught up with is counted in messages, and the first look at a workspace is late for nothing', () => {
    const news = {
      epoch: '1', position: 9, people: {}, left: [],
      channels: [{ channel: GENERAL, role: 'member' as const, last_at: '2026-01-01T00:00:00Z', last_position: 9, last_number: 6, read: 3, mentions: [] }],
      threads: [{ channel: GENERAL, thread: 2, last_at: '2026-01-01T00:00:00Z', last_number: 4, read: 0, mentions: [] }],
    };
    expect(movedBy(seated(3), news)).toBe(3 + 1);
    expect(movedBy(empty(ADA), news)).toBe(0);
    expect(movedBy(seated(3), { ...news, epoch: '2' })).toBe(2);
  });

  it('another epoch drops what was held, and keeps what was written', () => {
    const state = privately(paged(seated(3), GENERAL, 0, page(1, 3)), 2, [
      { kind: 'draft', subject: GENERAL, value: { text: 'half' }, version: 2 },
    ]);
    const fresh = changed(state, { epoch: '2', position: 1, people: {}, threads: [], left: [], channels: [] });
    expect(fresh.runs).toEqual({});
    expect(fresh.kept['draft']?.[GENERAL]).toEqual({ text: 'half' });
    expect([fresh.epoch, fresh.position]).toEqual(['2', 1]);
  });
});
