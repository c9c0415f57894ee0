/** The open workspace, as views look at it: slices of one state, each drawn again only when it changed. */

import { type Accessor, createContext, createMemo, createSignal, on, onCleanup, untrack, useContext } from 'solid-js';

import { type Me, type Room, Team as Face } from '../api/faces';
import type { Account, Channel, ChannelId, Down, FaceState, Message, People } from '../api/wire';
import { openDisk } from '../sync/disk';
import { Engine, type View, type Window } from '../sync/engine';
import { dialer, realClock } from '../sync/ports';
import { mentionsOf, type Place, type State, unreadOf } from '../sync/state';
import { Shared } from '../sync/tabs';
import { empty } from '../sync/state';
import { route, sayProblem } from './app';
import { Drafts } from './drafts';
import { nameOf, titleOf } from './people';
import { wordsOf } from './ring';
import { t } from '../texts';

export interface Team {
  room: Room;
  me: Account;
  face: Face;
  engine: Engine;
  drafts: Drafts;
  view: Accessor<View>;
  /** The message that came last, live. */
  arrived: Accessor<Message | undefined>;
  state: Accessor<State>;
  people: Accessor<People>;
  name: (account: Account | undefined) => string;
  title: (channel: Channel) => string;
  /** In a sentence: `#towers`, or whom it is with. */
  place: (channel: Channel) => string;
  /** Where the workspace's own picture is served. */
  picture: Accessor<string | undefined>;
  channel: (id: ChannelId | undefined) => Channel | undefined;
  presence: (account: Account) => FaceState | 'dnd';
  isMuted: (channel: ChannelId) => boolean;
  /** My own words, that ring like my name. */
  words: Accessor<readonly string[]>;
  again: () => void;
}

const Context = createContext<Team>();

export const TeamProvider = Context.Provider;

export const useTeam = (): Team => {
  const team = useContext(Context);
  if (!team) throw new Error('no workspace is open here');
  return team;
};

/** The same parts, watched one by one: who looks at the places is not asked again because somebody types. */
const apart = <T extends object>(whole: Accessor<T>, names: readonly (keyof T)[]): T => {
  const parts = {} as T;
  for (const name of names) Object.defineProperty(parts, name, { get: createMemo(() => whole()[name]), enumerable: true });
  return parts;
};

const VIEW: readonly (keyof View)[] = ['state', 'outbox', 'connection', 'faces', 'typing', 'ready', 'behind'];
const STATE: readonly (keyof State)[] = [
  'me', 'epoch', 'position', 'version', 'workspace', 'channels', 'places', 'people', 'runs', 'threads', 'followed', 'kept',
];

const windowQuery = (window: Window): Record<string, string | number> => ('latest' in window ? {} : window);

/** What the address names is asked for at once: it need not wait until the line has told what there is. */
const ahead = (engine: Engine, slug: string): void => {
  const now = untrack(route);
  if (now.kind !== 'place' || !now.channel || now.workspace !== slug) return;
  engine.ahead(now.channel, now.number === undefined ? { around: 'unread' } : { around: now.number });
};

/** Drafts of this workspace, brought to safety whenever the page may go: some browsers say only that it is hidden. */
const openDrafts = (engine: Engine, face: Face, name: string): Drafts => {
  const drafts = new Drafts(`${name}/draft/`, {
    keep: (subject, text) => (text === '' ? face.drop('draft', subject) : face.keep('draft', subject, { text })),
    show: (subject, text) => engine.privately(0, [{ kind: 'draft', subject, value: text === '' ? null : { text }, version: 0 }]),
    version: () => engine.version,
    storage: localStorage,
    problem: sayProblem,
  });
  const leave = (): void => drafts.leave();
  const hidden = (): void => {
    if (document.hidden) leave();
  };
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', hidden);
  onCleanup(() => {
    removeEventListener('pagehide', leave);
    document.removeEventListener('visibilitychange', hidden);
    leave();
  });
  return drafts;
};

