/** What the outside gives to `sync`, so that a test can be the network and the clock. */

import type { Down, Up } from '../api/wire';

export interface Clock {
  now(): number;
  after(ms: number, work: () => void): () => void;
}

/** One dialled socket. */
export interface Wire {
  send(text: string): void;
  close(): void;
}

export interface Heard {
  opened(): void;
  text(text: string): void;
  closed(code: number): void;
}

export type Dial = (heard: Heard) => Wire;

/** Where frames go and come from: a socket of one's own, or the tab that has one. */
export interface Pipe {
  up(frame: Up): boolean;
  stop(): void;
}

export type Listen = (frame: Down) => void;

export const realClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** A browser's socket. */
export const dialer =
  (url: string): Dial =>
  (heard) => {
    const socket = new WebSocket(url, 'rookery.1.json');
    socket.onopen = () => heard.opened();
    socket.onmessage = (message) => {
      if (typeof message.data === 'string') heard.text(message.data);
    };
    socket.onclose = (closed) => heard.closed(closed.code);
    return {
      send: (text) => socket.send(text),
      close: () => socket.close(),
    };
  };
