import { describe, expect, it } from 'vitest';

import type { Channel } from '../../api/wire';
import type { Keep, Place } from '../../sync/state';
import { moved, placed, sectionsOf } from './sections';

const channel = (name: string, kind: Channel['kind'] = 'public'): Channel => ({ id: name, name, kind, state: 'active' }) as Channel;
const place = (lastPosition: number): Place => ({ role: 'member', last: 1, lastPosition, read: 1, mentions: [], holes: [] });

const shown = (kept: Keep): Record<string, string> => {
  const all = [channel('boxes'), channel('attic'), channel('cellar'), channel('dove', 'direct'), channel('eagle', 'direct')];
  const channels = Object.fromEntries(all.map((one) => [one.id, one]));
  const places = { boxes: place(1), attic: place(2), cellar: place(3), dove: place(4), eagle: place(5) };
  const sections = sectionsOf({ channels, places, kept, title: (one) => one.name });
  return Object.fromEntries(sections.map((section) => [section.id, section.channels.map((one) => one.id).join(' ')]));
};

describe('the order of a sidebar', () => {
  it('is by name, and by what is new among direct messages', () => {
    expect(shown({})).toMatchObject({ channels: 'attic boxes cellar', directs: 'eagle dove' });
  });

  it('is by what is new where somebody chose so', () => {
    expect(shown({ preference: { 'order-channels': 'recent' } })).toMatchObject({ channels: 'cellar attic boxes' });
  });

  it('is by hand where somebody moved a channel, and a new channel comes after the moved ones', () => {
    expect(shown({ preference: { 'order-channels': ['cellar', 'attic'] } })).toMatchObject({ channels: 'cellar attic boxes' });
  });

  it('of one’s own sections is by hand too', () => {
    const section = { one: { name: 'One', channels: ['attic'] }, two: { name: 'Two', channels: ['boxes'] } };
    expect(Object.keys(shown({ section }))).toEqual(['starred', 'one', 'two', 'channels', 'directs']);
    expect(Object.keys(shown({ section, preference: { sections: ['two', 'one'] } }))).toEqual(['starred', 'two', 'one', 'channels', 'directs']);
  });

  it.each([
    ['b', -1, 'b a c'],
    ['b', 1, 'a c b'],
    ['a', -1, 'a b c'],
    ['c', 1, 'a b c'],
  ] as const)('%s moved by %i is %s', (one, step, after) => {
    expect(moved(['a', 'b', 'c'], one, step).join(' ')).toBe(after);
  });

  it('what is dropped stands before where it was dropped', () => {
    expect(placed(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
    expect(placed(['a', 'b', 'c'], 'a', undefined)).toEqual(['b', 'c', 'a']);
    expect(placed(['a', 'b'], 'c', 'b')).toEqual(['a', 'c', 'b']);
  });
});
