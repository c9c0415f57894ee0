/** How people are called and drawn. */

import type { Account, Channel, People, Person } from '../api/wire';

const HUES = 12;

/** A face without a picture: a hue of its own, the same on every device. */
export const hueOf = (id: string): number => {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  // Ids made one after the other differ in their ends alone: every bit has a say in the hue.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = (hash ^ (hash >>> 12)) >>> 0;
  return (hash % HUES) * (360 / HUES) + 10;
};

const segments =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : undefined;
const first = (word: string): string =>
  segments ? ([...segments.segment(word)][0]?.segment ?? '') : (Array.from(word)[0] ?? '');

/** Looking for letters costs more than drawing them, and the same few people speak. */
const initials = new Map<string, string>();
const INITIALS_MAX = 2_000;

export const initialsOf = (name: string): string => {
  const known = initials.get(name) ?? lettersOf(name);
  if (initials.size >= INITIALS_MAX) initials.clear();
  initials.set(name, known);
  return known;
};

const lettersOf = (name: string): string => {
  const words = name.trim().split(/[\s-]+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => first(word ?? '').toLocaleUpperCase()).join('');
};

export const nameOf = (person: Person | undefined, unknown: string): string => person?.name || unknown;

/** Whom a direct channel is with, without oneself; alone it is a notebook. */
export const othersOf = (channel: Channel, me: Account): Account[] => {
  const others = (channel.direct ?? []).filter((account) => account !== me);
  return others.length > 0 ? others : [me];
};

export const titleOf = (channel: Channel, people: People, me: Account, unknown: string): string =>
  channel.kind === 'direct'
    ? othersOf(channel, me).map((account) => nameOf(people[account], unknown)).join(', ')
    : channel.name;

const ADDRESS_MAX = 40;

/** What a workspace's name looks like in an address; nothing where no letter of it can stand there. */
export const addressOf = (name: string): string =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join('-')
    .slice(0, ADDRESS_MAX)
    .replace(/-+$/, '');
