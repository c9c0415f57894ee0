/** The directory of public channels: found by name, joined by a click. */

import { createSignal, type JSX, Show } from 'solid-js';

import { sayProblem } from '../../model/app';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { open } from '../frame/open';
import { Paged } from './paged';

export const Browse = (): JSX.Element => {
  const team = useTeam();
  const [typed, setTyped] = createSignal('');
  return (
    <>
      <div class="row browse-head">
        <input class="input" type="search" aria-label={t('browse.find')} placeholder={t('browse.find')} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />
        <button class="btn go" onClick={() => open('create')}>
          <Icon name="plus" size="s" />
          {t('side.create')}
        </button>
      </div>
      <Show when={{ prefix: typed() }} keyed>
        {({ prefix }) => (
          <Paged ask={(cursor) => team.face.channels({ ...(prefix ? { prefix } : {}), ...(cursor ? { cursor } : {}) })} empty={t('browse.none')}>
            {(channel) => (
              // One's own talks with people come with the answer; they are not for browsing.
              <Show when={channel.kind !== 'direct'}>
                <div class="found row">
                  <Icon name={channel.kind === 'private' ? 'lock' : 'hash'} />
                  <a class="found-place cut" href={write({ kind: 'place', workspace: team.room.slug, channel: channel.id })}>
                    <bdi>{channel.name}</bdi>
                    <span class="mid cut" dir="auto">
                      {channel.topic || channel.purpose}
                    </span>
                  </a>
                  <span class="dim push">{t('bar.members', { count: channel.members })}</span>
                  <Show
                    when={team.state().places[channel.id] === undefined}
                    fallback={
                      <a class="btn sm" href={write({ kind: 'place', workspace: team.room.slug, channel: channel.id })}>
                        {t('browse.open')}
                      </a>
                    }
                  >
                    <button class="btn sm go" onClick={() => team.face.add(channel.id, 'me').catch(sayProblem)}>
                      {t('browse.join')}
                    </button>
                  </Show>
                </div>
              </Show>
            )}
          </Paged>
        )}
      </Show>
    </>
  );
};
