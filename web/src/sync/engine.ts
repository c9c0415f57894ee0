/** One workspace on this device: what is known, what is on its way, and how the line is. */

import type { Account, Changed, ChannelId, Down, Event, FaceState, Goodbye, Hello, Message, Page, Up } from '../api/wire';
import { again, apply } from './apply';
import { changed, movedBy, paged, privately } from './catch-up';
import type { Disk } from './disk';
import type { Connection } from './link';
import * as outgoing from './outbox';
import type { Draft, Outbox } from './outbox';
import type { Clock, Pipe } from './ports';
import { cut } from './runs';
import { empty, type Run, type State, threadKey } from './state';
import { ulid } from './ulid';

export interface Typing {
  channel: ChannelId;
  thread: number;
  account: Account;
  until: number;
}

export interface View {
  state: State;
  outbox: Outbox;
  connection: Connection;
  faces: Readonly<Record<Account, FaceState>>;
  typing: readonly Typing[];
  /** A snapshot is here: from the disk, or from the server. */
  ready: boolean;
  /** How much of what happened meanwhile is still being taken in. */
  behind: number;
}

export type Window = { latest: true } | { around: number | 'unread' } | { before: number } | { after: number } | { at: string };

/** Pages come by HTTP; the socket never replays history. */
export type Pages = (
  place: { channel: ChannelId; thread: number },
  window: Window,
  fresh: { epoch: string; at_least: number } | undefined,
) => Promise<Page>;

export interface Tools {
  clock: Clock;
  disk: Disk;
  pages: Pages;
  random: () => number;
  bytes: (into: Uint8Array) => void;
  /** Once a frame, whatever came in it. */
  frame: (work: () => void) => void;
  /** A message that came live, once. */
  arrived: (message: Message) => void;
}

export const TYPING_MS = 10_000;
const SIGNED_OUT = 1;
const OTHER_EPOCH = 10;
const SAVE_MS = 2_000;
const REST_MS = 200;
/** More than that while one page comes, and the run asks for the rest itself. */
const MEANWHILE_MAX = 500;
/** Of the state that is kept for the next start. */
const RUN_KEPT = 50;
const RUNS_KEPT = 30;
const THREADS_KEPT = 20;

interface Saved {
  state: State;
}

export class Engine {
  private view: View;
  private offset = 0;
  private dirty = false;
  private flushing = false;
  private loading = 0;
  /** Heard while pages are on their way: what they bring may be older. */
  private meanwhile: Event[] = [];
  /** Pages on their way, by what was asked: who asks for the same meanwhile waits for the same. */
  private readonly coming = new Map<string, Promise<Page>>();
  /** Until it is known what there is, a page has no place. */
  private known: () => void = () => undefined;
  private readonly isKnown = new Promise<void>((resolve) => (this.known = resolve));
  private saving: (() => void) | undefined;
  private ticket: string | undefined;
  private readonly waiters = new Map<string, { resolve: (number: number) => void; reject: (why: unknown) => void }>();
  pipe: Pipe | undefined;

  constructor(
    readonly workspace: string,
    me: Account,
    private readonly tools: Tools,
    private readonly publish: (view: View) => void,
  ) {
    this.view = {
      state: empty(me),
      outbox: [],
      connection: { kind: 'connecting', since: tools.clock.now() },
      faces: {},
      typing: [],
      ready: false,
      behind: 0,
    };
  }

  /** What the last visit left; painted before the socket opens. */
  async wake(): Promise<void> {
    const [saved, outbox] = await Promise.all([
      this.tools.disk.get<Saved>(this.name('state')),
      this.tools.disk.get<Outbox>(this.name('outbox')),
    ]);
    if (outbox) this.change({ outbox: outgoing.cut(outbox) });
    if (saved && saved.state.me === this.view.state.me) this.change({ state: saved.state, ready: true });
  }

  /** Where this device is, for whoever greets. */
  hello(): Hello {
    const { state, outbox } = this.view;
    const waiting = outgoing.waiting(outbox);
    return {
      workspace: this.workspace,
      ...(this.ticket ? { ticket: this.ticket } : {}),
      ...(state.epoch ? { epoch: state.epoch, position: state.position, private: state.version } : {}),
      ...(waiting.length > 0 ? { waiting } : {}),
    };
  }

  became(connection: Connection): void {
    if (connection.kind !== 'live' && this.view.connection.kind === 'live') {
      this.change({ outbox: outgoing.cut(this.view.outbox), faces: {}, typing: [], behind: 0 });
    }
    this.change({ connection });
  }

  /** A ticket that is not taken any more is no sign-out: the cookie may still be good. Another history is started anew. */
  goodbye({ code }: Goodbye): boolean {
    if (code === SIGNED_OUT && this.ticket) {
      this.ticket = undefined;
      return true;
    }
    if (code !== OTHER_EPOCH) return false;
    this.change({ state: { ...this.view.state, epoch: '', position: 0 } });
    return true;
  }

