/** The browser's own notifications, and what a screen reader hears of the open channel. */

import { createEffect, createSignal, on, onCleanup } from 'solid-js';

import type { Message } from '../../api/wire';
import { goTo, route } from '../../model/app';
import { plain } from '../../model/markdown';
import { rings } from '../../model/ring';
import { write } from '../../model/route';
import { type Team, useTeam } from '../../model/team';
import { t } from '../../texts';

const CHOICE = 'rookery.notify';
export const wantsNotices = (): boolean => localStorage.getItem(CHOICE) === 'on';
export const wantNotices = (on_: boolean): void => localStorage.setItem(CHOICE, on_ ? 'on' : 'off');

const WORDS = 120;

const calls = (team: Team, message: Message): boolean => {
  const channel = team.channel(message.channel);
  if (!channel || team.presence(team.me) === 'dnd') return false;
  const { kept, followed } = team.state();
  return rings(message, channel, { me: team.me, kept, followed });
};

const isLooked = (message: Message): boolean => {
  const now = route();
  return !document.hidden && document.hasFocus() && now.kind === 'place' && now.channel === message.channel;
};

const show = (team: Team, message: Message): void => {
  if (!wantsNotices() || !('Notification' in window) || Notification.permission !== 'granted') return;
  const channel = team.channel(message.channel);
  if (!channel) return;
  const name = team.name(message.author);
  const title = channel.kind === 'direct' ? t('notice.direct', { name }) : t('notice.title', { name, place: team.title(channel) });
  const notice = new Notification(title, {
    body: plain(message.text, team.name).slice(0, WORDS),
    // One a message, however many tabs are open.
    tag: `${message.channel}.${message.thread}.${message.number}`,
  });
  notice.onclick = () => {
    window.focus();
    const thread = message.thread > 0 ? { thread: message.thread } : { number: message.number };
    goTo(write({ kind: 'place', workspace: team.room.slug, channel: message.channel, ...thread }));
    notice.close();
  };
};

const SAID_EVERY_MS = 2_000;

/** What a screen reader hears of the open channel: one message in two seconds, more become a count. */
export const useHeard = (): (() => string) => {
  const team = useTeam();
  const [said, setSaid] = createSignal('');
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (): void => {
    timer = undefined;
    if (waiting.length === 0) return;
    setSaid(waiting.length === 1 ? (waiting[0] ?? '') : t('timeline.newer', { count: waiting.length }));
    waiting = [];
    timer = setTimeout(say, SAID_EVERY_MS);
  };
  createEffect(
    on(team.arrived, (message) => {
      const now = route();
      if (!message || message.author === team.me || now.kind !== 'place' || now.channel !== message.channel) return;
      waiting.push(`${team.name(message.author)}: ${plain(message.text, team.name).slice(0, WORDS)}`);
      timer ??= setTimeout(say, 0);
    }, { defer: true }),
  );
  onCleanup(() => clearTimeout(timer));
  return said;
};

/** Watches what is new at the ends of runs and places; history that is loaded rings for nobody. */
export const notify = (): void => {
  const team = useTeam();
  createEffect(
    on(team.arrived, (message) => {
      if (message && calls(team, message) && !isLooked(message)) show(team, message);
    }, { defer: true }),
  );
};
