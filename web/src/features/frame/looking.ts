/** What is on the screen now, told to the server: channels for typing, people for presence. At most one word a second. */

import { createEffect, onCleanup } from 'solid-js';

import { route } from '../../model/app';
import { othersOf } from '../../model/people';
import { useTeam } from '../../model/team';

const EVERY_MS = 1_000;
const PEOPLE_MAX = 200;
const CHANNELS_MAX = 20;
/** Still here, but nobody touched anything. */
const IDLE_MS = 5 * 60_000;

export const useLooking = (): void => {
  const team = useTeam();
  let wanted = '';
  let sent = '';
  let touched = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (): void => {
    timer = undefined;
    if (wanted === sent) return;
    if (team.engine.up({ look: JSON.parse(wanted) as never })) sent = wanted;
  };
  const look = (): void => {
    const now = route();
    const state = team.state();
    const open = now.kind === 'place' ? now.channel : undefined;
    const directs = Object.values(state.channels).filter((channel) => channel.kind === 'direct');
    const people = new Set(directs.flatMap((channel) => othersOf(channel, team.me)));
    // Who types to me is seen in the sidebar, too; in a channel of many it would be somebody always.
    const lastly = (id: string): number => state.places[id]?.lastPosition ?? 0;
    const talks = directs.map((channel) => channel.id).sort((a, b) => lastly(b) - lastly(a));
    const channels = [...new Set(open ? [open, ...talks] : talks)].slice(0, CHANNELS_MAX);
    const run = open ? state.runs[open] : undefined;
    for (const message of run?.messages.slice(-50) ?? []) people.add(message.author);
    people.delete(team.me);
    const idle = document.hidden || Date.now() - touched > IDLE_MS;
    wanted = JSON.stringify({ channels, people: [...people].slice(0, PEOPLE_MAX), ...(idle ? { idle: true } : {}) });
    if (wanted !== sent) timer ??= setTimeout(say, EVERY_MS);
  };
  createEffect(() => {
    // A new line knows nothing of what was looked at.
    if (team.view().connection.kind === 'live') look();
    else sent = '';
  });
  const awake = (): void => {
    const wasIdle = Date.now() - touched > IDLE_MS;
    touched = Date.now();
    if (wasIdle) look();
  };
  const watch = setInterval(look, 30_000);
  document.addEventListener('visibilitychange', look);
  addEventListener('pointerdown', awake);
  addEventListener('keydown', awake);
  onCleanup(() => {
    clearInterval(watch);
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
    removeEventListener('pointerdown', awake);
    removeEventListener('keydown', awake);
  });
};
