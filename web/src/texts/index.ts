/** The language of this page: English is in the first bundle, others are loaded when chosen. */

import { createSignal } from 'solid-js';

import { en, type Key, type Texts } from './en';
import { format, type Values } from './format';

export interface Language {
  tag: string;
  /** In itself. */
  name: string;
  dir: 'ltr' | 'rtl';
  load: () => Promise<Texts>;
}

export const languages: readonly Language[] = [
  { tag: 'en', name: 'English', dir: 'ltr', load: () => Promise.resolve(en) },
  { tag: 'de', name: 'Deutsch', dir: 'ltr', load: () => import('./de').then((module) => module.de) },
  { tag: 'ar', name: 'العربية', dir: 'rtl', load: () => import('./ar').then((module) => module.ar) },
];

const CHOICE = 'rookery.language';
const [current, setCurrent] = createSignal<{ tag: string; texts: Texts }>({ tag: 'en', texts: en });

export const locale = (): string => current().tag;

export const t = (key: Key, values: Values = {}): string => format(current().texts[key], values, current().tag);

/** What the reader chose, or what their browser says. */
export const preferred = (): string => {
  const chosen = localStorage.getItem(CHOICE);
  const wanted = chosen ? [chosen] : navigator.languages;
  const found = wanted.map((tag) => tag.split('-')[0]).find((tag) => languages.some((one) => one.tag === tag));
  return found ?? 'en';
};

export const speak = async (tag: string, remember = false): Promise<void> => {
  const language = languages.find((one) => one.tag === tag) ?? languages[0];
  if (!language) return;
  const texts = await language.load();
  setCurrent({ tag: language.tag, texts });
  document.documentElement.lang = language.tag;
  document.documentElement.dir = language.dir;
  if (remember) localStorage.setItem(CHOICE, language.tag);
};

export type { Key, Texts };
