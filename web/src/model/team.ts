/** The open workspace, as views look at it: slices of one state, each drawn again only when it changed. */

import { type Accessor, createContext, createMemo, createSignal, onCleanup, useContext } from 'solid-js';

import { type Me, type Room, Team as Face } from '../api/faces';
import type { Account, Channel, ChannelId, FaceState, Message, People } from '../api/wire';
import { openDisk } from '../sync/disk';
import { Engine, type View, type Window } from '../sync/engine';
import { dialer, realClock } from '../sync/ports';
import { mentionsOf, type Place, type State, unreadOf } from '../sync/state';
import { Shared } from '../sync/tabs';
import { empty } from '../sync/state';
import { nameOf, titleOf } from './people';
import { wordsOf } from './ring';
import { t } from '../texts';

export interface Team {
  room: Room;
  me: Account;
  face: Face;
  engine: Engine;
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

const windowQuery = (window: Window): Record<string, string | number> => ('latest' in window ? {} : window);

/** Opens a workspace: what the disk has is shown first, then the socket tells what changed. */
export const openTeam = (room: Room, me: Me): Team => {
  const face = new Face(room.id);
  const [view, setView] = createSignal<View>({
    state: empty(me.id),
    outbox: [],
    connection: { kind: 'connecting', since: Date.now() },
    faces: {},
    typing: [],
    ready: false,
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
  const pipe = new Shared(
    `rookery/${me.id}/${room.id}`,
    { dial: dialer(`${scheme}://${location.host}/api/v1/socket`), clock: realClock, random: Math.random },
    { hello: () => engine.hello(), heard: (down) => engine.heard(down), became: (line) => engine.became(line), goodbye: (word) => engine.goodbye(word) },
    async () => engine.heard({ changed: await face.changed() }),
  );
  engine.pipe = pipe;
  void engine.wake().finally(() => pipe.start());
  const online = (): void => pipe.again();
  addEventListener('online', online);
  onCleanup(() => {
    removeEventListener('online', online);
    cancelAnimationFrame(frame);
    engine.stop();
  });

  const state = createMemo(() => view().state);
  const people = createMemo(() => state().people);
  const kept = createMemo(() => state().kept);
  const words = createMemo(() => wordsOf(kept()));
  return {
    room,
    me: me.id,
    face,
    engine,
    view,
    arrived,
    state,
    people,
    name: (account) => nameOf(account ? people()[account] : undefined, t('person.unknown')),
    place: (channel) => `${channel.kind === 'direct' ? '' : '#'}${titleOf(channel, people(), me.id, t('person.unknown'))}`,
    title: (channel) => titleOf(channel, people(), me.id, t('person.unknown')),
    picture: () => {
      const known = state().workspace;
      const digest = known ? known.picture : room.picture;
      return digest ? face.pictureOf(digest) : undefined;
    },
    channel: (id) => (id ? state().channels[id] : undefined),
    presence: (account) => {
      const until = people()[account]?.dnd_until;
      if (until && Date.parse(until) > Date.now()) return 'dnd';
      return account === me.id ? 'here' : (view().faces[account] ?? 'unknown');
    },
    words,
    isMuted: (channel) => kept()['mute']?.[channel] !== undefined,
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
