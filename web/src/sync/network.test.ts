/** A network that drops, doubles, turns around and closes, against the engine: nothing lost, nothing twice, in order. */

import { describe, expect, it } from 'vitest';

import type { Down, Page, Up } from '../api/wire';
import { memory } from './disk';
import { Engine, type View, type Window } from './engine';
import { ADA, BOB, GENERAL, message } from './fixtures';
import { Link } from './link';
import type { Clock, Heard } from './ports';

const OTHER = 'other';

/** Time that goes only when a test says so. */
class FakeClock implements Clock {
  private at = 1_000_000;
  private waiting: { at: number; work: () => void }[] = [];
  now(): number {
    return this.at;
  }
  after(ms: number, work: () => void): () => void {
    const one = { at: this.at + ms, work };
    this.waiting.push(one);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== one);
    };
  }
  go(ms: number): void {
    const until = this.at + ms;
    for (;;) {
      const next = this.waiting.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.at = next.at;
      this.waiting = this.waiting.filter((one) => one !== next);
      next.work();
    }
    this.at = until;
  }
}

const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Keeps every key once, tells everyone in order; its sockets are as bad as the seed says. */
class Server {
  readonly kept: { key: string; text: string }[] = [];
  private heard: Heard | undefined;
  private greeted = false;
  constructor(
    private readonly dice: () => number,
    private readonly clock: FakeClock,
  ) {}

  dial = (heard: Heard) => {
    this.heard = heard;
    this.greeted = false;
    const alive = (): boolean => this.heard === heard;
    this.clock.after(1, () => alive() && heard.opened());
    return {
      send: (text: string) => {
        if (!alive()) return;
        if (this.dice() < 0.1) this.close();
        else this.take(JSON.parse(text) as Up);
      },
      close: () => {
        if (alive()) this.heard = undefined;
      },
    };
  };

  close(): void {
    const { heard } = this;
    this.heard = undefined;
    heard?.closed(1006);
  }

  private down(frame: Down): void {
    if (!this.greeted) return;
    // What was sent before the line broke may or may not arrive.
    if (this.dice() < 0.08) this.close();
    else this.heard?.text(JSON.stringify(frame));
  }

  private row(at: number) {
    const one = this.kept[at];
    return message(at + 1, { author: one?.key === OTHER ? BOB : ADA, text: one?.text ?? '', changed: at + 1 });
  }

  /** Somebody else says something. */
  other(text: string): void {
    const at = this.kept.push({ key: OTHER, text }) - 1;
    this.down(this.event(at));
  }

  /** As it was when it was asked for, or as it is when it comes. */
  page(window: Window): Page {
    const all = this.kept.map((_, at) => this.row(at));
    const part = 'after' in window ? all.filter((row) => row.number > window.after).slice(0, 7) : 'before' in window ? all.filter((row) => row.number < window.before).slice(-7) : 'around' in window && window.around !== 'unread' ? all.slice(window.around - 4, window.around + 3) : all.slice(-7);
    return { epoch: '1', position: all.length, messages: part, people: {}, first: 1, last: all.length };
  }

  private event(at: number): Down {
    const row = this.row(at);
    return { event: { position: at + 1, kind: 'message.sent', stamp: row.stamp, actor: row.author, channel: GENERAL, thread: 0, number: at + 1, image: { message: row } } };
  }

  private take(frame: Up): void {
    if ('hello' in frame) this.greet(frame.hello.position, frame.hello.waiting ?? []);
    if (!('send' in frame)) return;
    const { key, text } = frame.send;
    let at = this.kept.findIndex((one) => one.key === key);
    const isNew = at < 0;
    if (isNew) at = this.kept.push({ key, text }) - 1;
    this.down({ done: { key, position: at + 1, stamp: '1', number: at + 1 } });
    if (isNew) this.down(this.event(at));
  }

  private greet(position: number | undefined, waiting: string[]): void {
    this.greeted = true;
    const done = waiting.flatMap((key) => {
      const at = this.kept.findIndex((one) => one.key === key);
      return at < 0 ? [] : [{ key, position: at + 1, number: at + 1 }];
    });
    const last = this.kept.length;
    this.down({
      welcome: { session: 's', node: 'n', ticket: 't', now: String(this.clock.now() * 1000), epoch: '1', position: last, private: 0, me: ADA, heartbeat_s: 30, done },
    });
    if (position === undefined) {
      this.down({
        changed: { epoch: '1', position: last, people: {}, threads: [], left: [], channels: [{ channel: GENERAL, role: 'member', last_at: '2026-01-01T00:00:00Z', last_position: last, last_number: last, read: last, mentions: [] }] },
      });
    } else for (let at = position; at < last; at += 1) this.down(this.event(at));
    this.down({ at: { position: last } });
  }
}

const storm = (seed: number) => {
  const dice = random(seed);
  const clock = new FakeClock();
  const server = new Server(dice, clock);
  let view: View | undefined;
  const chance = random(seed + 1_000_000);
  const engine = new Engine('w', ADA, {
    clock,
    disk: memory(),
    random: dice,
    bytes: (into) => into.forEach((_, at) => (into[at] = Math.floor(chance() * 256))),
    frame: (work) => work(),
    arrived: () => undefined,
    pages: (_, window) => {
      const early = server.page(window);
      return new Promise((resolve) => clock.after(Math.floor(chance() * 2_000), () => resolve(chance() < 0.5 ? early : server.page(window))));
    },
  }, (fresh) => (view = fresh));
  const link = new Link({ dial: server.dial, clock, random: dice }, engine as never);
  engine.pipe = link;
  link.start();
  clock.go(10);
  return { dice, clock, server, engine, link, view: () => view as View };
};

