/** Looking after a workspace: its parts, where the channels stand otherwise. */

import { For, type JSX } from 'solid-js';

import { type AdminPage, write } from '../../model/route';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Icon, type IconName } from '../../ui/icon';

export const PAGES: readonly { page: AdminPage; icon: IconName }[] = [
  { page: 'people', icon: 'people' },
  { page: 'invitations', icon: 'mail' },
  { page: 'channels', icon: 'hash' },
  { page: 'bots', icon: 'plug' },
  { page: 'workspace', icon: 'tune' },
  { page: 'audit', icon: 'history' },
];

export const AdminSide = (props: { page: AdminPage }): JSX.Element => {
  const team = useTeam();
  return (
    <nav class="side" aria-label={t('admin.title')}>
      <div class="side-head">
        <a class="name" href={write({ kind: 'place', workspace: team.room.slug })}>
          <Icon name="left" size="s" flip />
          <span class="cut">{t('admin.title')}</span>
        </a>
      </div>
      <div class="side-scroll">
        <section class="sec" aria-label={team.room.name}>
          <p class="sec-head">
            <bdi>{team.state().workspace?.name ?? team.room.name}</bdi>
          </p>
          <ul>
            <For each={PAGES}>
              {({ page, icon }) => (
                <li>
                  <a
                    class="ch"
                    classList={{ here: page === props.page }}
                    href={write({ kind: 'admin', workspace: team.room.slug, page })}
                    aria-current={page === props.page ? 'page' : undefined}
                  >
                    <Icon name={icon} />
                    <span class="cut">{t(`admin.${page}`)}</span>
                  </a>
                </li>
              )}
            </For>
          </ul>
        </section>
      </div>
    </nav>
  );
};