  heard(frame: Down): void {
    if ('welcome' in frame) this.welcome(frame);
    else if ('event' in frame) this.event(frame.event);
    else if ('changed' in frame) this.caughtUp(frame.changed);
    else if ('private' in frame) {
      this.change({ state: privately(this.view.state, frame.private.version, frame.private.items) });
    } else if ('at' in frame) this.at(frame.at);
    else if ('done' in frame) this.done(frame.done.key, frame.done.number ?? 0);
    else if ('refused' in frame) this.refused(frame);
    else if ('faces' in frame) this.faces(frame);
  }

  private caughtUp(news: Changed): void {
    const { state, behind } = this.view;
    this.change({ state: changed(state, news), ready: true, behind: behind + movedBy(state, news) });
    this.known();
    if (!news.more) this.restSoon();
  }

  private event(event: Event): void {
    const { state } = this.view;
    const isNew = event.position > state.position;
    this.change({ state: apply(state, event) });
    if (this.loading > 0) this.meanwhile = [...this.meanwhile, event].slice(-MEANWHILE_MAX);
    if (isNew && event.kind === 'message.sent' && event.image?.message) this.tools.arrived(event.image.message);
  }

  private at(at: { position: number; private?: number; ticket?: string }): void {
    const { state } = this.view;
    this.ticket = at.ticket ?? this.ticket;
    // What lies between is not mine to see.
    if (at.position > state.position) this.change({ state: { ...state, position: at.position } });
  }

  /** Everything was told, and no page of it is on its way: what is open asks for its own within a moment. */
  private restSoon(): void {
    if (this.view.behind === 0) return;
    this.tools.clock.after(REST_MS, () => {
      if (this.loading === 0) this.change({ behind: 0 });
    });
  }

  private welcome({ welcome }: Extract<Down, { welcome: unknown }>): void {
    this.offset = Number(welcome.now) / 1000 - this.tools.clock.now() || 0;
    this.ticket = welcome.ticket;
    let { outbox } = this.view;
    for (const one of welcome.done) {
      outbox = outgoing.done(outbox, one);
      this.settle(one.key, one.number ?? 0);
    }
    this.change({ outbox });
    this.flush();
  }

  private done(key: string, number: number): void {
    this.change({ outbox: outgoing.done(this.view.outbox, { key }) });
    this.settle(key, number);
    this.flush();
  }

  private settle(key: string, number: number): void {
    this.waiters.get(key)?.resolve(number);
    this.waiters.delete(key);
  }

  private refused({ refused }: Extract<Down, { refused: unknown }>): void {
    this.change({ outbox: outgoing.refused(this.view.outbox, refused) });
    this.waiters.get(refused.key)?.reject(refused);
    this.waiters.delete(refused.key);
    if (refused.retry_after) this.tools.clock.after(refused.retry_after * 1000, () => this.flush());
  }

  private faces({ faces }: Extract<Down, { faces: unknown }>): void {
    const until = this.tools.clock.now() + TYPING_MS;
    const fresh = faces.typing.map(([channel, thread, account]) => ({ channel, thread, account, until }));
    const others = this.view.typing.filter(
      (known) => known.until > this.tools.clock.now() && !fresh.some((one) => one.account === known.account),
    );
    this.change({
      faces: { ...this.view.faces, ...Object.fromEntries(faces.people) },
      typing: [...others, ...fresh],
    });
    if (fresh.length > 0) this.tools.clock.after(TYPING_MS, () => this.forgetTyping());
  }

  private forgetTyping(): void {
    const now = this.tools.clock.now();
    const typing = this.view.typing.filter((one) => one.until > now);
    if (typing.length !== this.view.typing.length) this.change({ typing });
  }

  /** Kept before it is sent; shown at once. */
  send(draft: Draft): void {
    const id = this.key();
    this.change({ outbox: outgoing.write(this.view.outbox, id, draft, this.tools.clock.now()) });
    this.flush();
  }
  retry(id: string): void {
    this.change({ outbox: outgoing.retry(this.view.outbox, id) });
    this.flush();
  }
  discard(id: string): void {
    this.change({ outbox: outgoing.discard(this.view.outbox, id) });
    this.flush();
  }

  /** Any other verb of the socket: answered with its number, or refused. */
  perform(verb: Record<string, unknown>): Promise<number> {
    const key = this.key();
    return new Promise((resolve, reject) => {
      this.waiters.set(key, { resolve, reject });
      if (!this.up({ do: { key, ...verb } })) {
        this.waiters.delete(key);
        reject({ key, code: 'offline', message: 'You are offline. Try again when you are back.' });
      }
    });
  }

  up(frame: Up): boolean {
    return this.pipe?.up(frame) ?? false;
  }

