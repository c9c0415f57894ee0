import { describe, expect, it } from 'vitest';

import { done, due, isReadOnly, type Outbox, refused, sending, write } from './outbox';

const draft = { channel: 'C1', thread: 0, text: 'hello', inChannel: false };
const sent = (): Outbox => sending(write([], 'one', draft, 0), 'one', 'K1', 1);
const answer = (code: string) => ({ key: 'K1', code, message: code });

describe('a store that is read only for a moment', () => {
  it('is told of until what it refused is kept, and the message goes again under the same key', () => {
    const held = refused(sent(), answer('read_only'));
    expect(isReadOnly(held)).toBe(true);
    expect(due(held).map((one) => one.key)).toEqual(['K1']);
    const again = sending(held, 'one', 'K2', 2);
    expect(isReadOnly(again)).toBe(true);
    expect(again[0]?.key).toBe('K1');
    expect(isReadOnly(done(again, { key: 'K1' }))).toBe(false);
  });

  it('is not meant where the server is only busy, or says no for good', () => {
    expect(isReadOnly(refused(sent(), answer('busy')))).toBe(false);
    expect(isReadOnly(refused(refused(sent(), answer('read_only')), answer('not_allowed')))).toBe(false);
  });
});
