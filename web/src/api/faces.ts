/** The HTTP face by its nouns. Shapes that rows share stand in `wire`; these are the answers around them. */

import { ask, get, patch, post, put, remove } from './http';
import type { Account, Channel, ChannelId, Message, Moment, Page, People, Person, PrivateItem, Seat } from './wire';

export interface List<T> {
  items: T[];
  next: string | null;
  people?: People;
}

export interface About {
  set_up: boolean;
  name: string;
  version: string;
  sign_in: string[];
  sign_up: string;
}

export interface Me {
  id: Account;
  name: string;
  kind: 'person' | 'bot';
  email?: string;
  operator?: boolean;
}

export interface Room {
  id: string;
  slug: string;
  name: string;
  picture?: string;
  role: Person['role'];
  state: 'active' | 'archived';
  unread: number;
  mentions: number;
  sign_in_again?: boolean;
}

export type Who = 'members' | 'admins' | 'owners';

export interface Settings {
  edit_s: number;
  keep_deleted: boolean;
  rights: { create_channels: Who; shout: Who; invite: Who; make_bots: Who };
}

export interface WorkspaceView {
  id: string;
  slug: string;
  name: string;
  picture?: string;
  state: 'active' | 'archived';
  role: Person['role'];
  settings: Settings;
  default_channels?: ChannelId[];
  members?: number;
  channels?: number;
  changed: number;
}

export interface SignedIn {
  account: Me;
  workspaces: Room[];
}

export interface SetUp {
  code: string;
  email: string;
  password: string;
  name: string;
  workspace: string;
  slug?: string;
}

export interface InvitationView {
  workspace: { id?: string; name: string; slug?: string; picture?: string };
  role: string;
  by?: string | { name: string };
}

export interface Invitation {
  id: string;
  role: Person['role'];
  uses_left?: number | null;
  expires?: string;
  state?: string;
  by?: Account;
  channels?: ChannelId[];
}

export interface Device {
  id: string;
  agent: string;
  address: string;
  created: string;
  seen: string;
  current?: boolean;
}

export interface Token {
  id: string;
  label: string;
  scopes: string[];
  created: string;
  seen?: string;
  token?: string;
}

export interface MemberView extends Person {
  account: Account;
  title?: string;
  time_zone?: string;
}

export interface ChannelView extends Channel {
  seat?: Pick<Seat, 'role'> & { read?: number; unread?: number };
}

export interface AuditRow {
  position: number;
  at: string;
  actor?: Account;
  what: string;
  detail: unknown;
}

export interface ThreadRow {
  channel: ChannelId;
  thread: number;
  root: Message;
  last?: Message;
  unread?: number;
}

/** A row of `mentions`, `saved` or `notifications`: a message and how it came to be there. */
export interface Found {
  message: Message;
  position?: number;
  kind?: string;
}

export const door = {
  about: () => get<About>('/about'),
  session: () => get<SignedIn>('/session'),
  signIn: (email: string, password: string) => post<SignedIn>('/session', { email, password }),
  signOut: () => remove<void>('/session'),
  setUp: (body: SetUp) => post<{ account: Me | Account; workspace: { id: string; slug: string } }>('/setup', body),
  invitation: (code: string) => get<InvitationView>(`/invitations/${encodeURIComponent(code)}`),
  accept: (code: string, body: { email?: string; password?: string; name?: string }) =>
    post<{ workspace: { id: string; slug: string } | string }>(`/invitations/${encodeURIComponent(code)}/accept`, body),
  link: (code: string) => get<{ account: { name: string; email?: string } }>(`/links/${encodeURIComponent(code)}`),
  useLink: (code: string, password: string) => post<unknown>(`/links/${encodeURIComponent(code)}`, { password }),
};

export const account = {
  change: (body: { name?: string }) => patch<Me>('/account', body),
  password: (old: string, password: string) => post<void>('/account/password', { old, password }),
  devices: () => get<List<Device>>('/sessions'),
  endDevice: (id: string) => remove<void>(`/sessions/${id}`),
  tokens: () => get<List<Token>>('/tokens'),
  makeToken: (label: string, scopes: string[]) => post<Token>('/tokens', { label, scopes }),
  endToken: (id: string) => remove<void>(`/tokens/${id}`),
};

export const rooms = {
  list: () => get<List<Room>>('/workspaces'),
  make: (name: string) => post<{ id: string; slug: string }>('/workspaces', { name }),
};