  /** One after the other, in the order they were written; an answer that comes meanwhile waits for its turn. */
  private flush(): void {
    if (this.flushing) return;
    this.flushing = true;
    for (;;) {
      const one = this.view.connection.kind === 'live' ? outgoing.due(this.view.outbox)[0] : undefined;
      if (!one) break;
      const key = one.key ?? this.key();
      this.change({ outbox: outgoing.sending(this.view.outbox, one.id, key, this.tools.clock.now()) });
      if (this.up({ send: outgoing.asSend(one, key) })) continue;
      this.change({ outbox: outgoing.cut(this.view.outbox) });
      break;
    }
    this.flushing = false;
  }

  /** In the server's own time. */
  private key(): string {
    return ulid(this.tools.clock.now() + this.offset, this.tools.bytes);
  }

  /** My mark moves at once; the server's word comes as a private frame. */
  read(channel: ChannelId, thread: number, number: number): void {
    const { state } = this.view;
    const known = thread === 0 ? state.places[channel] : state.followed[threadKey(channel, thread)];
    if (!known || known.read >= number) return;
    const value = { kind: 'read', subject: thread === 0 ? channel : `${channel}.${thread}`, value: number, version: 0 };
    this.change({ state: privately(state, 0, [value]) });
    this.up({ mark: { channel, number, ...(thread > 0 ? { thread } : {}) } });
  }

  load(channel: ChannelId, thread: number, window: Window): Promise<Page> {
    const asked = JSON.stringify([channel, thread, window]);
    const coming = this.coming.get(asked) ?? this.fetch(channel, thread, window).finally(() => this.coming.delete(asked));
    this.coming.set(asked, coming);
    return coming;
  }

  /** A page that will be looked at. Where it does not come, who looks asks again, and hears why. */
  ahead(channel: ChannelId, window: Window): void {
    if (!this.view.state.runs[channel]) void this.load(channel, 0, window).catch(() => undefined);
  }

  private async fetch(channel: ChannelId, thread: number, window: Window): Promise<Page> {
    const { state } = this.view;
    const fresh = state.epoch ? { epoch: state.epoch, at_least: state.position } : undefined;
    this.loading += 1;
    try {
      const page = await this.tools.pages({ channel, thread }, window, fresh);
      if (!this.view.state.epoch) await this.isKnown;
      const from = 'before' in window ? window.before : 'after' in window ? window.after : undefined;
      this.change({ state: again(paged(this.view.state, channel, thread, page, from), this.meanwhile, page.position) });
      return page;
    } finally {
      this.loading -= 1;
      if (this.loading === 0) {
        this.meanwhile = [];
        this.restSoon();
      }
    }
  }

  /** Lets go of the far end of a run that grew too long while it was looked through. */
  trim(channel: ChannelId, thread: number, end: 'start' | 'end'): void {
    const { state } = this.view;
    const [kind, key] = thread === 0 ? (['runs', channel] as const) : (['threads', threadKey(channel, thread)] as const);
    const run = state[kind][key];
    const shorter = run && cut(run, end);
    if (shorter && shorter !== run) this.change({ state: { ...state, [kind]: { ...state[kind], [key]: shorter } } });
  }

  /** Up to where my private rows are known here. */
  get version(): number {
    return this.view.state.version;
  }

  /** A row that an answer of the HTTP face carried. */
  privately(version: number, items: Parameters<typeof privately>[2]): void {
    this.change({ state: privately(this.view.state, version, items) });
  }

  private change(part: Partial<View>): void {
    const before = this.view;
    this.view = { ...before, ...part };
    if (part.outbox && part.outbox !== before.outbox) void this.tools.disk.put(this.name('outbox'), part.outbox);
    if (part.state && part.state !== before.state) this.saveSoon();
    if (this.dirty) return;
    this.dirty = true;
    this.tools.frame(() => {
      this.dirty = false;
      this.publish(this.view);
    });
  }

  private saveSoon(): void {
    this.saving ??= this.tools.clock.after(SAVE_MS, () => {
      this.saving = undefined;
      void this.tools.disk.put(this.name('state'), { state: trimmed(this.view.state) } satisfies Saved);
    });
  }

  private name(what: string): string {
    return `${this.view.state.me}/${what}/${this.workspace}`;
  }

  stop(): void {
    this.saving?.();
    this.pipe?.stop();
  }
}

const newest = (run: Run): Run => {
  const messages = run.messages.slice(-RUN_KEPT);
  return { ...run, messages, atStart: run.atStart && messages.length === run.messages.length };
};

const latest = (runs: Readonly<Record<string, Run>>, most: number, when: (key: string, run: Run) => number): Record<string, Run> =>
  Object.fromEntries(
    Object.entries(runs)
      .filter(([, run]) => run.atEnd)
      .sort(([a, one], [b, other]) => when(b, other) - when(a, one))
      .slice(0, most)
      .map(([key, run]) => [key, newest(run)]),
  );

/** The newest rows of the latest channels and threads: enough to paint, small enough to keep. */
export const trimmed = (state: State): State => ({
  ...state,
  runs: latest(state.runs, RUNS_KEPT, (channel) => state.places[channel]?.lastPosition ?? 0),
  threads: latest(state.threads, THREADS_KEPT, (_, run) => run.messages.at(-1)?.changed ?? 0),
});
