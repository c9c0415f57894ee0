/** What the quick switcher finds: exact starts, then starts of words, then inside; recency breaks ties. Pure. */

import type { Channel, People } from '../../api/wire';
import type { Place } from '../../sync/state';
import { unreadOf } from '../../sync/state';
import { rank } from '../composer/complete';
import type { Command } from './commands';

export type Target =
  | { kind: 'channel'; channel: Channel; name: string; unread: boolean }
  | { kind: 'person'; account: string; name: string }
  | { kind: 'command'; command: Command; name: string }
  | { kind: 'make'; name: string };

export interface Known {
  channels: Readonly<Record<string, Channel>>;
  places: Readonly<Record<string, Place>>;
  people: People;
  me: string;
  title: (channel: Channel) => string;
  commands: readonly Command[];
}

export interface Found {
  /** Where one can go, and to whom. */
  places: readonly Target[];
  /** What one can do. */
  acts: readonly Target[];
}

const MOST = 12;
const ACTS_MOST = 3;

const named = (word: string, all: readonly Command[]): Target[] =>
  all
    .map((command) => ({ at: rank(command.label, word), target: { kind: 'command', command, name: command.label } as Target }))
    .filter((one) => one.at >= 0)
    .sort((a, b) => a.at - b.at)
    .map((one) => one.target);

export const findTargets = (typed: string, known: Known): Found => {
  const only = ['#', '@'].find((mark) => typed.startsWith(mark));
  const word = (only ? typed.slice(1) : typed).trim();
  if (typed.startsWith('>')) return { places: [], acts: named(typed.slice(1).trim(), known.commands) };
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
  const isDirect = ({ target }: { target: Target }): boolean => target.kind === 'channel' && target.channel.kind === 'direct';
  const wanted =
    only === '#' ? channels.filter((one) => !isDirect(one)) : only === '@' ? [...people, ...channels.filter(isDirect)] : [...channels, ...people];
  const empty = word === '';
  const places = wanted
    .filter((one) => one.at >= 0)
    .sort((a, b) => (empty ? Number(b.unread) - Number(a.unread) : a.at - b.at) || b.recent - a.recent || a.target.name.localeCompare(b.target.name))
    .slice(0, MOST)
    .map((one) => one.target);
  if (empty || only === '@') return { places, acts: [] };
  const isKnown = channels.some((one) => one.target.name.toLocaleLowerCase() === word.toLocaleLowerCase());
  const make: Target[] = isKnown ? [] : [{ kind: 'make', name: word }];
  return { places, acts: [...(only ? [] : named(word, known.commands).slice(0, ACTS_MOST)), ...make] };
};
