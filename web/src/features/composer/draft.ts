/** The draft of one place: it follows the account. */

import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js';

import { textOf } from '../../model/drafts';
import type { Team } from '../../model/team';

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

export const useDraft = (at: Accessor<DraftAt>, team: Team): DraftKeeper => {
  /** Where something was written last: one may be elsewhere before it rests. */
  let writtenAt: string | undefined;
  const [justSaved, setJustSaved] = createSignal(false);
  const kept = createMemo(() => team.state().kept['draft']?.[subjectOf(at())]);

  const flush = (): void => {
    if (writtenAt !== undefined) team.drafts.flush(writtenAt);
  };

  const write = (text: string): void => {
    const subject = subjectOf(at());
    if (writtenAt !== subject) flush();
    writtenAt = subject;
    team.drafts.write(subject, text, () => {
      if (text === '') return;
      setJustSaved(true);
      setTimeout(() => setJustSaved(false), SAID_MS);
    });
  };
  onCleanup(flush);
  return {
    read: () => team.drafts.read(subjectOf(at())) ?? textOf(kept()),
    write,
    drop: () => {
      write('');
      flush();
    },
    flush,
    fromElsewhere: () => {
      const text = textOf(kept());
      return team.drafts.isResting(subjectOf(at())) ? undefined : text;
    },
    justSaved,
  };
};
