/** Times as the reader's language writes them. */

import { locale, t } from '../texts';

const cache = new Map<string, Intl.DateTimeFormat>();

const written = (name: string, options: Intl.DateTimeFormatOptions, at: string | number): string => {
  const key = `${locale()} ${name}`;
  const known = cache.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  cache.set(key, known);
  return known.format(new Date(at));
};

const clocks = new Map<string, string>();
const CLOCKS_MAX = 5_000;

/** Asked three times of every row that is drawn, and formatting is what costs: once a minute is enough. */
export const clock = (at: string | number): string => {
  const minute = typeof at === 'string' ? at.slice(0, 16) : String(Math.floor(at / 60_000));
  const key = `${locale()} ${minute}`;
  const known = clocks.get(key) ?? written('clock', { timeStyle: 'short' }, at);
  if (clocks.size >= CLOCKS_MAX) clocks.clear();
  clocks.set(key, known);
  return known;
};
export const whole = (at: string | number): string => written('whole', { dateStyle: 'full', timeStyle: 'short' }, at);
export const date = (at: string | number): string => written('date', { dateStyle: 'medium' }, at);

/** The same for all times of one day here. */
export const dayKey = (at: string | number): string => new Date(at).toDateString();

const startOf = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

export const day = (at: string | number, now = Date.now()): string => {
  const days = Math.round((startOf(new Date(now)) - startOf(new Date(at))) / 86_400_000);
  if (days === 0) return t('timeline.today');
  if (days === 1) return t('timeline.yesterday');
  const near: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  return days < 300 && days > 0 ? written('near', near, at) : written('far', { ...near, year: 'numeric' }, at);
};

/** For lists: the time today, the day before that. */
export const short = (at: string | number, now = Date.now()): string =>
  startOf(new Date(now)) === startOf(new Date(at)) ? clock(at) : written('short', { day: 'numeric', month: 'short' }, at);

/** The time of day in another zone; a zone the browser does not know says nothing. */
export const clockIn = (at: number, zone: string): string => {
  try {
    return new Intl.DateTimeFormat(locale(), { timeStyle: 'short', timeZone: zone }).format(at);
  } catch {
    return '';
  }
};

/** A length of time in the reader's words: 30 minutes, 4 hours. */
export const span = (minutes: number): string => {
  const [value, unit] = minutes < 60 ? [minutes, 'minute'] : [minutes / 60, 'hour'];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
};