/** Opens a workspace: what the disk has is shown first, then the socket tells what changed. */
export const openTeam = (room: Room, me: Me): Team => {
  const face = new Face(room.id);
  const [whole, setView] = createSignal<View>({
    state: empty(me.id),
    outbox: [],
    connection: { kind: 'connecting', since: Date.now() },
    faces: {},
    typing: [],
    ready: false,
    behind: 0,
  });
  const [arrived, setArrived] = createSignal<Message>();
  let frame = 0;
  const bytes = (into: Uint8Array): void => {
    crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
  };
  const ready = openDisk();
  const engine = new Engine(
    room.id,
    me.id,
    {
      clock: realClock,
      // Until the cupboard is open nothing is asked of it: `wake` waits.
      disk: {
        get: async (name) => (await ready).get(name),
        put: async (name, value) => (await ready).put(name, value),
        remove: async (prefix) => (await ready).remove(prefix),
      },
      pages: ({ channel, thread }, window, fresh) =>
        face.page(channel, thread, { ...windowQuery(window), limit: 50, ...(fresh ?? {}) }),
      random: Math.random,
      bytes,
      frame: (work) => {
        // A hidden page draws nothing, but its title and badge must move.
        if (document.hidden) setTimeout(work, 50);
        else frame = requestAnimationFrame(work);
      },
      arrived: setArrived,
    },
    setView,
  );
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const name = `rookery/${me.id}/${room.id}`;
  const drafts = openDrafts(engine, face, name);
  const heard = (down: Down): void => {
    engine.heard(down);
    drafts.heard(down);
  };
  const pipe = new Shared(
    name,
    { dial: dialer(`${scheme}://${location.host}/api/v1/socket`), clock: realClock, random: Math.random },
    { hello: () => engine.hello(), heard, became: (line) => engine.became(line), goodbye: (word) => engine.goodbye(word) },
    async () => heard({ changed: await face.changed() }),
  );
  engine.pipe = pipe;
  void engine.wake().finally(() => {
    drafts.wake();
    pipe.start();
    ahead(engine, room.slug);
  });
  const online = (): void => pipe.again();
  addEventListener('online', online);
  onCleanup(() => {
    removeEventListener('online', online);
    cancelAnimationFrame(frame);
    engine.stop();
  });

  const view = apart(whole, VIEW);
  const state = apart(() => view.state, STATE);
  const people = (): People => state.people;
  // Whatever else is kept changes more often than these.
  const muted = createMemo(() => state.kept['mute']);
  const words = createMemo(on(createMemo(() => state.kept['preference']), () => wordsOf(state.kept)));
  return {
    room,
    me: me.id,
    face,
    engine,
    drafts,
    view: () => view,
    arrived,
    state: () => state,
    people,
    name: (account) => nameOf(account ? people()[account] : undefined, t('person.unknown')),
    place: (channel) => `${channel.kind === 'direct' ? '' : '#'}${titleOf(channel, people(), me.id, t('person.unknown'))}`,
    title: (channel) => titleOf(channel, people(), me.id, t('person.unknown')),
    picture: () => {
      const known = state.workspace;
      const digest = known ? known.picture : room.picture;
      return digest ? face.pictureOf(digest) : undefined;
    },
    channel: (id) => (id ? state.channels[id] : undefined),
    presence: (account) => {
      const until = people()[account]?.dnd_until;
      if (until && Date.parse(until) > Date.now()) return 'dnd';
      return account === me.id ? 'here' : (view.faces[account] ?? 'unknown');
    },
    words,
    isMuted: (channel) => muted()?.[channel] !== undefined,
    again: () => pipe.again(),
  };
};

export interface Count {
  unread: number;
  mentions: number;
}

const NONE: Count = { unread: 0, mentions: 0 };

export const countOf = (place: Place | undefined): Count =>
  place ? { unread: unreadOf(place), mentions: mentionsOf(place) } : NONE;

/** What the page's title and badge say: mentions and directs, muted ones only when they name me. */
export const totalOf = (state: State): Count => {
  const muted = state.kept['mute'] ?? {};
  return Object.entries(state.places).reduce<Count>((sum, [id, place]) => {
    const count = countOf(place);
    const isDirect = state.channels[id]?.kind === 'direct';
    const isMuted = muted[id] !== undefined;
    return {
      unread: sum.unread + (isMuted ? 0 : count.unread),
      mentions: sum.mentions + (isDirect && !isMuted ? count.unread : count.mentions),
    };
  }, NONE);
};
