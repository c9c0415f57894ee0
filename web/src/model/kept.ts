/** Stars, mutes, sections and what is saved: shown at once, taken back where the server says no. */

import { sayProblem } from './app';
import type { Team } from './team';

export const keepAtOnce = (team: Team, kind: string, subject: string, value: unknown, ask: () => Promise<unknown>): void => {
  const before = team.state().kept[kind]?.[subject] ?? null;
  const show = (now: unknown): void => team.engine.privately(0, [{ kind, subject, value: now, version: 0 }]);
  show(value);
  ask().catch((error: unknown) => {
    show(before);
    sayProblem(error);
  });
};

/** On or off, as most of them are. */
export const flip = (team: Team, kind: 'star' | 'mute', channel: string): void => {
  const on = team.state().kept[kind]?.[channel] === undefined;
  const { face } = team;
  keepAtOnce(team, kind, channel, on ? true : null, () => (on ? face.keep(kind, channel, true) : face.drop(kind, channel)));
};

/** A choice of one's own that follows the account; null is as it was shipped. */
export const chose = (team: Team, name: string, value: unknown): void => {
  const { face } = team;
  keepAtOnce(team, 'preference', name, value, () => (value === null ? face.drop('preference', name) : face.keep('preference', name, value)));
};
