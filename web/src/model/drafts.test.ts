import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Down } from '../api/wire';
import { Drafts } from './drafts';

const PLACE = 'C1';

/** A browser's storage that outlives the page, and an account that answers when it is told to. */
const desk = (storage: Storage = localStorage) => {
  const shown: Record<string, string> = {};
  const asked: { text: string; answer: (status?: number) => Promise<void> }[] = [];
  const said: unknown[] = [];
  const open = () =>
    new Drafts('ada/', {
      keep: (_, text) =>
        new Promise((resolve, reject) => {
          asked.push({
            text,
            answer: async (status) => {
              if (status === undefined) resolve({});
              else reject(Object.assign(new Error('no'), { status }));
              await vi.advanceTimersByTimeAsync(0);
            },
          });
        }),
      show: (subject, text) => {
        shown[subject] = text;
      },
      version: () => 3,
      storage,
      problem: (error) => said.push(error),
    });
  return { open, shown, asked, said, left: () => storage.length };
};

const told = (text: string, version: number): Down => ({ private: { version, items: [{ kind: 'draft', subject: PLACE, value: { text }, version }] } });
const ALL_TOLD: Down = { at: { position: 9 } };
const nothing = (): void => undefined;

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('a draft', () => {
  it('is kept after a second of rest, once, and leaves nothing on the device', async () => {
    const { open, asked, left } = desk();
    const kept = vi.fn();
    const drafts = open();
    drafts.write(PLACE, 'hal', kept);
    await vi.advanceTimersByTimeAsync(900);
    drafts.write(PLACE, 'half', kept);
    await vi.advanceTimersByTimeAsync(999);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.map((one) => one.text)).toEqual(['half']);
    await asked[0]?.answer();
    expect(kept).toHaveBeenCalledOnce();
    drafts.leave();
    expect([asked.length, left()]).toEqual([1, 0]);
  });

  it('is shown when it begins, when it rests and when it is gone, and not with every key', async () => {
    const { open, shown } = desk();
    const drafts = open();
    drafts.write(PLACE, 'h', nothing);
    expect(shown[PLACE]).toBe('h');
    drafts.write(PLACE, 'half', nothing);
    expect([shown[PLACE], drafts.read(PLACE)]).toEqual(['h', 'half']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown[PLACE]).toBe('half');
    drafts.write(PLACE, 'half a', nothing);
    drafts.write(PLACE, '', nothing);
    expect(shown[PLACE]).toBe('');
  });

  it('is shown again when it rests where another device said something meanwhile', async () => {
    const { open, shown } = desk();
    const drafts = open();
    drafts.write(PLACE, 'mine', nothing);
    shown[PLACE] = 'theirs';
    drafts.heard(told('theirs', 4));
    expect(shown[PLACE]).toBe('theirs');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown[PLACE]).toBe('mine');
  });

  it('typed in the moment before the page goes is on its way and on the device, and the next page shows it and sees it kept', async () => {
    const { open, asked, shown, left } = desk();
    const drafts = open();
    drafts.write(PLACE, 'half', nothing);
    drafts.write(PLACE, 'half a thought', nothing);
    drafts.leave();
    expect(shown[PLACE]).toBe('half a thought');
    expect([asked.map((one) => one.text), left()]).toEqual([['half a thought'], 1]);

    shown[PLACE] = '';
    const next = open();
    next.wake();
    expect(shown[PLACE]).toBe('half a thought');
    expect(asked).toHaveLength(1);
    next.heard(ALL_TOLD);
    expect(asked.map((one) => one.text)).toEqual(['half a thought', 'half a thought']);
    await asked[1]?.answer();
    expect(left()).toBe(0);
  });

  it('stays over an older word of the account, and gives way to a later one', () => {
    const { open, shown, asked, left } = desk();
    const drafts = open();
    drafts.write(PLACE, 'mine', nothing);
    drafts.leave();
    const next = open();
    next.wake();
    shown[PLACE] = 'older';
    next.heard(told('older', 2));
    expect([shown[PLACE], left()]).toEqual(['mine', 1]);
    shown[PLACE] = 'written on elsewhere';
    next.heard(told('written on elsewhere', 4));
    next.heard(ALL_TOLD);
    expect([shown[PLACE], left(), asked.length]).toEqual(['written on elsewhere', 0, 1]);
  });

  it('that could not be sent waits on the device, and goes out when everything was told again', async () => {
    const { open, asked, said, left } = desk();
    const drafts = open();
    drafts.write(PLACE, 'offline', nothing);
    drafts.flush(PLACE);
    await asked[0]?.answer(0);
    expect([left(), said]).toEqual([1, []]);
    drafts.heard(ALL_TOLD);
    drafts.heard(ALL_TOLD);
    expect(asked).toHaveLength(2);
    await asked[1]?.answer();
    expect(left()).toBe(0);
  });

  it('that the server will never take is said, and not tried again', async () => {
    const { open, asked, said, left } = desk();
    const drafts = open();
    drafts.write(PLACE, 'where I am no more', nothing);
    drafts.leave();
    await asked[0]?.answer(403);
    drafts.heard(ALL_TOLD);
    expect([asked.length, said.length, left()]).toEqual([1, 1, 0]);
  });

  it('goes out in its last form where one types on while it is on its way', async () => {
    const { open, asked, left } = desk();
    const drafts = open();
    drafts.write(PLACE, 'one', nothing);
    drafts.flush(PLACE);
    drafts.write(PLACE, 'one two', nothing);
    await asked[0]?.answer();
    drafts.heard(told('one', 4));
    drafts.leave();
    expect(asked.map((one) => one.text)).toEqual(['one', 'one two']);
    await asked[1]?.answer();
    expect(left()).toBe(0);
  });

  it('that is no draft of ours is left where it lies', () => {
    localStorage.setItem('ada/C9', 'not ours');
    localStorage.setItem('bob/C1', JSON.stringify({ text: 'of bob', version: 1 }));
    const { open, shown } = desk();
    open().wake();
    expect(shown).toEqual({});
  });
});
