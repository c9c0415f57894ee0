import { describe, expect, it } from 'vitest';

import type { Channel, Message } from '../api/wire';
import { ADA, BOB, GENERAL, message } from '../sync/fixtures';
import { type Level, rings, says } from './ring';

const channel = (kind: Channel['kind'] = 'public'): Channel => ({
  id: GENERAL, kind, name: 'general', topic: '', purpose: '', state: 'active', posting: 'everyone', default: false, members: 2, pins: 0, changed: 1,
});

interface Choices {
  here?: Level;
  everywhere?: Level;
  mute?: boolean;
  words?: string[];
  follows?: number;
  kind?: Channel['kind'];
}

const hears = (part: Partial<Message>, { here, everywhere, mute, words, follows, kind }: Choices = {}): boolean =>
  rings(message(1, { author: BOB, ...part }), channel(kind), {
    me: ADA,
    followed: follows ? { [`${GENERAL}.${follows}`]: {} } : {},
    kept: {
      notify: { ...(here ? { [GENERAL]: here } : {}), ...(everywhere ? { all: { level: everywhere } } : {}) },
      mute: mute ? { [GENERAL]: true } : {},
      preference: words ? { keywords: words } : {},
    },
  });

const NAMED = { mentions: { people: [ADA] } };
const SHOUT = { mentions: { people: [], all: 'channel' } };

describe('what rings', () => {
  it('my name, a shout, words to me alone and a thread I follow, where nothing was chosen', () => {
    expect([hears(NAMED), hears(SHOUT), hears({}, { kind: 'direct' }), hears({ thread: 7 }, { follows: 7 })]).toEqual([true, true, true, true]);
    expect([hears({}), hears({ thread: 7 }), hears({ ...NAMED, author: ADA })]).toEqual([false, false, false]);
  });

  it('a muted channel only by my name', () => {
    expect([hears(NAMED, { mute: true }), hears(SHOUT, { mute: true }), hears({}, { mute: true, kind: 'direct' })]).toEqual([true, false, false]);
  });

  it('what was chosen for a channel goes before a mute and before what was chosen for all', () => {
    expect(hears({}, { here: 'all', mute: true, everywhere: 'nothing' })).toBe(true);
    expect([hears(SHOUT, { here: 'mentions', mute: true }), hears({}, { here: 'mentions' })]).toEqual([true, false]);
    expect(hears(NAMED, { here: 'nothing', everywhere: 'all' })).toBe(false);
  });

  it('what was chosen for all holds everywhere else', () => {
    expect([hears({}, { everywhere: 'all' }), hears({ thread: 7 }, { everywhere: 'mentions', follows: 7 })]).toEqual([true, false]);
    expect([hears({}, { everywhere: 'mentions', kind: 'direct' }), hears(NAMED, { everywhere: 'nothing' })]).toEqual([true, false]);
  });

  it('a word of mine is as good as my name', () => {
    expect(hears({ text: 'who broke the Deploy?' }, { words: ['deploy'] })).toBe(true);
    expect(hears({ text: 'deploy' }, { words: ['deploy'], mute: true })).toBe(true);
    expect(hears({ text: 'redeployed' }, { words: ['deploy'] })).toBe(false);
  });

  it('words stand whole, whatever stands around them, and in scripts without spaces anywhere', () => {
    expect([says('C++!', ['c++']), says('(café)', ['CAFÉ']), says('今日は会議です', ['会議'])]).toEqual([true, true, true]);
    expect([says('cafés', ['café']), says('', ['a']), says('anything', [])]).toEqual([false, false, false]);
  });
});
