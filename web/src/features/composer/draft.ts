/** A draft follows the account: saved after a second of rest, and at once when one leaves. */

import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js';

import { sayProblem } from '../../model/app';
import type { Team } from '../../model/team';

const REST_MS = 1_000;
const SAID_MS = 2_000;

export interface DraftAt {
  channel: string;
  thread: number;
}

export interface DraftKeeper {
  read: () => string;
  write: (text: string) => void;
  drop: () => void;
  flush: () => void;
  fromElsewhere: Accessor<string | undefined>;
  justSaved: Accessor<boolean>;
}

const subjectOf = (at: DraftAt): string => (at.thread > 0 ? `${at.channel}.${at.thread}` : at.channel);

export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const text = (value as { text?: unknown } | null | undefined)?.text;
  return typeof text === 'string' ? text : '';
};

export const useDraft = (at: Accessor<DraftAt>, team: Team): DraftKeeper => {
  let waiting: { subject: string; text: string } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const [justSaved, setJustSaved] = createSignal(false);
  const kept = createMemo(() => team.state().kept['draft']?.[subjectOf(at())]);

  const flush = (): void => {
    clearTimeout(timer);
    const what = waiting;
    waiting = undefined;
    if (!what) return;
    const saved = what.text === '' ? team.face.drop('draft', what.subject) : team.face.keep('draft', what.subject, { text: what.text });
    saved.then(
      () => {
        if (what.text === '') return;
        setJustSaved(true);
        setTimeout(() => setJustSaved(false), SAID_MS);
      },
      // Offline it stays in the state of this device, and is written with the next change.
      (error: unknown) => {
        if (navigator.onLine && (error as { status?: number }).status !== 0) sayProblem(error);
      },
    );
  };

  const write = (text: string): void => {
    const subject = subjectOf(at());
    if (waiting && waiting.subject !== subject) flush();
    waiting = { subject, text };
    const value = text === '' ? null : { text };
    team.engine.privately(0, [{ kind: 'draft', subject, value, version: 0 }]);
    clearTimeout(timer);
    timer = setTimeout(flush, REST_MS);
  };
  onCleanup(flush);
  return {
    read: () => textOf(kept()),
    write,
    drop: () => {
      write('');
      flush();
    },
    flush,
    fromElsewhere: () => (waiting ? undefined : textOf(kept())),
    justSaved,
  };
};
