import { type JSX, Show } from 'solid-js';

import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Paged } from '../lists/paged';

/** What a program wrote down, as a person reads it. */
const words = (detail: unknown): string =>
  typeof detail === 'object' && detail !== null
    ? Object.entries(detail)
        .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(', ')
    : String(detail ?? '');

export const Audit = (): JSX.Element => {
  const team = useTeam();
  return (
    <Paged
      ask={team.face.audit}
      empty={t('details.none')}
      around={(inside) => (
        <section class="panel" aria-label={t('admin.audit')}>
          {inside.children}
        </section>
      )}
    >
      {(row, people) => (
        <div class="found row">
          <time class="dim" dateTime={row.at}>
            {time.date(row.at)} {time.clock(row.at)}
          </time>
          <Show when={row.actor}>{(actor) => <bdi>{team.people()[actor()]?.name ?? people[actor()]?.name ?? t('person.unknown')}</bdi>}</Show>
          <code>{row.what}</code>
          <span class="dim cut">{words(row.detail)}</span>
        </div>
      )}
    </Paged>
  );
};
