/**
 * What crosses the wire. Rows are those of the server's document (`openapi.ts` is made from it); frames of the socket stand in
 * docs/protocol.md and are written down here.
 */

import type { Told } from './http';
import type { components } from './openapi';

type Schemas = components['schemas'];

export type Account = string;
export type ChannelId = string;

export type Moment = Told<Schemas['Moment']>;
export type Status = Told<Schemas['Status']>;
export type Person = Told<Schemas['Person']>;
export type People = Record<Account, Person>;
export type Channel = Told<Schemas['Channel']>;
export type Reaction = Told<Schemas['Reacted']>;
export type Replies = Told<Schemas['Replies']>;
export type Message = Told<Schemas['Message']>;
export type Page = Told<Schemas['Page']>;
/** Who left a channel is told so by an event; lists hold nobody who did. */
export type Seat = Omit<Told<Schemas['Seat']>, 'role'> & { role: Schemas['SeatRole'] | 'left' };
export type Workspace = Told<Schemas['WorkspaceItself']>;
export type ChangedChannel = Told<Schemas['MyChannel']>;
export type ChangedThread = Told<Schemas['MyThread']>;
/** The answer of `/changed` is a part of it; the frame may be one of several. */
export type Changed = Told<Schemas['Changed']> & Moment;
export type PrivateItem = Told<Schemas['Item']>;

export interface Image {
  message?: Message;
  root?: { number: number; replies?: Replies; changed: number };
  row?: Message;
  channel?: Partial<Channel> & { id: ChannelId; changed: number };
  seat?: Seat;
  member?: Person & { account: Account };
  workspace?: Workspace;
}

export interface Event {
  position: number;
  kind: string;
  stamp: string;
  actor?: Account;
  channel?: ChannelId;
  thread?: number;
  number?: number;
  account?: Account;
  image?: Image;
  body?: unknown;
}

export type FaceState = 'here' | 'away' | 'off' | 'unknown';

export interface Faces {
  position?: number;
  people: [Account, FaceState][];
  typing: [ChannelId, number, Account][];
}

export interface Welcome extends Moment {
  session: string;
  node: string;
  ticket: string;
  /** The server's own time, µs since 1970. */
  now: string;
  private: number;
  me: Account;
  heartbeat_s: number;
  limits?: Record<string, number>;
  done: { key: string; position: number; number?: number }[];
}

export interface Done {
  key: string;
  position: number;
  stamp: string;
  number?: number;
  reply?: unknown;
}

export interface Refused {
  key: string;
  code: string;
  message: string;
  details?: Record<string, unknown>;
  retry_after?: number;
}

export interface Goodbye {
  code: number;
  message: string;
  again: 'now' | 'never' | { after_ms: number };
}

export type Down =
  | { welcome: Welcome }
  | { event: Event }
  | { changed: Changed }
  | { private: { version: number; items: PrivateItem[] } }
  | { at: { position: number; private?: number; now?: string; ticket?: string } }
  | { done: Done }
  | { refused: Refused }
  | { faces: Faces }
  | { goodbye: Goodbye };

export interface Hello {
  workspace: string;
  ticket?: string;
  epoch?: string;
  position?: number;
  private?: number;
  waiting?: string[];
}

export interface Send {
  key: string;
  channel: ChannelId;
  thread?: number;
  text: string;
  in_channel?: boolean;
}

/** One verb beside the key: `{key, react: {…}}`. */
export type Do = { key: string } & Record<string, unknown>;

export interface Mark {
  channel: ChannelId;
  thread?: number;
  number: number;
  back?: number;
}

export type Up =
  | { hello: Hello }
  | { send: Send }
  | { do: Do }
  | { mark: Mark }
  | { look: { channels: ChannelId[]; people: Account[]; idle?: boolean } }
  | { typing: { channel: ChannelId; thread?: number } }
  | { ping: { now: number } };
