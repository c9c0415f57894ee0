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

export const sectionsOf = ({ channels, places, kept, title }: Known): Section[] => {
  const starred = kept['star'] ?? {};
  const own = Object.entries(kept['section'] ?? {}).flatMap(([id, value]) => {
    const section = ownSection(value);
    return section ? [{ id, ...section }] : [];
  });
  const home = new Map(own.flatMap((section) => section.channels.map((channel) => [channel, section.id] as const)));
  const mine = Object.keys(places)
    .map((id) => channels[id])
    .filter((channel): channel is Channel => channel !== undefined && channel.state === 'active');
  const byName = (list: Channel[]): Channel[] => list.sort((a, b) => title(a).localeCompare(title(b)));
  const isIn = (channel: Channel): string =>
    starred[channel.id] !== undefined
      ? 'starred'
      : (home.get(channel.id) ?? (channel.kind === 'direct' ? 'directs' : 'channels'));
  const grouped = Map.groupBy(mine, isIn);
  const recent = (channel: Channel): number => places[channel.id]?.lastPosition ?? 0;
  const directs = (grouped.get('directs') ?? []).sort((a, b) => recent(b) - recent(a));
  return [
    { id: 'starred', kind: 'starred', name: '', channels: byName(grouped.get('starred') ?? []) },
    ...own.map((section): Section => ({
      id: section.id, kind: 'own', name: section.name, channels: byName(grouped.get(section.id) ?? []),
    })),
    { id: 'channels', kind: 'channels', name: '', channels: byName(grouped.get('channels') ?? []) },
    { id: 'directs', kind: 'directs', name: '', channels: directs },
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
