/** One socket over several tabs: who holds the lock has it, the others follow by a channel between tabs. */

import type { Down, Up } from '../api/wire';
import { type Connection, Link, type Owner, type Ports } from './link';
import type { Pipe } from './ports';

type Between =
  | { kind: 'down'; frame: Down }
  | { kind: 'became'; connection: Connection }
  | { kind: 'up'; frame: Up }
  | { kind: 'late' };

/** What a tab that holds no socket says so that it is brought up to date: it asks for a first load of its own. */
export class Shared implements Pipe {
  private readonly between: BroadcastChannel | undefined;
  private link: Link | undefined;
  private stopped = false;
  private release: () => void = () => undefined;

  constructor(
    private readonly name: string,
    private readonly ports: Ports,
    private readonly owner: Owner,
    /** A follower's way to the state: one snapshot by HTTP, then the leader's frames. */
    private readonly snapshot: () => Promise<void>,
  ) {
    this.between = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name);
  }

  start(): void {
    if (!this.between || !('locks' in navigator)) {
      this.lead();
      return;
    }
    const { between } = this;
    between.onmessage = (message: MessageEvent<Between>) => this.told(message.data);
    void navigator.locks
      .request(this.name, { ifAvailable: true }, async (lock) => {
        if (lock) await this.hold();
        else void this.follow();
      })
      .catch(() => this.lead());
  }

  /** Holding ends with the tab, and the next in the queue leads. */
  private hold(): Promise<void> {
    this.lead();
    return new Promise((resolve) => {
      this.release = resolve;
      if (this.stopped) resolve();
    });
  }

  private async follow(): Promise<void> {
    await this.snapshot().catch(() => undefined);
    this.say({ kind: 'late' });
    void navigator.locks.request(this.name, async () => {
      if (!this.stopped) await this.hold();
    });
  }

  private lead(): void {
    const { owner } = this;
    this.link = new Link(this.ports, {
      hello: () => owner.hello(),
      heard: (frame) => {
        owner.heard(frame);
        this.say({ kind: 'down', frame });
      },
      goodbye: (goodbye) => owner.goodbye(goodbye),
      became: (connection) => {
        owner.became(connection);
        this.say({ kind: 'became', connection });
      },
    });
    this.link.start();
  }

  private told(message: Between): void {
    if (this.link) {
      if (message.kind === 'up') this.link.up(message.frame);
      if (message.kind === 'late') this.say({ kind: 'became', connection: this.link.connection });
      return;
    }
    if (message.kind === 'down') this.owner.heard(message.frame);
    if (message.kind === 'became') this.owner.became(message.connection);
  }

  private say(message: Between): void {
    if (!this.stopped) this.between?.postMessage(message);
  }

  again(): void {
    this.link?.again();
  }

  up(frame: Up): boolean {
    if (this.link) return this.link.up(frame);
    this.say({ kind: 'up', frame });
    return true;
  }

  stop(): void {
    this.stopped = true;
    this.link?.stop();
    this.between?.close();
    this.release();
  }
}
