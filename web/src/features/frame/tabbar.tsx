import { For, type JSX, Show } from 'solid-js';

import { route } from '../../model/app';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import { mentionsOf, unreadOf } from '../../sync/state';
import { t } from '../../texts';
import { Icon, type IconName } from '../../ui/icon';
import { badge } from '../sidebar/row';
import { open } from './open';

/** On a phone, below the first screen: where a thumb is. */
export const Tabbar = (): JSX.Element => {
  const team = useTeam();
  const mentions = (): number => Object.values(team.state().places).reduce((sum, place) => sum + mentionsOf(place), 0);
  const threads = (): number => Object.values(team.state().followed).filter((one) => unreadOf(one) > 0).length;
  const tabs: { icon: IconName; name: () => string; href: string; count: () => number }[] = [
    { icon: 'home', name: () => t('tab.home'), href: write({ kind: 'place', workspace: team.room.slug }), count: () => 0 },
    { icon: 'thread', name: () => t('side.threads'), href: write({ kind: 'list', workspace: team.room.slug, list: 'threads' }), count: threads },
    { icon: 'at', name: () => t('side.mentions'), href: write({ kind: 'list', workspace: team.room.slug, list: 'mentions' }), count: mentions },
  ];
  const isHere = (href: string): boolean => (route(), location.pathname.replace(/\/$/, '') === href);
  return (
    <nav class="tabbar" aria-label={t('tab.label')}>
      <For each={tabs}>
        {(tab) => (
          <a href={tab.href} aria-current={isHere(tab.href) ? 'page' : undefined} aria-label={tab.count() > 0 ? t('row.mentions', { name: tab.name(), count: tab.count() }) : undefined}>
            <Icon name={tab.icon} />
            {tab.name()}
            <Show when={tab.count() > 0}>
              <span class="badge" aria-hidden="true">
                {badge(tab.count())}
              </span>
            </Show>
          </a>
        )}
      </For>
      <button onClick={() => open('switcher')}>
        <Icon name="search" />
        {t('side.jump')}
      </button>
      <button onClick={() => open('preferences')}>
        <Icon name="people" />
        {t('tab.you')}
      </button>
    </nav>
  );
};
