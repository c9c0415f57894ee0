/** Which door or workspace stands open: one union, one switch. */

import { createEffect, createMemo, type JSX, lazy, Match, onCleanup, onMount, Show, Suspense, Switch } from 'solid-js';

import { enter, go, goTo, roomNamed, route, session } from './model/app';
import { t } from './texts';
import { Part } from './ui/part';
import { Toasts } from './ui/toasts';
import { Workspace } from './features/frame/workspace';

const SignIn = lazy(() => import('./features/doors/sign-in').then((module) => ({ default: module.SignIn })));
const Setup = lazy(() => import('./features/doors/setup').then((module) => ({ default: module.Setup })));
const Join = lazy(() => import('./features/doors/join').then((module) => ({ default: module.Join })));
const NewPassword = lazy(() => import('./features/doors/join').then((module) => ({ default: module.NewPassword })));

/** Links of our own change the address without leaving the page. */
const followed = (event: MouseEvent): void => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest?.('a');
  if (!link || link.target || link.origin !== location.origin || link.hasAttribute('download')) return;
  if (link.pathname.startsWith('/api/')) return;
  event.preventDefault();
  if (link.hash && link.pathname === location.pathname) {
    document.getElementById(link.hash.slice(1))?.focus();
    return;
  }
  goTo(link.pathname + link.search);
};

export const App = (): JSX.Element => {
  onMount(() => document.addEventListener('click', followed));
  onCleanup(() => document.removeEventListener('click', followed));

  const signedIn = createMemo(() => {
    const known = session();
    return known.kind === 'in' ? known : undefined;
  });
  const code = createMemo(() => {
    const now = route();
    return now.kind === 'join' || now.kind === 'link' ? now : undefined;
  });
  const room = createMemo(() => {
    const now = route();
    return 'workspace' in now ? roomNamed(now.workspace) : undefined;
  });
  /** Another workspace, or another person in the same browser: everything anew. */
  const place = createMemo(() => {
    const [here, known] = [room(), signedIn()];
    return here && known ? `${known.me.id} ${here.id}` : undefined;
  });

  // The address follows who one is: the door that fits, or the first workspace.
  createEffect(() => {
    const known = session();
    const now = route();
    if (known.kind === 'fresh' && now.kind !== 'setup') go({ kind: 'setup' }, true);
    if (known.kind === 'out' && !['sign-in', 'join', 'link'].includes(now.kind)) {
      const to = now.kind === 'root' || now.kind === 'setup' ? undefined : location.pathname + location.search;
      go({ kind: 'sign-in', ...(to ? { to } : {}) }, true);
    }
    const first = known.kind === 'in' ? known.rooms[0] : undefined;
    if (first && (now.kind === 'root' || now.kind === 'sign-in')) go({ kind: 'place', workspace: first.slug }, true);
  });

  return (
    <>
      <Suspense>
        <Switch fallback={<Waiting />}>
          <Match when={code()?.kind === 'join' && code()}>
            {(now) => (
              <Part>
                <Join code={now().code} />
              </Part>
            )}
          </Match>
          <Match when={code()?.kind === 'link' && code()}>
            {(now) => (
              <Part>
                <NewPassword code={now().code} />
              </Part>
            )}
          </Match>
          <Match when={session().kind === 'unreachable'}>
            <div class="empty lone" role="alert">
              <h3>{t('app.unreachable')}</h3>
              <p>{t('app.unreachable.hint')}</p>
              <button class="btn" onClick={() => void enter()}>
                {t('app.again')}
              </button>
            </div>
          </Match>
          <Match when={session().kind === 'fresh' || (route().kind === 'setup' && !signedIn()?.rooms.length)}>
            <Part>
              <Setup />
            </Part>
          </Match>
          <Match when={route().kind === 'setup'}>
            <Part>
              <Setup />
            </Part>
          </Match>
          <Match when={session().kind === 'out'}>
            <Part>
              <SignIn />
            </Part>
          </Match>
          <Match when={place() ? signedIn() : undefined}>
            {(known) => (
              <Show when={place()} keyed>
                {(key) => <Show when={key ? room() : undefined}>{(here) => <Workspace room={here()} me={known().me} />}</Show>}
              </Show>
            )}
          </Match>
          <Match when={signedIn()}>
            <div class="empty lone">
              <h3>{t('app.notfound')}</h3>
              <p>{t('app.notfound.hint')}</p>
              <a class="btn" href="/">
                {t('app.home')}
              </a>
            </div>
          </Match>
        </Switch>
      </Suspense>
      <Toasts />
    </>
  );
};

/** Nothing for 200 ms, then words: most openings are faster. */
const Waiting = (): JSX.Element => (
  <div class="empty lone late" role="status">
    <span class="spin" aria-hidden="true" />
    <p>{t('app.loading')}</p>
  </div>
);
