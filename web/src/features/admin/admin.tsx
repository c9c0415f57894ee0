/** Looking after a workspace: its people, invitations, settings, and what was done. */

import { For, type JSX, Match, Switch } from 'solid-js';

import type { AdminPage } from '../../model/route';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { Browse } from '../lists/browse';
import { Audit } from './audit';
import { Invitations } from './invitations';
import { People } from './people';
import { Settings } from './settings';

const PAGES: readonly AdminPage[] = ['people', 'invitations', 'channels', 'workspace', 'audit'];

export const Admin = (props: { page: AdminPage }): JSX.Element => {
  const team = useTeam();
  return (
    <main class="main" id="timeline" aria-label={t('admin.title')}>
      <header class="bar">
        <a class="ib back" href={`/${team.room.slug}`} aria-label={t('bar.back')}>
          <Icon name="left" flip />
        </a>
        <h1 tabindex="-1" id="place">
          {t('admin.title')}
        </h1>
      </header>
      <nav class="tabs admin-tabs" aria-label={t('admin.title')}>
        <For each={PAGES}>
          {(page) => (
            <a href={write({ kind: 'admin', workspace: team.room.slug, page })} aria-current={page === props.page ? 'page' : undefined}>
              {t(`admin.${page}`)}
            </a>
          )}
        </For>
      </nav>
      <div class="page">
        <div class="page-in">
          <Switch>
            <Match when={props.page === 'people'}>
              <People />
            </Match>
            <Match when={props.page === 'invitations'}>
              <Invitations />
            </Match>
            <Match when={props.page === 'channels'}>
              <Browse />
            </Match>
            <Match when={props.page === 'workspace'}>
              <Settings />
            </Match>
            <Match when={props.page === 'audit'}>
              <Audit />
            </Match>
          </Switch>
        </div>
      </div>
    </main>
  );
};
