/** An open workspace: rail, sidebar, the open place, one pane beside it. */

import { createEffect, createMemo, createSignal, ErrorBoundary, type JSX, lazy, Match, on, onCleanup, Show, Suspense, Switch } from 'solid-js';

import type { Me, Room } from '../../api/faces';
import type { Channel } from '../../api/wire';
import { go, route, session } from '../../model/app';
import { readGrammar } from '../../model/markdown';
import type { Pane } from '../../model/route';
import { openTeam, TeamProvider, totalOf, useTeam } from '../../model/team';
import { t } from '../../texts';
import { Part } from '../../ui/part';
import { Composer } from '../composer/composer';
import { isWide } from '../panes/widen';
import { Sidebar } from '../sidebar/sidebar';
import { closePane, Thread } from '../thread/thread';
import { Asking } from '../timeline/asking';
import { setEditing } from '../timeline/acts';
import { Bones, Timeline } from '../timeline/timeline';
import { Bar } from './bar';
import { Grip } from './grip';
import { Keyboard } from './keyboard';
import { useLooking } from './looking';
import { notify, useHeard } from './notices';
import { open } from './open';
import { Over } from './over';
import { Rail, showsRail } from './rail';
import { Strip } from './strip';
import { Tabbar } from './tabbar';

const Details = lazy(() => import('../panes/details').then((module) => ({ default: module.Details })));
const Pins = lazy(() => import('../panes/pins').then((module) => ({ default: module.Pins })));
const Person = lazy(() => import('../panes/person').then((module) => ({ default: module.Person })));
const Members = lazy(() => import('../panes/members').then((module) => ({ default: module.Members })));
const ListPage = lazy(() => import('../lists/list-page').then((module) => ({ default: module.ListPage })));
const AdminSide = lazy(() => import('../admin/side').then((module) => ({ default: module.AdminSide })));
const Admin = lazy(() => import('../admin/admin').then((module) => ({ default: module.Admin })));

export const Workspace = (props: { room: Room; me: Me }): JSX.Element => (
  <TeamProvider value={openTeam(props.room, props.me)}>
    <Inside />
  </TeamProvider>
);

const Inside = (): JSX.Element => {
  const team = useTeam();
  const rooms = (): readonly Room[] => {
    const known = session();
    return known.kind === 'in' ? known.rooms : [];
  };
  const isHome = (): boolean => {
    const now = route();
    return now.kind === 'place' && now.channel === undefined;
  };
  const admin = createMemo(() => {
    const now = route();
    return now.kind === 'admin' ? now.page : undefined;
  });
  useLooking();
  notify();
  const heard = useHeard();

  // A wide screen opens somewhere: the place that was open last, or the first there is.
  createEffect(() => {
    const now = route();
    if (now.kind !== 'place' || now.channel || !team.view().ready || !matchMedia('(min-width: 600px)').matches) return;
    const first = lastPlace(team.room.id, team.state().places);
    if (first) go({ kind: 'place', workspace: team.room.slug, channel: first }, true);
  });

  const total = createMemo(() => totalOf(team.state()), undefined, { equals: (a, b) => a.unread === b.unread && a.mentions === b.mentions });
  createEffect(() => {
    const { mentions, unread } = total();
    const mark = mentions > 0 ? `(${mentions}) ` : unread > 0 ? '• ' : '';
    const now = route();
    const channel = now.kind === 'place' ? team.channel(now.channel) : undefined;
    const place = channel ? `${team.title(channel)}, ` : '';
    document.title = `${mark}${place}${team.state().workspace?.name ?? team.room.name}`;
  });
  createEffect(() => {
    const { mentions } = total();
    const badge = navigator as Navigator & { setAppBadge?: (count: number) => Promise<void>; clearAppBadge?: () => Promise<void> };
    void (mentions > 0 ? badge.setAppBadge?.(mentions) : badge.clearAppBadge?.())?.catch(() => undefined);
  });
  onCleanup(() => {
    document.title = t('app.name');
  });

  return (
    <>
      <a class="skip btn" href="#composer">
        {t('app.skip')}
      </a>
      <div class="app" classList={{ bare: !showsRail(rooms(), team.room.role) }} data-view={isHome() ? 'home' : 'place'}>
        <Show when={showsRail(rooms(), team.room.role)}>
          <Rail />
        </Show>
        <Show when={admin()} fallback={<Sidebar />}>
          {(page) => (
            <ErrorBoundary fallback={<Sidebar />}>
              <Suspense fallback={<Sidebar />}>
                <AdminSide page={page()} />
              </Suspense>
            </ErrorBoundary>
          )}
        </Show>
        <Sheet />
        <Show when={isHome()}>
          <Tabbar />
        </Show>
      </div>
      <div class="sr" aria-live="polite">
        {heard()}
      </div>
      <Keyboard />
      <Asking />
      <Over />
    </>
  );
};

