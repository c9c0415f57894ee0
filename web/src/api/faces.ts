/** The HTTP face by its nouns: each method is one endpoint of the document, so its names, body and answer are the server's. */

import { call, filled, type Told } from './http';
import type { components } from './openapi';
import type { Account, ChannelId, People } from './wire';

type Schemas = components['schemas'];

export interface List<T> {
  items: T[];
  next?: string | null;
  people?: People;
}

export type Me = Told<Schemas['Account']>;
export type Room = Told<Schemas['Room']>;
export type Who = Schemas['FromWhom'];
export type Role = Schemas['RoleName'];
export type Scope = Schemas['Scope'];
export type SetUp = Schemas['SetUp'];
export type MemberView = Told<Schemas['Member']>;
export type ThreadRow = Told<Schemas['Thread']>;

/** Where a message stands; replies have a thread. */
export interface At {
  channel: ChannelId;
  thread: number;
  number: number;
}

export const door = {
  about: () => call('get', '/about', {}),
  session: () => call('get', '/session', {}),
  signIn: (email: string, password: string) => call('post', '/session', { body: { email, password } }),
  signOut: () => call('delete', '/session', {}),
  setUp: (body: SetUp) => call('post', '/setup', { body }),
  invitation: (code: string) => call('get', '/invitations/{code}', { path: { code } }),
  accept: (code: string, body: Schemas['Accept']) => call('post', '/invitations/{code}/accept', { path: { code }, body }),
  link: (code: string) => call('get', '/links/{code}', { path: { code } }),
  useLink: (code: string, password: string) => call('post', '/links/{code}', { path: { code }, body: { password } }),
};

export const account = {
  change: (body: Schemas['AccountPatch']) => call('patch', '/account', { body }),
  password: (old: string, password: string) => call('post', '/account/password', { body: { old, password } }),
  devices: () => call('get', '/sessions', {}),
  endDevice: (id: string) => call('delete', '/sessions/{id}', { path: { id } }),
  tokens: () => call('get', '/tokens', {}),
  makeToken: (label: string, scopes: Scope[]) => call('post', '/tokens', { body: { label, scopes } }),
  endToken: (id: string) => call('delete', '/tokens/{id}', { path: { id } }),
};

export const rooms = {
  list: () => call('get', '/workspaces', {}),
  make: (name: string) => call('post', '/workspaces', { body: { name } }),
};

/** Everything inside one workspace. */
export class Team {
  constructor(readonly w: string) {}
  private get path(): { w: string } {
    return { w: this.w };
  }

  view = () => call('get', '/workspaces/{w}', { path: this.path });
  change = (body: Schemas['WorkspacePatch']) => call('patch', '/workspaces/{w}', { path: this.path, body });
  changed = () => call('get', '/workspaces/{w}/changed', { path: this.path });
  setPicture = (body: Blob) => call('put', '/workspaces/{w}/picture', { path: this.path, body });
  dropPicture = () => call('delete', '/workspaces/{w}/picture', { path: this.path });

  channels = (query: { mine?: boolean; prefix?: string; cursor?: string; archived?: boolean; limit?: number }) =>
    call('get', '/workspaces/{w}/channels', { path: this.path, query });
  channel = (c: ChannelId) => call('get', '/workspaces/{w}/channels/{c}', { path: { ...this.path, c } });
  createChannel = (body: Schemas['NewChannel']) => call('post', '/workspaces/{w}/channels', { path: this.path, body });
  direct = (members: Account[]) => this.createChannel({ kind: 'direct', members });
  changeChannel = (c: ChannelId, body: Schemas['ChannelChange']) =>
    call('patch', '/workspaces/{w}/channels/{c}', { path: { ...this.path, c }, body });
  archive = (c: ChannelId, on: boolean) =>
    call('post', on ? '/workspaces/{w}/channels/{c}/archive' : '/workspaces/{w}/channels/{c}/restore', { path: { ...this.path, c } });
  seats = (c: ChannelId, cursor?: string) =>
    call('get', '/workspaces/{w}/channels/{c}/members', { path: { ...this.path, c }, query: { cursor } });
  add = (c: ChannelId, account: Account | 'me') =>
    call('put', '/workspaces/{w}/channels/{c}/members/{account}', { path: { ...this.path, c, account }, body: {} });
  seat = (c: ChannelId, account: Account, role: Schemas['SeatRole']) =>
    call('put', '/workspaces/{w}/channels/{c}/members/{account}', { path: { ...this.path, c, account }, body: { role } });
  leave = (c: ChannelId, account: Account | 'me') =>
    call('delete', '/workspaces/{w}/channels/{c}/members/{account}', { path: { ...this.path, c, account } });
  pins = (c: ChannelId, cursor?: string) =>
    call('get', '/workspaces/{w}/channels/{c}/pins', { path: { ...this.path, c }, query: { cursor } });

