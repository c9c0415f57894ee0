/** What stands where a channel begins; where nothing was said yet, what to do first. */

import { type JSX, Match, Show, Switch } from 'solid-js';

import type { Channel } from '../../api/wire';
import { othersOf } from '../../model/people';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { openPane } from '../frame/bar';

const Nest = (): JSX.Element => (
  <svg class="nest" width="72" height="44" viewBox="0 0 72 44" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" aria-hidden="true">
    <path d="M8 20c4 14 14 20 28 20s24-6 28-20M4 18c10 6 22 8 34 7M68 17c-9 6-20 9-32 9M14 28c12 6 30 6 44-1M20 34c10 4 22 4 32-1" />
    <path class="eggs" d="M27 22c0-6 3-11 7-11s7 5 7 11M41 21c1-5 3-8 6-8s6 4 6 8" />
  </svg>
);

const Empty = (props: { channel: Channel }): JSX.Element => {
  const team = useTeam();
  return (
    <article class="empty">
      <Nest />
      <h3>{t('timeline.empty')}</h3>
      <p>{t('timeline.empty.hint', { name: team.place(props.channel) })}</p>
      <div class="row">
        <button class="btn go sm" onClick={() => openPane('members')}>
          {t('details.add')}
        </button>
        <button class="btn sm" onClick={() => openPane('details')}>
          {t('timeline.empty.purpose')}
        </button>
      </div>
    </article>
  );
};

export const Intro = (props: { channel: Channel; isEmpty: boolean }): JSX.Element => {
  const team = useTeam();
  const isDirect = (): boolean => props.channel.kind === 'direct';
  const isNotebook = (): boolean => isDirect() && othersOf(props.channel, team.me)[0] === team.me;
  return (
    <Show when={isDirect() || !props.isEmpty || team.state().places[props.channel.id] === undefined} fallback={<Empty channel={props.channel} />}>
      <article class="intro">
        <Switch fallback={<p>{t('timeline.start', { name: team.title(props.channel) })}</p>}>
          <Match when={isNotebook()}>
            <p>{t('timeline.start.notebook')}</p>
          </Match>
          <Match when={isDirect()}>
            <p>{t('timeline.start.direct', { name: team.title(props.channel) })}</p>
          </Match>
        </Switch>
        <Show when={props.channel.purpose}>{(purpose) => <p class="dim" dir="auto">{purpose()}</p>}</Show>
      </article>
    </Show>
  );
};