const Sheet = (): JSX.Element => {
  const team = useTeam();
  const place = createMemo(() => {
    const now = route();
    return now.kind === 'place' ? now : undefined;
  });
  const list = createMemo(() => {
    const now = route();
    return now.kind === 'list' ? now.list : undefined;
  });
  const page = createMemo(() => {
    const now = route();
    return now.kind === 'admin' ? now.page : undefined;
  });
  const channel = createMemo(() => team.channel(place()?.channel));
  createEffect(
    on(
      () => place()?.channel,
      (id) => {
        setEditing(undefined);
        if (id) localStorage.setItem(lastName(team.room.id), id);
        // A change of place is told where focus is: at its heading.
        if (document.activeElement === document.body) document.getElementById('place')?.focus();
      },
    ),
  );
  const hasPane = (): boolean => place()?.thread !== undefined || place()?.pane !== undefined;
  const isWidened = (): boolean => channel() !== undefined && hasPane() && isWide();
  return (
    <div class="sheet" classList={{ two: channel() !== undefined && hasPane(), widened: isWidened() }}>
      <Grip part="side" />
      <Switch fallback={<Nothing />}>
        <Match when={page()}>
          {(shown) => (
            <Part waiting={<Bones />}>
              <Admin page={shown()} />
            </Part>
          )}
        </Match>
        <Match when={list()}>
          {(shown) => (
            <Part waiting={<Bones />}>
              <ListPage list={shown()} />
            </Part>
          )}
        </Match>
        <Match when={channel()}>{(known) => <Place channel={known()} covered={isWidened()} />}</Match>
      </Switch>
      <Show when={channel() !== undefined && hasPane() && !isWidened()}>
        <Grip part="pane" />
      </Show>
      <Show when={channel()}>
        {(known) => (
          <Switch>
            <Match when={place()?.thread}>
              {(thread) => (
                <Show when={`${known().id}.${thread()}`} keyed>
                  {(key) => <Thread channel={known()} thread={Number(key.split('.')[1])} target={place()?.reply} />}
                </Show>
              )}
            </Match>
            <Match when={place()?.pane}>{(pane) => <PaneOf pane={pane()} channel={known()} who={place()?.who} />}</Match>
          </Switch>
        )}
      </Show>
    </div>
  );
};

/** The first place is drawn in two turns, what stands around its messages and then they, once their grammar is read: a page that opens has much to do. */
let wasOpened = false;
const useTurn = (): (() => boolean) => {
  const [isOpened, setOpened] = createSignal(wasOpened);
  const timer = setTimeout(() => {
    void readGrammar().then(() => {
      wasOpened = true;
      setOpened(true);
    });
  });
  onCleanup(() => clearTimeout(timer));
  return isOpened;
};

const Place = (props: { channel: Channel; covered: boolean }): JSX.Element => {
  const team = useTeam();
  const target = (): number | undefined => {
    const now = route();
    return now.kind === 'place' ? now.number : undefined;
  };
  const lastMine = (): void => {
    const messages = team.state().runs[props.channel.id]?.messages;
    const mine = messages?.findLast((message) => message.author === team.me && !message.deleted && !message.of && !message.system);
    if (mine) setEditing(mine);
  };
  const isOpened = useTurn();
  return (
    <main class="main" id="timeline" aria-label={team.title(props.channel)} inert={props.covered}>
      <Bar channel={props.channel} />
      <Strip />
      {/* Another channel is another list: where one was, what is pointed at, everything anew. */}
      <Show when={isOpened() && props.channel.id} keyed fallback={<div class="list" />}>
        {(id) => <Timeline channel={team.channel(id) ?? props.channel} target={target()} jump={() => open('date')} />}
      </Show>
      <Composer channel={props.channel} thread={0} lastMine={lastMine} />
    </main>
  );
};

const PaneOf = (props: { pane: Pane; channel: Channel; who: string | undefined }): JSX.Element => (
  <Part close={closePane}>
    <Switch>
      <Match when={props.pane === 'details'}>
        <Details channel={props.channel} />
      </Match>
      <Match when={props.pane === 'pins'}>
        <Pins channel={props.channel} />
      </Match>
      <Match when={props.pane === 'members'}>
        <Members channel={props.channel} />
      </Match>
      <Match when={props.pane === 'person' && props.who}>{(who) => <Person who={who()} />}</Match>
    </Switch>
  </Part>
);

/** Before the first snapshot, a skeleton; afterwards it is a place that is not mine. */
const Nothing = (): JSX.Element => {
  const team = useTeam();
  const isPlace = (): boolean => {
    const now = route();
    return now.kind === 'place' && now.channel !== undefined;
  };
  return (
    <main class="main" id="timeline" aria-label={team.room.name}>
      <Strip />
      <Show when={team.view().ready} fallback={<Bones />}>
        <div class="empty">
          <Show when={isPlace()} fallback={<p>{t('switcher.hint')}</p>}>
            <h3>{t('app.notfound')}</h3>
            <p>{t('app.notfound.hint')}</p>
            <a class="btn" href={`/${team.room.slug}`}>
              {t('app.home')}
            </a>
          </Show>
        </div>
      </Show>
    </main>
  );
};

const lastName = (workspace: string): string => `rookery.last/${workspace}`;

const lastPlace = (workspace: string, places: Readonly<Record<string, unknown>>): string | undefined => {
  const known = localStorage.getItem(lastName(workspace));
  return known && known in places ? known : Object.keys(places)[0];
};
