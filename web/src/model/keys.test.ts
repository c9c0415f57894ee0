import { describe, expect, it } from 'vitest';

import { ACTS, actFor, BINDINGS, keysFor, keysOf, taken, withKeys } from './keys';

const press = (key: string, part: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}): string =>
  keysOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...part });
const kept = (keys: unknown) => ({ preference: { keys } });

describe('keys', () => {
  it('are read as they are written, whatever the case, ⌘ as Ctrl, and a sign as itself', () => {
    expect(press('k', { ctrlKey: true })).toBe('Ctrl K');
    expect(press('K', { metaKey: true, shiftKey: true })).toBe('Ctrl Shift K');
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('ArrowUp', { altKey: true, shiftKey: true })).toBe('Alt Shift ArrowUp');
    expect(press('Shift', { shiftKey: true })).toBe('');
  });

  it('no two acts share a key where both would work', () => {
    const doubles = ACTS.filter((act) => !('fixed' in BINDINGS[act])).map((act) => [act, taken({}, act, BINDINGS[act].keys)]);
    expect(doubles.filter(([, other]) => other !== undefined)).toEqual([]);
  });

  it('somebody’s own go before the shipped ones, and what does not read is ignored', () => {
    const mine = kept({ react: 'X', nobody: 'Y', escape: 'Z', edit: 7 });
    expect(actFor(mine, 'timeline', 'X')).toBe('react');
    expect(actFor(mine, 'timeline', 'R')).toBeUndefined();
    expect([keysFor(mine, 'escape'), keysFor(mine, 'edit')]).toEqual(['Escape', 'E']);
    expect(actFor(kept('nonsense'), 'timeline', 'R')).toBe('react');
  });

  it('a key changed back is not kept', () => {
    expect(withKeys({}, 'react', 'X')).toEqual({ react: 'X' });
    expect(withKeys(kept({ react: 'X' }), 'react', 'R')).toEqual({});
    expect(withKeys(kept({ react: 'X', pin: 'Y' }), 'react', undefined)).toEqual({ pin: 'Y' });
  });
});
