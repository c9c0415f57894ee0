/** What could be meant by the word at the caret: people, channels, emoji. Pure. */

import type { Channel, People } from '../../api/wire';
import { emojiLike } from './emoji';
import { labelOf, slashesLike } from './slash';

export interface Suggestion {
  kind: 'person' | 'channel' | 'all' | 'emoji' | 'slash';
  id: string;
  label: string;
  /** What stands in the text afterwards. */
  text: string;
}

export interface Word {
  mark: '@' | '#' | ':' | '/';
  typed: string;
  from: number;
}

const MOST = 8;

/** The word being typed, where it begins with a mark that completes. */
export const wordAt = (text: string, caret: number): Word | undefined => {
  const before = text.slice(0, caret);
  const slash = /^\/([a-z]*)$/.exec(before);
  if (slash) return { mark: '/', typed: slash[1] ?? '', from: 0 };
  const found = /(?:^|[\s([{*_~>])([@#:])([^\s@#:<>]*)$/u.exec(before);
  if (!found) return undefined;
  const mark = found[1] as Word['mark'];
  const typed = found[2] ?? '';
  if (mark === ':' && typed.length < 2) return undefined;
  return { mark, typed, from: caret - typed.length - 1 };
};

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Exact starts first, then starts of words, then inside. */
export const rank = (name: string, typed: string): number => {
  const [whole, part] = [fold(name), fold(typed)];
  if (part === '') return 1;
  if (whole.startsWith(part)) return 0;
  if (whole.split(/[\s\-_.]+/).some((word) => word.startsWith(part))) return 1;
  return whole.includes(part) ? 2 : -1;
};

const best = <T>(all: readonly T[], name: (one: T) => string, typed: string): T[] =>
  all
    .map((one) => ({ one, at: rank(name(one), typed), name: name(one) }))
    .filter((found) => found.at >= 0)
    .sort((a, b) => a.at - b.at || a.name.localeCompare(b.name))
    .slice(0, MOST)
    .map((found) => found.one);

export interface Known {
  people: People;
  channels: readonly Channel[];
  all: readonly ('channel' | 'here')[];
}

export const suggest = (word: Word, known: Known): Suggestion[] => {
  if (word.mark === '/') {
    return slashesLike(word.typed).map((one) => ({ kind: 'slash', id: one.name, label: labelOf(one), text: `/${one.name}` }));
  }
  if (word.mark === ':') {
    return emojiLike(word.typed, MOST).map(([name, emoji]) => ({ kind: 'emoji', id: name, label: `${emoji} :${name}:`, text: emoji }));
  }
  if (word.mark === '#') {
    const named = known.channels.filter((channel) => channel.kind !== 'direct');
    return best(named, (channel) => channel.name, word.typed).map((channel) => ({
      kind: 'channel', id: channel.id, label: channel.name, text: `<#${channel.id}>`,
    }));
  }
  const people = Object.entries(known.people).filter(([, person]) => !person.left && person.name);
  const all = known.all
    .filter((who) => rank(who, word.typed) === 0)
    .map((who): Suggestion => ({ kind: 'all', id: who, label: `@${who}`, text: `<!${who}>` }));
  const found = best(people, ([, person]) => person.name, word.typed).map(([account, person]): Suggestion => ({
    kind: 'person', id: account, label: person.name, text: `<@${account}>`,
  }));
  return [...found, ...all].slice(0, MOST);
};

/**
 * What a person sees while writing is `@Ada`; what is sent is `<@U…>`. Chosen names are remembered beside the text, longest first, so
 * that one name inside another is not taken apart.
 */
export type Chosen = ReadonlyMap<string, string>;

const INSIDE = (text: string, change: (part: string) => string): string =>
  text
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : change(part)))
    .join('');

export const toWire = (text: string, chosen: Chosen): string =>
  INSIDE(text, (part) => {
    let out = part;
    for (const [shown, wire] of [...chosen].sort(([a], [b]) => b.length - a.length)) out = out.replaceAll(shown, wire);
    return out;
  });

/** The other way, for editing and drafts. */
export const fromWire = (
  text: string,
  names: { person: (account: string) => string; channel: (id: string) => string | undefined },
): { text: string; chosen: Map<string, string> } => {
  const chosen = new Map<string, string>();
  const shown = text.replace(/<(?:@(U[0-9A-Z]{25})|#([CD][0-9A-Z]{25})|!(channel|here))>/g, (wire, account, channel, all) => {
    const name = account ? `@${names.person(account as string)}` : channel ? `#${names.channel(channel as string) ?? '…'}` : `@${all as string}`;
    chosen.set(name, wire as string);
    return name;
  });
  return { text: shown, chosen };
};