  page = (c: ChannelId, thread: number, query: { before?: number; after?: number; around?: string; at?: string; limit?: number; at_least?: number; epoch?: string }) =>
    thread === 0
      ? call('get', '/workspaces/{w}/channels/{c}/messages', { path: { ...this.path, c }, query })
      : call('get', '/workspaces/{w}/channels/{c}/messages/{n}/replies', { path: { ...this.path, c, n: thread }, query });
  /** Moves the mark back: everything from the next number on is unread again. */
  unreadFrom = ({ channel: c, thread, number }: At, version: number) =>
    call('put', '/workspaces/{w}/channels/{c}/read', {
      path: { ...this.path, c },
      body: { number: Math.max(0, number - 1), back: version, ...(thread > 0 ? { thread } : {}) },
    });

  private root = ({ channel: c, number: n }: At) => ({ ...this.path, c, n });
  private reply = ({ channel: c, thread: n, number: m }: At) => ({ ...this.path, c, n, m });
  edit = (at: At, text: string) =>
    at.thread === 0
      ? call('patch', '/workspaces/{w}/channels/{c}/messages/{n}', { path: this.root(at), body: { text } })
      : call('patch', '/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}', { path: this.reply(at), body: { text } });
  remove = (at: At) =>
    at.thread === 0
      ? call('delete', '/workspaces/{w}/channels/{c}/messages/{n}', { path: this.root(at) })
      : call('delete', '/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}', { path: this.reply(at) });
  history = (at: At) =>
    at.thread === 0
      ? call('get', '/workspaces/{w}/channels/{c}/messages/{n}/history', { path: this.root(at) })
      : call('get', '/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/history', { path: this.reply(at) });
  save = (at: At, on: boolean) => {
    const method = on ? 'put' : 'delete';
    return at.thread === 0
      ? call(method, '/workspaces/{w}/channels/{c}/messages/{n}/saved', { path: this.root(at) })
      : call(method, '/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/saved', { path: this.reply(at) });
  };
  reactors = (at: At, emoji: string) =>
    at.thread === 0
      ? call('get', '/workspaces/{w}/channels/{c}/messages/{n}/reactions/{emoji}', { path: { ...this.root(at), emoji } })
      : call('get', '/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/reactions/{emoji}', { path: { ...this.reply(at), emoji } });

  /** My own rows are small, and what was done last before the page went is done. */
  keep = (kind: string, subject: string, value: unknown) =>
    call('put', '/workspaces/{w}/me/{kind}/{subject}', { path: { ...this.path, kind, subject }, body: { value }, outlives: true });
  drop = (kind: string, subject: string) =>
    call('delete', '/workspaces/{w}/me/{kind}/{subject}', { path: { ...this.path, kind, subject }, outlives: true });
  threads = (cursor?: string) => call('get', '/workspaces/{w}/threads', { path: this.path, query: { cursor } });
  mentions = (cursor?: string) => call('get', '/workspaces/{w}/mentions', { path: this.path, query: { cursor } });
  saved = (cursor?: string) => call('get', '/workspaces/{w}/saved', { path: this.path, query: { cursor } });

  members = (query: { prefix?: string; role?: Schemas['RoleName']; ids?: string; cursor?: string; limit?: number }) =>
    call('get', '/workspaces/{w}/members', { path: this.path, query });
  member = (account: Account | 'me') => call('get', '/workspaces/{w}/members/{account}', { path: { ...this.path, account } });
  changeMember = (account: Account | 'me', body: Schemas['MemberPatch']) =>
    call('patch', '/workspaces/{w}/members/{account}', { path: { ...this.path, account }, body });
  removeMember = (account: Account | 'me') =>
    call('delete', '/workspaces/{w}/members/{account}', { path: { ...this.path, account } });
  setMyPicture = (body: Blob) => call('put', '/workspaces/{w}/members/me/picture', { path: this.path, body });
  dropMyPicture = () => call('delete', '/workspaces/{w}/members/me/picture', { path: this.path });
  pictureOf = (digest: string): string => `/api/v1${filled('/workspaces/{w}/pictures/{digest}', { ...this.path, digest })}`;
  invitations = () => call('get', '/workspaces/{w}/invitations', { path: this.path });
  invite = (body: Schemas['NewInvitation']) => call('post', '/workspaces/{w}/invitations', { path: this.path, body });
  revoke = (id: string) => call('delete', '/workspaces/{w}/invitations/{id}', { path: { ...this.path, id } });
  endSessions = (account: Account) =>
    call('delete', '/workspaces/{w}/members/{account}/sessions', { path: { ...this.path, account } });
  bots = (cursor?: string) => call('get', '/workspaces/{w}/bots', { path: this.path, query: { cursor } });
  makeBot = (body: Schemas['NewBot']) => call('post', '/workspaces/{w}/bots', { path: this.path, body });
  newBotToken = (account: Account) => call('post', '/workspaces/{w}/bots/{account}/token', { path: { ...this.path, account }, body: {} });
  endBot = (account: Account) => call('delete', '/workspaces/{w}/bots/{account}', { path: { ...this.path, account } });
  audit = (cursor?: string) => call('get', '/workspaces/{w}/audit', { path: this.path, query: { cursor } });
}
