/** What rings for me: the same rules by which the server tells those who are away, and words of my own beside them. Pure. */

import type { Channel, Message } from '../api/wire';
import type { Keep } from '../sync/state';
import { threadKey } from '../sync/state';

export const LEVELS = ['all', 'mentions', 'nothing'] as const;
export type Level = (typeof LEVELS)[number];

export const EVERYWHERE = 'all';
export const WORDS = 'keywords';
const WORDS_MAX = 20;

/** As it is kept: the word alone, or beside other choices. What does not read says nothing. */
export const levelOf = (value: unknown): Level | undefined => {
  const word = typeof value === 'string' ? value : (value as { level?: unknown } | null | undefined)?.level;
  return LEVELS.find((level) => level === word);
};

export const levelIn = (kept: Keep, subject: string): Level | undefined => levelOf(kept['notify']?.[subject]);

export const wordsOf = (kept: Keep): string[] => {
  const value = kept['preference']?.[WORDS];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one.trim() !== '').slice(0, WORDS_MAX) : [];
};

const plainly = (text: string): string => text.normalize('NFKC').toLowerCase();
const isLetter = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}_]/u.test(sign);
/** Scripts that write no spaces between words have none to look for. */
const RUNS_ON = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** A word of mine stands in it, whole. */
export const says = (text: string, words: readonly string[]): boolean => {
  if (words.length === 0) return false;
  const inside = plainly(text);
  return words.some((one) => {
    const word = plainly(one.trim());
    for (let at = inside.indexOf(word); at >= 0; at = inside.indexOf(word, at + 1)) {
      if (RUNS_ON.test(word)) return true;
      if (!isLetter(inside[at - 1]) && !isLetter(inside[at + word.length])) return true;
    }
    return false;
  });
};

export interface Listener {
  me: string;
  kept: Keep;
  followed: Readonly<Record<string, unknown>>;
}

export const isCalled = (message: Message, { me, words }: { me: string; words: readonly string[] }): boolean =>
  message.author !== me &&
  ((message.mentions?.people.includes(me) ?? false) || message.mentions?.all !== undefined || says(message.text, words));

/**
 * What was chosen for the channel goes before a mute, and both before what was chosen for all: there, words said to me alone are as
 * good as a mention.
 */
export const rings = (message: Message, channel: Channel, listener: Listener): boolean => {
  const { me, kept, followed } = listener;
  if (message.author === me || message.system || message.of) return false;
  const named = (message.mentions?.people.includes(me) ?? false) || says(message.text, wordsOf(kept));
  const called = named || message.mentions?.all !== undefined;
  const follows = message.thread > 0 && followed[threadKey(channel.id, message.thread)] !== undefined;
  const direct = channel.kind === 'direct' && message.thread === 0;
  const here = levelIn(kept, channel.id);
  if (here) return here === 'all' || (here === 'mentions' && called);
  if (kept['mute']?.[channel.id] !== undefined) return named && levelIn(kept, EVERYWHERE) !== 'nothing';
  switch (levelIn(kept, EVERYWHERE)) {
    case 'all':
      return true;
    case 'mentions':
      return called || direct;
    case 'nothing':
      return false;
    default:
      return called || direct || follows;
  }
};
