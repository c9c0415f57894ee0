/** Threads, mentions, saved, drafts, and the directory: pages that take the timeline's place. */

import { type JSX, Match, Switch } from 'solid-js';

import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { Strip } from '../frame/strip';
import { Browse } from './browse';
import { Drafts } from './drafts';
import { Mentions, Saved, Threads } from './messages';

const NAMES = {
  threads: 'side.threads',
  mentions: 'side.mentions',
  saved: 'side.saved',
  drafts: 'side.drafts',
  browse: 'browse.title',
} as const;

export const ListPage = (props: { list: keyof typeof NAMES }): JSX.Element => {
  const team = useTeam();
  return (
    <main class="main" id="timeline" aria-label={t(NAMES[props.list])}>
      <header class="bar">
        <a class="ib back" href={`/${team.room.slug}`} aria-label={t('bar.back')}>
          <Icon name="left" flip />
        </a>
        <h1 tabindex="-1" id="place">
          {t(NAMES[props.list])}
        </h1>
      </header>
      <Strip />
      <div class="page">
        <Switch>
          <Match when={props.list === 'threads'}>
            <Threads />
          </Match>
          <Match when={props.list === 'mentions'}>
            <Mentions />
          </Match>
          <Match when={props.list === 'saved'}>
            <Saved />
          </Match>
          <Match when={props.list === 'drafts'}>
            <Drafts />
          </Match>
          <Match when={props.list === 'browse'}>
            <Browse />
          </Match>
        </Switch>
      </div>
    </main>
  );
};
