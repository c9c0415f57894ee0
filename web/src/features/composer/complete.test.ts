import { describe, expect, it } from 'vitest';

import { fromWire, rank, suggest, toWire, wordAt } from './complete';
import { slashIn } from './slash';

const ADA = 'U0000000000000000000000001';
const person = (name: string) => ({ name, role: 'member' as const, changed: 1 });
const known = { people: { [ADA]: person('Ada'), U0000000000000000000000002: person('Ada Byron'), U0000000000000000000000003: { ...person('Adam'), left: true } }, channels: [], all: ['channel', 'here'] as const };

describe('the word at the caret', () => {
  it.each([
    ['hi @ad', '@', 'ad'], ['#gen', '#', 'gen'], ['(@x', '@', 'x'], [':ta', ':', 'ta'], ['/to', '/', 'to'],
  ])('%s completes', (text, mark, typed) => {
    expect(wordAt(text, text.length)).toEqual({ mark, typed, from: text.length - typed.length - 1 });
  });

  it.each(['a@b', 'http://x', ':t', 'and/or', 'see /etc', '@a b'])('%s does not', (text) => {
    expect(wordAt(text, text.length)).toBeUndefined();
  });
});

describe('what is meant', () => {
  it('is people before calls, nobody who left, and the nearest first', () => {
    expect(suggest({ mark: '@', typed: 'ada', from: 0 }, known).map((one) => one.label)).toEqual(['Ada', 'Ada Byron']);
    expect(suggest({ mark: '@', typed: 'h', from: 0 }, known).map((one) => one.text)).toEqual(['<!here>']);
    expect([rank('Zoë Ångström', 'ang'), rank('general', 'ral'), rank('x', 'y')]).toEqual([1, 2, -1]);
  });

  it('what is chosen is sent as what it names, longest first, never inside code, and comes back as a name', () => {
    const chosen = new Map([['@Ada', `<@${ADA}>`], ['@Ada Byron', '<@U0000000000000000000000002>']]);
    expect(toWire('@Ada Byron and @Ada, not `@Ada`', chosen)).toBe(`<@U0000000000000000000000002> and <@${ADA}>, not \`@Ada\``);
    const back = fromWire(`<@${ADA}> <!here>`, { person: () => 'Ada', channel: () => undefined });
    expect([back.text, toWire(back.text, back.chosen)]).toEqual(['@Ada @here', `<@${ADA}> <!here>`]);
  });
});

describe('behind a slash', () => {
  it('stands a command with its words, or nothing that is known, which is sent as it is', () => {
    expect([slashIn('/topic  new topic ')?.slash.name, slashIn('/topic  new topic ')?.rest]).toEqual(['topic', 'new topic']);
    expect([slashIn('/mute'), slashIn('/mute this text')].map((one) => one?.slash.name)).toEqual(['mute', undefined]);
    expect([slashIn('/nobody knows'), slashIn('say /mute'), slashIn('/')]).toEqual([undefined, undefined, undefined]);
  });
});
