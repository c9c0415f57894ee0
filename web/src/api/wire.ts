/** What crosses the wire: rows as answers and events carry them. Names and shapes are the server's. */

export type Account = string;
export type ChannelId = string;

export interface Moment {
  epoch: string;
  position: number;
}

export interface Status {
  text: string;
  emoji?: string;
  until?: string;
}

export interface Person {
  name: string;
  picture?: string;
  role: 'owner' | 'admin' | 'member' | 'guest' | 'bot';
  kind?: 'bot';
  status?: Status;
  dnd_until?: string;
  left?: boolean;
  changed: number;
}

export type People = Record<Account, Person>;

export interface Channel {
  id: ChannelId;
  kind: 'public' | 'private' | 'direct';
  name: string;
  topic: string;
  purpose: string;
  state: 'active' | 'archived';
  posting: 'everyone' | 'admins';
  default: boolean;
  members: number;
  pins: number;
  direct?: Account[];
  changed: number;
}

export interface Reaction {
  emoji: string;
  count: number;
  people: Account[];
  /** Only in answers to me. */
  mine?: boolean;
}

export interface Replies {
  count: number;
  last: number;
  last_at: string;
  people: Account[];
}

export interface Message {
  channel: ChannelId;
  thread: number;
  number: number;
  stamp: string;
  at: string;
  author: Account;
  text: string;
  changed: number;
  edited?: string;
  deleted?: string;
  pinned?: boolean;
  mentions?: { people: Account[]; all?: 'channel' | 'here' };
  replies?: Replies;
  reactions?: Reaction[];
  in_channel?: number | boolean;
  of?: { thread: number; number: number };
  /** What `of` points at; only in pages and events. */
  reply?: Message;
  system?: { kind: string; account?: Account; was?: string; is?: string };
}

export interface Page extends Moment {
  messages: Message[];
  people: People;
  first: number;
  last: number;
  target?: number;
  read?: number;
  root?: Message;
}

export interface Seat {
  channel: ChannelId;
  account: Account;
  role: 'manager' | 'member' | 'left';
  changed: number;
}

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

export interface Workspace {
  id: string;
  slug?: string;
  name: string;
  picture?: string;
  state: 'active' | 'archived';
  changed?: number;
}

export interface ChangedChannel {
  channel: ChannelId;
  image?: Channel;
  role: 'manager' | 'member';
  last_position: number;
  last_number: number;
  last_at?: string;
  read: number;
  mentions: number[];
  holes?: number[];
}

export interface ChangedThread {
  channel: ChannelId;
  thread: number;
  last_number: number;
  last_at?: string;
  read: number;
  holes?: number[];
  mentions: number[];
}

export interface Changed extends Moment {
  workspace?: Workspace;
  channels: ChangedChannel[];
  threads: ChangedThread[];
  people: People;
  left: ChannelId[];
  more?: boolean | string;
}

export interface PrivateItem {
  kind: string;
  subject: string;
  value: unknown;
  version: number;
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
