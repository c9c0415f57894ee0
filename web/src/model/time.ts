/** Times as the reader's language writes them. */

import { locale, t } from '../texts';

const cache = new Map<string, Intl.DateTimeFormat>();

const written = (name: string, options: Intl.DateTimeFormatOptions, at: string | number): string => {
  const key = `${locale()} ${name}`;
  const known = cache.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  cache.set(key, known);
  return known.format(new Date(at));
};

const REMEMBERED_MAX = 5_000;

/** What is asked of every row that is drawn, and at every step of a list that moves; formatting is what costs. */
const remembering = (): ((key: string, make: () => string) => string) => {
  const all = new Map<string, string>();
  return (key, make) => {
    const known = all.get(key);
    if (known !== undefined) return known;
    if (all.size >= REMEMBERED_MAX) all.clear();
    const fresh = make();
    all.set(key, fresh);
    return fresh;
  };
};

const clocks = remembering();

/** Once a minute is enough. */
export const clock = (at: string | number): string => {
  const minute = typeof at === 'string' ? at.slice(0, 16) : String(Math.floor(at / 60_000));
  return clocks(`${locale()} ${minute}`, () => written('clock', { timeStyle: 'short' }, at));
};
export const whole = (at: string | number): string => written('whole', { dateStyle: 'full', timeStyle: 'short' }, at);
export const date = (at: string | number): string => written('date', { dateStyle: 'medium' }, at);

/** By zone: making one costs as much as formatting a page of days. */
const zones = new Map<string, Intl.DateTimeFormat>();

const dayOf = (at: string, zone: string | undefined): string => {
  // A browser knows its own days without a format, and the first of a kind costs a frame.
  if (zone === undefined) return new Date(at).toDateString();
  const format = zones.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  zones.set(zone, format);
  return format.format(new Date(at));
};

/** The part of a time that all of ten minutes share: a day in any zone with whole quarter hours. */
const SHARED = 15;
export const isNear = (at: string, other: string): boolean => at.startsWith(other.slice(0, SHARED));

const days = remembering();

/** The same for all times of one day, here or in a zone. */
export const dayKey = (at: string, zone?: string): string => days(`${at.slice(0, SHARED)}${zone ?? ''}`, () => dayOf(at, zone));

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
