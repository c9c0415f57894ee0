/** What stands where a channel begins; where nothing was said yet, what to do first. */

import { type JSX, Match, Show, Switch } from 'solid-js';

import type { Channel } from '../../api/wire';
import { othersOf } from '../../model/people';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Empty } from '../../ui/empty';
import { openPane } from '../frame/bar';

const Fresh = (props: { channel: Channel }): JSX.Element => {
  const team = useTeam();
  return (
    <Empty title={t('timeline.empty')} hint={t('timeline.empty.hint', { name: team.place(props.channel) })}>
      <div class="row">
        <button class="btn go sm" onClick={() => openPane('members')}>
          {t('details.add')}
        </button>
        <button class="btn sm" onClick={() => openPane('details')}>
          {t('timeline.empty.purpose')}
        </button>
      </div>
    </Empty>
  );
};

export const Intro = (props: { channel: Channel; isEmpty: boolean }): JSX.Element => {
  const team = useTeam();
  const isDirect = (): boolean => props.channel.kind === 'direct';
  const isNotebook = (): boolean => isDirect() && othersOf(props.channel, team.me)[0] === team.me;
  return (
    <Show when={isDirect() || !props.isEmpty || team.state().places[props.channel.id] === undefined} fallback={<Fresh channel={props.channel} />}>
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
