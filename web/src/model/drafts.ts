/** What is being written: with the account after a second of rest, and on this device from the moment the page goes until it is there. */

import type { Down } from '../api/wire';

const REST_MS = 1_000;
/** It may go well later, and by itself: what was written waits here. */
const PASSING = new Set([0, 401, 429]);
const BROKEN_FROM = 500;

export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const text = (value as { text?: unknown } | null | undefined)?.text;
  return typeof text === 'string' ? text : '';
};

export interface DraftTools {
  /** Keeps it with the account; nothing written is nothing kept. */
  keep: (subject: string, text: string) => Promise<unknown>;
  /** On this device, without waiting for the account. */
  show: (subject: string, text: string) => void;
  /** How far my private rows are known here. */
  version: () => number;
  /** Written before the page is gone, whatever happens to it: no promise is waited for. */
  storage: Storage | undefined;
  problem: (error: unknown) => void;
}

/** Of a draft that is not yet known to be kept. */
interface Written {
  text: string;
  /** What the account says in a later version is a later word. */
  version: number;
  rest?: ReturnType<typeof setTimeout> | undefined;
  /** What the page says of it: every look at the account's private rows is asked again when it changes. */
  shown?: string;
  isAsked?: boolean;
  kept?: () => void;
}

const read = (text: string | null | undefined): Written | undefined => {
  try {
    const left = JSON.parse(text ?? '') as Partial<Written>;
    return typeof left.text === 'string' && typeof left.version === 'number' ? { text: left.text, version: left.version } : undefined;
  } catch {
    return undefined;
  }
};

export class Drafts {
  private readonly written = new Map<string, Written>();

  constructor(
    private readonly name: string,
    private readonly tools: DraftTools,
  ) {}

  /** What the last page could not see kept is shown again; sent it is when it is known that nobody wrote on elsewhere. */
  wake(): void {
    const { storage } = this.tools;
    const names = Array.from({ length: storage?.length ?? 0 }, (_, at) => storage?.key(at) ?? '');
    for (const name of names.filter((one) => one.startsWith(this.name))) {
      const subject = name.slice(this.name.length);
      const left = read(storage?.getItem(name));
      if (!left || this.written.has(subject)) continue;
      this.written.set(subject, left);
      this.show(subject, left);
    }
  }

  /** While it is being written the page is told only that there is a draft, or none; what it says is shown when the hand rests. */
  write(subject: string, text: string, kept: () => void): void {
    const before = this.written.get(subject);
    clearTimeout(before?.rest);
    const one: Written = { text, version: this.tools.version(), kept, rest: setTimeout(() => this.flush(subject), REST_MS) };
    if (before?.shown !== undefined) one.shown = before.shown;
    this.written.set(subject, one);
    if (one.shown === undefined || (one.shown === '') !== (text === '')) this.show(subject, one);
  }

  /** What was written here last, where the account is not known to have it. */
  read(subject: string): string | undefined {
    return this.written.get(subject)?.text;
  }

  isResting(subject: string): boolean {
    return this.written.get(subject)?.rest !== undefined;
  }

  /** What rests is sent now. */
  flush(subject: string): void {
    const one = this.written.get(subject);
    if (one?.rest !== undefined) this.send(subject, one);
  }

  /** The page goes, or may go without another word: what is not known to be kept stays here, and is on its way. */
  leave(): void {
    for (const [subject, one] of this.written) {
      this.store(subject, one);
      this.flush(subject);
    }
  }

  /** What the account says of drafts; once all of it was told, what is still mine to say is said. */
  heard(frame: Down): void {
    if ('private' in frame) {
      for (const { kind, subject, version } of frame.private.items) {
        const one = kind === 'draft' ? this.written.get(subject) : undefined;
        if (!one) continue;
        // The page shows what is told by now.
        delete one.shown;
        // What is typed, or on its way, comes after whatever is told here.
        if (one.rest !== undefined || one.isAsked) continue;
        if (version > one.version) this.forget(subject, one);
        else this.show(subject, one);
      }
    } else if ('at' in frame) {
      for (const [subject, one] of this.written) if (one.rest === undefined && !one.isAsked) this.send(subject, one);
    }
  }

  private show(subject: string, one: Written): void {
    one.shown = one.text;
    this.tools.show(subject, one.text);
  }

  private send(subject: string, one: Written): void {
    clearTimeout(one.rest);
    one.rest = undefined;
    one.isAsked = true;
    if (one.shown !== one.text) this.show(subject, one);
    this.tools.keep(subject, one.text).then(
      () => {
        this.forget(subject, one);
        one.kept?.();
      },
      (error: unknown) => {
        one.isAsked = false;
        const { status } = error as { status?: number };
        const isPassing = status === undefined || PASSING.has(status) || status >= BROKEN_FROM;
        if (!isPassing) this.forget(subject, one);
        else if (this.written.get(subject) === one) this.store(subject, one);
        if (!isPassing || status === 401) this.tools.problem(error);
      },
    );
  }

  private store(subject: string, { text, version }: Written): void {
    try {
      this.tools.storage?.setItem(this.name + subject, JSON.stringify({ text, version }));
    } catch {
      // A full cupboard: it is on its way all the same.
    }
  }

  private forget(subject: string, one: Written): void {
    if (this.written.get(subject) !== one) return;
    this.written.delete(subject);
    this.tools.storage?.removeItem(this.name + subject);
  }
}
