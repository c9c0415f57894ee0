/** What this device knows of one workspace: a pure function of a first load and the events after it. */

import type { Account, Channel, ChannelId, Message, Person, PrivateItem, Workspace } from '../api/wire';

/** A run of numbers without holes in it, as far as it is loaded. */
export interface Run {
  messages: readonly Message[];
  /** The run reaches the end: what comes live is appended. */
  atEnd: boolean;
  /** The run reaches the beginning. */
  atStart: boolean;
  /** Everything that touched these rows up to here is in them. */
  position: number;
}

/** My seat: what unread and badges are computed from, never counted up and down. */
export interface Place {
  role: 'manager' | 'member';
  last: number;
  lastAt?: string;
  lastPosition: number;
  read: number;
  mentions: readonly number[];
  holes: readonly number[];
}

export interface Followed {
  channel: ChannelId;
  thread: number;
  last: number;
  lastAt?: string;
  read: number;
  mentions: readonly number[];
  holes: readonly number[];
}

export type Keep = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface State {
  me: Account;
  epoch: string;
  position: number;
  /** The version of my private rows. */
  version: number;
  workspace?: Workspace;
  channels: Readonly<Record<ChannelId, Channel>>;
  places: Readonly<Record<ChannelId, Place>>;
  people: Readonly<Record<Account, Person>>;
  runs: Readonly<Record<ChannelId, Run>>;
  /** By `channel.root`. */
  threads: Readonly<Record<string, Run>>;
  followed: Readonly<Record<string, Followed>>;
  /** Drafts, stars, mutes, sections, preferences, saved. */
  kept: Keep;
}

export const empty = (me: Account): State => ({
  me,
  epoch: '',
  position: 0,
  version: 0,
  channels: {},
  places: {},
  people: {},
  runs: {},
  threads: {},
  followed: {},
  kept: {},
});

export const threadKey = (channel: ChannelId, thread: number): string => `${channel}.${thread}`;

/** last − read − the deleted between: never high for what was opened, never low. */
export const unreadOf = (place: { last: number; read: number; holes: readonly number[] }): number => {
  const holes = place.holes.filter((number) => number > place.read && number <= place.last).length;
  return Math.max(0, place.last - place.read - holes);
};

/** The unread numbers that name me. */
export const mentionsOf = (place: { read: number; mentions: readonly number[] }): number =>
  place.mentions.filter((number) => number > place.read).length;

export const keep = (kept: Keep, item: PrivateItem): Keep => {
  const rows = { ...kept[item.kind] };
  if (item.value === null || item.value === undefined) delete rows[item.subject];
  else rows[item.subject] = item.value;
  return { ...kept, [item.kind]: rows };
};
