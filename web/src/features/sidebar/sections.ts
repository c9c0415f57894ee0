/** Which channel stands in which section, and in what order. Pure. */

import type { Channel } from '../../api/wire';
import { type Keep, type Place, unreadOf } from '../../sync/state';

export interface Section {
  id: string;
  kind: 'starred' | 'own' | 'channels' | 'directs';
  name: string;
  channels: readonly Channel[];
}

export interface Known {
  channels: Readonly<Record<string, Channel>>;
  places: Readonly<Record<string, Place>>;
  kept: Keep;
  title: (channel: Channel) => string;
}

interface OwnSection {
  name: string;
  channels: string[];
}

export const ownSection = (value: unknown): OwnSection | undefined => {
  const section = value as Partial<OwnSection> | undefined;
  return section && typeof section.name === 'string' && Array.isArray(section.channels)
    ? { name: section.name, channels: section.channels.filter((one) => typeof one === 'string') }
    : undefined;
};

/** By name, by what is new, or by hand: a list of channels in the order somebody gave them. */
export type Order = 'name' | 'recent' | readonly string[];

const ids = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

/** The preference that keeps the order within a section. */
export const orderName = (section: string): string => `order-${section}`;
/** The preference that keeps the order of one's own sections. */
export const SECTIONS_ORDER = 'sections';

export const orderOf = (kept: Keep, section: string): Order => {
  const value = kept['preference']?.[orderName(section)];
  if (Array.isArray(value)) return ids(value);
  return value === 'recent' ? value : 'name';
};

/** One's own sections, in one's own order; what was never moved comes last. */
export const ownSections = (kept: Keep): (OwnSection & { id: string })[] => {
  const order = ids(kept['preference']?.[SECTIONS_ORDER]);
  const all = Object.entries(kept['section'] ?? {}).flatMap(([id, value]) => {
    const section = ownSection(value);
    return section ? [{ id, ...section }] : [];
  });
  return byHand(all, order, (section) => section.id);
};

/** Lists of ids that say the same. */
export const isSameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one, at) => one === b[at]);

const byHand = <T>(all: readonly T[], order: readonly string[], id: (one: T) => string): T[] => {
  const place = new Map(order.map((one, at) => [one, at]));
  const at = (one: T): number => place.get(id(one)) ?? order.length;
  return all.toSorted((a, b) => at(a) - at(b));
};

/** The same list with one of it a place further up or down. */
export const moved = (all: readonly string[], one: string, step: 1 | -1): string[] => {
  const at = all.indexOf(one);
  return placed(all, one, all[step < 0 ? at - 1 : at + 2], at + step < 0);
};

/** The same list with one of it before another, or last. */
export const placed = (all: readonly string[], one: string, before: string | undefined, stays = false): string[] => {
  if (stays || one === before) return [...all];
  const rest = all.filter((other) => other !== one);
  const at = before === undefined ? rest.length : rest.indexOf(before);
  return rest.toSpliced(at < 0 ? rest.length : at, 0, one);
};

export const sectionsOf = ({ channels, places, kept, title }: Known): Section[] => {
  const starred = kept['star'] ?? {};
  const own = ownSections(kept);
  const home = new Map(own.flatMap((section) => section.channels.map((channel) => [channel, section.id] as const)));
  const mine = Object.keys(places)
    .map((id) => channels[id])
    .filter((channel): channel is Channel => channel !== undefined && channel.state === 'active');
  const isIn = (channel: Channel): string =>
    starred[channel.id] !== undefined
      ? 'starred'
      : (home.get(channel.id) ?? (channel.kind === 'direct' ? 'directs' : 'channels'));
  const grouped = new Map<string, Channel[]>();
  for (const channel of mine) grouped.set(isIn(channel), [...(grouped.get(isIn(channel)) ?? []), channel]);
  const recent = (channel: Channel): number => places[channel.id]?.lastPosition ?? 0;
  const byRecency = (list: readonly Channel[]): Channel[] => list.toSorted((a, b) => recent(b) - recent(a));
  const ordered = (section: string): Channel[] => {
    const list = (grouped.get(section) ?? []).sort((a, b) => title(a).localeCompare(title(b)));
    const order = orderOf(kept, section);
    if (order === 'recent') return byRecency(list);
    return order === 'name' ? list : byHand(list, order, (channel) => channel.id);
  };
  return [
    { id: 'starred', kind: 'starred', name: '', channels: ordered('starred') },
    ...own.map((section): Section => ({ id: section.id, kind: 'own', name: section.name, channels: ordered(section.id) })),
    { id: 'channels', kind: 'channels', name: '', channels: ordered('channels') },
    { id: 'directs', kind: 'directs', name: '', channels: byRecency(grouped.get('directs') ?? []) },
  ];
};

/** The next with something unread, going round. */
export const nextUnread = (
  all: readonly Channel[],
  places: Readonly<Record<string, Place>>,
  here: string | undefined,
  step: 1 | -1,
): Channel | undefined => {
  const at = all.findIndex((channel) => channel.id === here);
  for (let turn = 1; turn <= all.length; turn += 1) {
    const channel = all[(at + step * turn + all.length * 2) % all.length];
    const place = channel && places[channel.id];
    if (channel && place && channel.id !== here && unreadOf(place) > 0) return channel;
  }
  return undefined;
};
