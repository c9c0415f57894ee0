/** What the quick switcher finds: exact starts, then starts of words, then inside; recency breaks ties. Pure. */

import type { Channel, People } from '../../api/wire';
import type { Place } from '../../sync/state';
import { unreadOf } from '../../sync/state';
import { rank } from '../composer/complete';

export type Target =
  | { kind: 'channel'; channel: Channel; name: string; unread: boolean }
  | { kind: 'person'; account: string; name: string };

export interface Known {
  channels: Readonly<Record<string, Channel>>;
  places: Readonly<Record<string, Place>>;
  people: People;
  me: string;
  title: (channel: Channel) => string;
}

const MOST = 12;

export const findTargets = (typed: string, known: Known): Target[] => {
  const only = ['#', '@'].find((mark) => typed.startsWith(mark));
  const word = (only ? typed.slice(1) : typed).trim();
  const recent = (id: string): number => known.places[id]?.lastPosition ?? 0;
  const channels = Object.values(known.channels)
    .filter((channel) => channel.kind === 'public' || known.places[channel.id] !== undefined)
    .map((channel) => {
      const name = known.title(channel);
      const place = known.places[channel.id];
      const unread = place !== undefined && unreadOf(place) > 0;
      return { at: rank(name, word), recent: recent(channel.id), unread, target: { kind: 'channel', channel, name, unread } as Target };
    });
  const direct = new Set(
    Object.values(known.channels).flatMap((channel) =>
      channel.kind === 'direct' && channel.direct?.length === 2 ? channel.direct : [],
    ),
  );
  const people = Object.entries(known.people)
    .filter(([account, person]) => account !== known.me && !person.left && person.name && !direct.has(account))
    .map(([account, person]) => ({
      at: rank(person.name, word),
      recent: -1,
      unread: false,
      target: { kind: 'person', account, name: person.name } as Target,
    }));
  const wanted = only === '#' ? channels.filter((one) => (one.target as { channel: Channel }).channel.kind !== 'direct') : only === '@' ? [...people, ...channels.filter((one) => (one.target as { channel: Channel }).channel.kind === 'direct')] : [...channels, ...people];
  const empty = word === '';
  return wanted
    .filter((one) => one.at >= 0)
    .sort((a, b) => (empty ? Number(b.unread) - Number(a.unread) : a.at - b.at) || b.recent - a.recent || a.target.name.localeCompare(b.target.name))
    .slice(0, MOST)
    .map((one) => one.target);
};