/** Everything inside one workspace. */
export class Team {
  constructor(readonly w: string) {}
  private at(rest: string): string {
    return `/workspaces/${encodeURIComponent(this.w)}${rest}`;
  }
  view = () => get<WorkspaceView>(this.at(''));
  change = (body: Partial<{ name: string; settings: Partial<Settings> }>) => patch<WorkspaceView>(this.at(''), body);

  channels = (query: { mine?: boolean; prefix?: string; cursor?: string; archived?: boolean; limit?: number }) =>
    get<List<ChannelView>>(this.at('/channels'), query);
  channel = (c: ChannelId) => get<Channel & Moment>(this.at(`/channels/${c}`));
  createChannel = (body: { kind: 'public' | 'private'; name: string; topic?: string; members?: Account[] }) =>
    post<Channel & Moment>(this.at('/channels'), body);
  direct = (members: Account[]) => post<Channel & Moment>(this.at('/channels'), { kind: 'direct', members });
  changeChannel = (c: ChannelId, body: Partial<Pick<Channel, 'name' | 'topic' | 'purpose' | 'posting'>> & { kind?: 'private' }) =>
    patch<Channel & Moment>(this.at(`/channels/${c}`), body);
  archive = (c: ChannelId, on: boolean) => post<unknown>(this.at(`/channels/${c}/${on ? 'archive' : 'restore'}`));
  seats = (c: ChannelId, cursor?: string) => get<List<Seat>>(this.at(`/channels/${c}/members`), { cursor });
  add = (c: ChannelId, who: Account | 'me') => put<unknown>(this.at(`/channels/${c}/members/${who}`));
  leave = (c: ChannelId, who: Account | 'me') => remove<unknown>(this.at(`/channels/${c}/members/${who}`));
  pins = (c: ChannelId, cursor?: string) => get<List<Message>>(this.at(`/channels/${c}/pins`), { cursor });

  page = (c: ChannelId, thread: number, query: Record<string, string | number | undefined>) =>
    get<Page>(this.at(thread === 0 ? `/channels/${c}/messages` : `/channels/${c}/messages/${thread}/replies`), query);
  message = (c: ChannelId, thread: number, number: number, rest = '') =>
    this.at(thread === 0 ? `/channels/${c}/messages/${number}${rest}` : `/channels/${c}/messages/${thread}/replies/${number}${rest}`);
  history = (c: ChannelId, thread: number, number: number) =>
    get<List<{ text: string; at: string }>>(this.message(c, thread, number, '/history'));
  reactors = (c: ChannelId, thread: number, number: number, emoji: string) =>
    get<List<{ account: Account }>>(this.message(c, thread, number, `/reactions/${encodeURIComponent(emoji)}`));

  keep = (kind: string, subject: string, value: unknown) =>
    put<{ version: number } & Partial<PrivateItem>>(this.at(`/me/${kind}/${encodeURIComponent(subject)}`), { value });
  drop = (kind: string, subject: string) =>
    remove<{ version: number }>(this.at(`/me/${kind}/${encodeURIComponent(subject)}`));
  threads = (cursor?: string) => get<List<ThreadRow>>(this.at('/threads'), { cursor });
  mentions = (cursor?: string) => get<List<Found>>(this.at('/mentions'), { cursor });
  saved = (cursor?: string) => get<List<Found>>(this.at('/saved'), { cursor });

  members = (query: { prefix?: string; role?: string; ids?: string; cursor?: string; limit?: number }) =>
    get<List<MemberView>>(this.at('/members'), query);
  member = (who: Account | 'me') => get<MemberView>(this.at(`/members/${who}`));
  changeMember = (who: Account | 'me', body: Record<string, unknown>) => patch<MemberView>(this.at(`/members/${who}`), body);
  removeMember = (who: Account | 'me') => remove<unknown>(this.at(`/members/${who}`));
  picture = (file: Blob) => ask<unknown>('PUT', this.at('/members/me/picture'), { body: file });
  pictureOf = (digest: string) => `/api/v1${this.at(`/pictures/${digest}`)}`;
  invitations = () => get<List<Invitation>>(this.at('/invitations'));
  invite = (body: { role?: string; uses?: number; expires_s?: number; channels?: ChannelId[] }) =>
    post<{ id: string; code: string; url: string }>(this.at('/invitations'), body);
  revoke = (id: string) => remove<unknown>(this.at(`/invitations/${id}`));
  audit = (cursor?: string) => get<List<AuditRow>>(this.at('/audit'), { cursor });
  changed = (query: { epoch?: string; since?: number; cursor?: string }) => get<unknown>(this.at('/changed'), query);
}
