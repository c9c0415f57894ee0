/** Words behind a slash that do something instead of being sent. Whatever is none of them is sent as it was typed. */

import { go } from '../../model/app';
import { flip } from '../../model/kept';
import type { Team } from '../../model/team';
import { t } from '../../texts';
import type { Key } from '../../texts/en';

export interface Ground {
  team: Team;
  channel: string;
  thread: number;
}

export interface Slash {
  name: string;
  text: Key;
  /** Takes words behind it. */
  takes?: true;
  /** Not in a direct channel. */
  shared?: true;
  run: (ground: Ground, rest: string) => Promise<unknown> | void;
}

const HOUR_MS = 3_600_000;

export const SLASHES: readonly Slash[] = [
  { name: 'topic', text: 'slash.topic', takes: true, shared: true, run: ({ team, channel }, topic) => team.face.changeChannel(channel, { topic }) },
  { name: 'leave', text: 'row.leave', shared: true, run: ({ team, channel }) => team.face.leave(channel, 'me') },
  { name: 'mute', text: 'slash.mute', run: ({ team, channel }) => flip(team, 'mute', channel) },
  { name: 'star', text: 'slash.star', run: ({ team, channel }) => flip(team, 'star', channel) },
  {
    name: 'status',
    text: 'slash.status',
    takes: true,
    run: ({ team }, text) => team.face.changeMember('me', { status: text === '' ? null : { text } }),
  },
  {
    name: 'dnd',
    text: 'slash.dnd',
    run: ({ team }) =>
      team.face.changeMember('me', { dnd_until: team.presence(team.me) === 'dnd' ? null : new Date(Date.now() + HOUR_MS).toISOString() }),
  },
  {
    name: 'notebook',
    text: 'person.notebook',
    run: ({ team }) => team.face.direct([]).then((made) => go({ kind: 'place', workspace: team.room.slug, channel: made.id })),
  },
  {
    name: 'shrug',
    text: 'slash.shrug',
    takes: true,
    run: ({ team, channel, thread }, rest) => team.engine.send({ channel, thread, text: `${rest} ¯\\\\\\_(ツ)\\_/¯`.trim(), inChannel: false }),
  },
];

/** What is asked for, where the whole text begins with one of them. */
export const slashIn = (text: string): { slash: Slash; rest: string } | undefined => {
  const found = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(text.trim());
  const slash = SLASHES.find((one) => one.name === found?.[1]);
  const rest = found?.[2]?.trim() ?? '';
  return slash && (slash.takes || rest === '') ? { slash, rest } : undefined;
};

/** What could be meant by what is typed so far. */
export const slashesLike = (typed: string): Slash[] => SLASHES.filter((one) => one.name.startsWith(typed.toLowerCase()));

export const labelOf = (slash: Slash): string => `/${slash.name}  ${t(slash.text)}`;