/** A line that loses nothing, to somewhere so much was said; pages come when `come` says so, and what there is is known once it has begun. */
const calm = (said: number, come: (page: Page, window: Window) => Promise<Page>) => {
  const clock = new FakeClock();
  const server = new Server(() => 0.5, clock);
  for (let at = 0; at < said; at += 1) server.other(`other ${at}`);
  let view: View | undefined;
  const tools = { clock, disk: memory(), random: () => 0.5, bytes: () => undefined, frame: (work: () => void) => work(), arrived: () => undefined };
  const engine = new Engine('w', ADA, { ...tools, pages: (_, window) => come(server.page(window), window) }, (fresh) => (view = fresh));
  const begin = (): void => {
    const link = new Link({ dial: server.dial, clock, random: () => 0.5 }, engine as never);
    engine.pipe = link;
    link.start();
    clock.go(10);
  };
  return { engine, view: () => view, begin };
};

describe('a bad network', () => {
  it('every message written is kept once, in the order it was written, over 300 storms', async () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const { dice, clock, server, engine, view } = storm(seed);
      const loaded = engine.load(GENERAL, 0, { latest: true });
      clock.go(2_000);
      await loaded;
      const written: string[] = [];
      for (let at = 0; at < 20; at += 1) {
        const text = `text ${at}`;
        written.push(text);
        engine.send({ channel: GENERAL, thread: 0, text, inChannel: false });
        if (dice() < 0.2) server.close();
        clock.go(Math.floor(dice() * 3_000));
      }
      for (let rest = 0; rest < 400 && view().outbox.length > 0; rest += 1) clock.go(5_000);
      expect(view().outbox, `seed ${seed}`).toEqual([]);
      expect(server.kept.map((one) => one.text), `seed ${seed}`).toEqual(written);
    }
  });

  it('what others say is in the run once and in order, however pages and events cross, over 200 storms', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { dice, clock, server, engine, view } = storm(seed + 10_000);
      const run = () => view().state.runs[GENERAL];
      let pending = 0;
      /** As an open channel does: it asks for the end where it does not reach it. */
      const look = (): void => {
        if (pending > 0 || run()?.atEnd) return;
        pending += 1;
        const last = run()?.messages.at(-1)?.number;
        void engine.load(GENERAL, 0, last === undefined ? { latest: true } : { after: last }).finally(() => (pending -= 1));
      };
      const rest = async (ms: number): Promise<void> => {
        clock.go(ms);
        for (let at = 0; at < 8; at += 1) await Promise.resolve();
      };
      for (let at = 0; at < 40; at += 1) {
        if (dice() < 0.5) server.other(`other ${at}`);
        else engine.send({ channel: GENERAL, thread: 0, text: `own ${at}`, inChannel: false });
        if (dice() < 0.15) server.close();
        look();
        await rest(Math.floor(dice() * 1_500));
      }
      for (let at = 0; at < 400 && (view().outbox.length > 0 || view().state.position < server.kept.length || !run()?.atEnd || pending > 0); at += 1) {
        look();
        await rest(5_000);
      }
      const numbers = run()?.messages.map((row) => row.number) ?? [];
      const first = numbers[0] ?? 0;
      expect(run()?.messages.map((row) => row.text), `seed ${seed}`).toEqual(server.kept.slice(first - 1).map((one) => one.text));
    }
  });

  it('a page asked for before the line says what there is waits for that, and is asked for once', async () => {
    let asked = 0;
    const { engine, view, begin } = calm(3, (page) => {
      asked += 1;
      return Promise.resolve(page);
    });
    engine.ahead(GENERAL, { latest: true });
    const looked = engine.load(GENERAL, 0, { latest: true });
    await Promise.resolve();
    expect(view()?.state.runs[GENERAL]).toBeUndefined();
    begin();
    await looked;
    expect(view()?.state.runs[GENERAL]?.messages.map((row) => row.text)).toEqual(['other 0', 'other 1', 'other 2']);
    expect(asked).toBe(1);
  });

  it('a page that goes on where one looks no longer is let pass', async () => {
    let comes: () => void = () => undefined;
    const { engine, view, begin } = calm(300, (page, window) => ('before' in window ? new Promise((resolve) => (comes = () => resolve(page))) : Promise.resolve(page)));
    begin();
    const numbers = (): number[] => view()?.state.runs[GENERAL]?.messages.map((row) => row.number) ?? [];
    await engine.load(GENERAL, 0, { latest: true });
    const older = engine.load(GENERAL, 0, { before: numbers()[0] as number });
    await engine.load(GENERAL, 0, { around: 20 });
    const looked = numbers();
    expect(looked).toContain(20);
    comes();
    await older;
    expect(numbers()).toEqual(looked);
  });

  it('a line that says nothing for two heartbeats is given up and dialled again', () => {
    const { clock, view, engine } = storm(4_242);
    clock.go(120_000);
    engine.send({ channel: GENERAL, thread: 0, text: 'still here', inChannel: false });
    clock.go(120_000);
    expect(view().outbox).toEqual([]);
  });
});
