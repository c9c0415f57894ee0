import { type JSX, Show } from 'solid-js';

import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Paged } from '../lists/paged';

export const Audit = (): JSX.Element => {
  const team = useTeam();
  return (
    <Paged ask={team.face.audit} empty={t('details.none')}>
      {(row, people) => (
        <div class="found row">
          <time class="dim" dateTime={row.at}>
            {time.date(row.at)} {time.clock(row.at)}
          </time>
          <Show when={row.actor}>{(actor) => <bdi>{team.people()[actor()]?.name ?? people[actor()]?.name ?? t('person.unknown')}</bdi>}</Show>
          <code>{row.what}</code>
          <span class="dim cut">{typeof row.detail === 'string' ? row.detail : JSON.stringify(row.detail)}</span>
        </div>
      )}
    </Paged>
  );
};
