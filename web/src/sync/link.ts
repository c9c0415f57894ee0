/** One socket kept alive: dialled, greeted, watched, dialled again. It knows frames, and nothing of what they mean. */

import type { Down, Goodbye, Hello, Up } from '../api/wire';
import { pauseBefore } from './backoff';
import type { Clock, Dial, Pipe, Wire } from './ports';

export type Connection =
  | { kind: 'connecting'; since: number }
  | { kind: 'live' }
  | { kind: 'reconnecting'; since: number }
  | { kind: 'waiting'; until: number }
  | { kind: 'over'; why: 'signed-out' | 'not-a-member' | 'version' };

export interface Ports {
  dial: Dial;
  clock: Clock;
  random: () => number;
}

export interface Owner {
  /** Asked at each greeting, so that it says where this device is now. */
  hello(): Hello;
  heard(frame: Down): void;
  became(connection: Connection): void;
  /** True where something was put right, so that it is worth trying again at once. */
  goodbye(goodbye: Goodbye): boolean;
}

/** Nothing heard for two heartbeats: the other end is gone, whatever the kernel says. */
const HEARTBEAT_S = 30;
const GREETING_MS = 10_000;

const never: Readonly<Record<number, 'signed-out' | 'not-a-member' | 'version'>> = {
  1: 'signed-out',
  2: 'not-a-member',
  9: 'version',
};

export class Link implements Pipe {
  private wire: Wire | undefined;
  private turn = 0;
  private live = false;
  private failures = 0;
  private heartbeatMs = HEARTBEAT_S * 1000;
  private lostAt: number | undefined;
  private told: Goodbye | undefined;
  connection: Connection = { kind: 'connecting', since: 0 };
  private stopped = false;
  private cancel: () => void = () => undefined;
  private cancelWatch: () => void = () => undefined;

  constructor(
    private readonly ports: Ports,
    private readonly owner: Owner,
  ) {}

  private become(connection: Connection): void {
    this.connection = connection;
    this.owner.became(connection);
  }

  start(): void {
    this.become({ kind: 'connecting', since: this.ports.clock.now() });
    this.dial();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
    this.cancelWatch();
    this.wire?.close();
    this.wire = undefined;
  }

  /** The network is back, or a person does not want to wait. */
  again(): void {
    if (this.stopped || this.wire) return;
    this.cancel();
    this.dial();
  }

  up(frame: Up): boolean {
    if (!this.live || !this.wire) return false;
    this.wire.send(JSON.stringify(frame));
    return true;
  }

  private dial(): void {
    this.told = undefined;
    // What an older socket still says is not heard.
    this.turn += 1;
    const turn = this.turn;
    const current = (): boolean => this.turn === turn && this.wire !== undefined;
    this.wire = this.ports.dial({
      opened: () => {
        if (current()) this.wire?.send(JSON.stringify({ hello: this.owner.hello() }));
      },
      text: (text) => {
        if (current()) this.heard(text);
      },
      closed: () => {
        if (current()) this.closed();
      },
    });
    this.watch(GREETING_MS);
  }

  private watch(ms: number): void {
    this.cancelWatch();
    this.cancelWatch = this.ports.clock.after(ms, () => {
      const silent = this.wire;
      this.wire = undefined;
      silent?.close();
      this.closedAs();
    });
  }

  private heard(text: string): void {
    let frame: Down;
    try {
      frame = JSON.parse(text) as Down;
    } catch {
      return;
    }
    if (typeof frame !== 'object' || frame === null) return;
    if ('goodbye' in frame) {
      const { goodbye } = frame;
      this.told = this.owner.goodbye(goodbye) ? { ...goodbye, code: 0, again: 'now' } : goodbye;
      return;
    }
    if ('welcome' in frame) {
      this.heartbeatMs = Math.max(1, frame.welcome.heartbeat_s || HEARTBEAT_S) * 1000;
      this.live = true;
      this.failures = 0;
      this.lostAt = undefined;
      this.become({ kind: 'live' });
    }
    this.watch(this.heartbeatMs * 2);
    this.owner.heard(frame);
  }

  private closed(): void {
    this.wire = undefined;
    this.closedAs();
  }

  private closedAs(): void {
    this.cancelWatch();
    this.live = false;
    if (this.stopped) return;
    const { clock, random } = this.ports;
    const over = this.told && never[this.told.code];
    if (over) {
      this.stopped = true;
      this.become({ kind: 'over', why: over });
      return;
    }
    this.lostAt ??= clock.now();
    const again = this.told?.again;
    const told = typeof again === 'object' ? again.after_ms : undefined;
    const pause = told ?? (again === 'now' ? Math.round(random() * 1000) : pauseBefore(this.failures, random));
    this.failures += 1;
    this.become(
      told !== undefined && told > 2_000
        ? { kind: 'waiting', until: clock.now() + told }
        : { kind: 'reconnecting', since: this.lostAt },
    );
    this.cancel = clock.after(pause, () => this.dial());
  }
}
