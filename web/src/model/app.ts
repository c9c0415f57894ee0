/** The page as a whole: who is signed in, where they are, what is said to them in passing. */

import { createSignal } from 'solid-js';

import { door, type Me, rooms, type Room } from '../api/faces';
import { Problem, UNREACHABLE } from '../api/http';
import { openDisk } from '../sync/disk';
import { read, type Route, write } from './route';

export type Session =
  | { kind: 'asking' }
  | { kind: 'unreachable' }
  | { kind: 'fresh' }
  | { kind: 'out' }
  | { kind: 'in'; me: Me; rooms: readonly Room[] };

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
  act?: { label: string; run: () => void };
}

const TOASTS_MAX = 3;
const ROOMS_MS = 60_000;
const AGAIN_MS = 3_000;

const [session, setSession] = createSignal<Session>({ kind: 'asking' });
const [route, setRoute] = createSignal<Route>(read(new URL(location.href)));
/** How often somebody went where they were already: a link to what one has left by hand leads there again. */
const [revisits, setRevisits] = createSignal(0);
const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
let lastToast = 0;

export { revisits, route, session, toasts };

/** Goes somewhere; `replace` where going back should not come here again. */
export const go = (to: Route, replace = false): void => {
  const path = write(to);
  if (path === location.pathname + location.search) setRevisits((known) => known + 1);
  else if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  setRoute(read(new URL(location.href)));
};

/** A path of ours out of a link or an address typed by hand. */
export const goTo = (path: string): void => {
  // Only what stays on this page's own origin.
  const url = new URL(path, location.origin);
  go(url.origin === location.origin ? read(url) : { kind: 'root' });
};

export const back = (): void => history.back();

export const say = (text: string, tone: Toast['tone'] = 'plain', act?: Toast['act']): void => {
  lastToast += 1;
  const toast: Toast = { id: lastToast, text, tone, ...(act ? { act } : {}) };
  setToasts((known) => [...known, toast].slice(-TOASTS_MAX));
};

export const unsay = (id: number): void => {
  setToasts((known) => known.filter((toast) => toast.id !== id));
};

/** What went wrong, in the server's own words. */
export const sayProblem = (error: unknown): void => {
  if (error instanceof Problem && error.code === 'signed_out') {
    signedOut();
    return;
  }
  say(error instanceof Error ? error.message : String((error as { message?: string }).message ?? error), 'bad');
};

/** Who was here last: painted before the server says so, and all there is to go by without one. */
const LAST = 'session';
type Last = Pick<Extract<Session, { kind: 'in' }>, 'me' | 'rooms'>;

const remember = async (last: Last): Promise<void> => (await openDisk()).put(LAST, last);

/** What others wrote does not stay in this browser; what I wrote and could not send does. */
export const signedOut = (): void => {
  const known = session();
  if (known.kind === 'in') void forget(known.me.id);
  setSession({ kind: 'out' });
};

const forget = async (account: string): Promise<void> => {
  const disk = await openDisk();
  await Promise.all([disk.remove(`${account}/state/`), disk.remove(LAST)]);
};

/** What the last visit left is read while the server is asked. */
let recalled: Promise<void> = Promise.resolve();

const recall = async (): Promise<void> => {
  const last = await (await openDisk()).get<Last>(LAST);
  if (last) setSession((known) => (known.kind === 'asking' ? { kind: 'in', ...last } : known));
};

/** Who am I? Asked at the start and after every door. */
export const enter = async (): Promise<void> => {
  try {
    const { account, workspaces } = await door.session();
    const last = { me: account, rooms: workspaces };
    setSession({ kind: 'in', ...last });
    void remember(last);
  } catch (error) {
    await recalled;
    if (error instanceof Problem && error.code === UNREACHABLE) {
      setSession((known) => (known.kind === 'asking' ? { kind: 'unreachable' } : known));
      setTimeout(() => void enter(), AGAIN_MS);
      return;
    }
    if (session().kind === 'in') {
      // Somebody else may sign in here next.
      if (error instanceof Problem && error.status === 401) signedOut();
      return;
    }
    const about = await door.about().catch(() => undefined);
    setSession(about && !about.set_up ? { kind: 'fresh' } : { kind: 'out' });
  }
};

export const leave = async (): Promise<void> => {
  await door.signOut().catch(() => undefined);
  signedOut();
  go({ kind: 'sign-in' });
};

/** The counts of the other workspaces, once a minute while somebody looks. */
const refreshRooms = async (): Promise<void> => {
  const known = session();
  if (known.kind !== 'in' || document.hidden) return;
  const { items } = await rooms.list();
  setSession({ ...known, rooms: items });
};

export const start = (): void => {
  addEventListener('popstate', () => setRoute(read(new URL(location.href))));
  setInterval(() => void refreshRooms().catch(() => undefined), ROOMS_MS);
  recalled = recall().catch(() => undefined);
  void enter();
};

export const roomNamed = (name: string): Room | undefined => {
  const known = session();
  return known.kind === 'in' ? known.rooms.find((room) => room.slug === name || room.id === name) : undefined;
};
