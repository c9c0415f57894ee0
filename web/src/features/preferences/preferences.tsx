/** How one wants it: every change saves itself and says so. */

import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';

import { isNewer, renew } from '../../model/worker';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Devices } from './devices';
import { Look } from './look';
import { Notices } from './notices';
import { Profile } from './profile';
import { Tokens } from './tokens';

const PAGES = ['profile', 'look', 'notify', 'devices', 'tokens'] as const;
type Page = (typeof PAGES)[number];

export const Preferences = (props: { close: () => void }): JSX.Element => {
  const [page, setPage] = createSignal<Page>('profile');
  return (
    <Dialog title={t('prefs.title')} close={props.close} wide>
      <Show when={isNewer()}>
        <div class="strip info" role="status">
          {t('app.newer')}
          <button onClick={() => void renew()}>{t('app.newer.open')}</button>
        </div>
      </Show>
      <div class="prefs">
        <nav class="prefs-list" aria-label={t('prefs.title')}>
          <For each={PAGES}>
            {(one) => (
              <button class="ch" classList={{ here: page() === one }} aria-current={page() === one ? 'page' : undefined} onClick={() => setPage(one)}>
                {t(`prefs.${one}`)}
              </button>
            )}
          </For>
        </nav>
        <div class="prefs-page">
          <Switch>
            <Match when={page() === 'profile'}>
              <Profile />
            </Match>
            <Match when={page() === 'look'}>
              <Look />
            </Match>
            <Match when={page() === 'notify'}>
              <Notices />
            </Match>
            <Match when={page() === 'devices'}>
              <Devices />
            </Match>
            <Match when={page() === 'tokens'}>
              <Tokens />
            </Match>
          </Switch>
        </div>
      </div>
    </Dialog>
  );
};
