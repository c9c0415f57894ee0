/** What one can do with a message, wherever it is drawn. */

import { createSignal } from 'solid-js';

import type { Message } from '../../api/wire';
import { go, route, say, sayProblem } from '../../model/app';
import { keepAtOnce } from '../../model/kept';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import type { Outgoing } from '../../sync/outbox';
import { t } from '../../texts';

export interface Acts {
  /** Who the pointer or the focus is at; the toolbar stands there. */
  point: (message: Message | undefined, at: HTMLElement) => void;
  react: (message: Message, emoji: string, on: boolean) => void;
  pick: (message: Message, at: HTMLElement) => void;
  thread: (message: Message) => void;
  threadOf: (channel: string, thread: number) => void;
  history: (message: Message) => void;
  person: (account: string) => void;
  save: (message: Message, on: boolean) => void;
  pin: (message: Message, on: boolean) => void;
  follow: (message: Message, on: boolean) => void;
  link: (message: Message) => void;
  unread: (message: Message) => void;
  quote: (message: Message) => void;
  edit: (message: Message) => void;
  drop: (message: Message) => void;
  retry: (pending: Outgoing) => void;
  discard: (pending: Outgoing) => void;
}

/** The message being edited, and what is asked about one; one at a time over the page. */
export type Asked =
  | { kind: 'delete'; message: Message }
  | { kind: 'history'; message: Message }
  | { kind: 'emoji'; message: Message; at: HTMLElement };

const [asked, setAsked] = createSignal<Asked>();
const [editing, setEditing] = createSignal<Message>();
/** Words on their way into the field of the place they stand in. */
export interface Quoted {
  channel: string;
  thread: number;
  text: string;
}
const [quoted, setQuoted] = createSignal<Quoted>();
export { asked, editing, quoted, setAsked, setEditing, setQuoted };

export const subjectOf = (message: Message): string =>
  message.thread === 0
    ? `${message.channel}.${message.number}`
    : `${message.channel}.${message.thread}.${message.number}`;

export const addressOf = (message: Message): { channel: string; thread: number; number: number } => ({
  channel: message.channel,
  thread: message.thread,
  number: message.number,
});

export const useActs = (point: Acts['point']): Acts => {
  const team = useTeam();
  const { engine, face } = team;
  const verb = (name: string, message: Message, more: Record<string, unknown> = {}): void => {
    engine.perform({ [name]: { ...addressOf(message), ...more } }).catch(sayProblem);
  };
  const place = (channel: string, thread: number): void =>
    go({ kind: 'place', workspace: team.room.slug, channel, thread });
  return {
    point,
    react: (message, emoji, on) => verb(on ? 'react' : 'unreact', message, { emoji }),
    pick: (message, at) => setAsked({ kind: 'emoji', message, at }),
    thread: (message) => place(message.channel, message.thread === 0 ? message.number : message.thread),
    threadOf: place,
    history: (message) => setAsked({ kind: 'history', message }),
    person: (account) => {
      const now = route();
      if (now.kind === 'place') go({ ...now, thread: undefined, pane: 'person', who: account });
    },
    save: (message, on) => {
      const subject = subjectOf(message);
      keepAtOnce(team, 'saved', subject, on ? true : null, () => face.save(message, on));
    },
    pin: (message, on) => verb(on ? 'pin' : 'unpin', message),
    follow: (message, on) => {
      const thread = message.thread === 0 ? message.number : message.thread;
      verb(on ? 'follow' : 'unfollow', { ...message, thread: 0, number: thread });
    },
    link: (message) => {
      const route =
        message.thread === 0
          ? { number: message.number }
          : { number: message.thread, reply: message.number };
      const path = write({ kind: 'place', workspace: team.room.slug, channel: message.channel, ...route });
      void navigator.clipboard?.writeText(location.origin + path).then(() => say(t('message.copied')));
    },
    unread: (message) => {
      face.unreadFrom(message, team.state().version).catch(sayProblem);
    },
    quote: (message) => setQuoted({ channel: message.channel, thread: message.thread, text: message.text }),
    edit: (message) => setEditing(message),
    drop: (message) => setAsked({ kind: 'delete', message }),
    retry: (pending) => engine.retry(pending.id),
    discard: (pending) => engine.discard(pending.id),
  };
};
