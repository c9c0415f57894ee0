/** Looking after a workspace: its people, invitations, channels, bots, settings, and what was done. */

import { createResource, For, type JSX, Match, Switch } from 'solid-js';

import { type AdminPage, write } from '../../model/route';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { Browse } from '../lists/browse';
import { Audit } from './audit';
import { Bots } from './bots';
import { Invitations } from './invitations';
import { People } from './people';
import { Settings } from './settings';
import { PAGES } from './side';

export const Admin = (props: { page: AdminPage }): JSX.Element => {
  const team = useTeam();
  const [view] = createResource(team.face.view);
  const sum = (): string => {
    const known = view.error ? undefined : view.latest;
    if (props.page === 'people' && known?.members !== undefined) return t('bar.members', { count: known.members });
    if (props.page === 'channels' && known?.channels !== undefined) return t('admin.count.channels', { count: known.channels });
    return '';
  };
  return (
    <main class="page" id="timeline" aria-label={t('admin.title')}>
      <div class="page-in">
        <div class="page-head">
          <a class="ib back" href={`/${team.room.slug}`} aria-label={t('bar.back')}>
            <Icon name="left" flip />
          </a>
          <h1 tabindex="-1" id="place">
            {t(`admin.${props.page}`)}
          </h1>
          <span class="sum">{sum()}</span>
          <span class="push" />
          {props.page === 'people' && (
            <a class="btn go" href={write({ kind: 'admin', workspace: team.room.slug, page: 'invitations' })}>
              <Icon name="plus" size="s" />
              {t('admin.invite.go')}
            </a>
          )}
        </div>
        <nav class="tabs admin-tabs only-phone" aria-label={t('admin.title')}>
          <For each={PAGES}>
            {({ page }) => (
              <a href={write({ kind: 'admin', workspace: team.room.slug, page })} aria-current={page === props.page ? 'page' : undefined}>
                {t(`admin.${page}`)}
              </a>
            )}
          </For>
        </nav>
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
          <Match when={props.page === 'bots'}>
            <Bots />
          </Match>
          <Match when={props.page === 'workspace'}>
            <Settings />
          </Match>
          <Match when={props.page === 'audit'}>
            <Audit />
          </Match>
        </Switch>
      </div>
    </main>
  );
};
