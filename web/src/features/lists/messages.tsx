import { type JSX, Show } from 'solid-js';

import type { ThreadRow } from '../../api/faces';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { FoundMessage } from './found';
import { Paged } from './paged';

export const Threads = (): JSX.Element => {
  const team = useTeam();
  return (
    <Paged ask={team.face.threads} empty={t('list.threads.empty')} hint={t('list.threads.hint')}>
      {(row: ThreadRow, people) => (
        <section class="found-thread">
          <FoundMessage message={row.root} people={people} />
          <a
            class="thr"
            href={write({ kind: 'place', workspace: team.room.slug, channel: row.root.channel, thread: row.root.number })}
          >
            <b>{t('message.replies', { count: row.root.replies?.count ?? 0 })}</b>
            <Show when={(row.unread ?? 0) > 0}>
              <span class="badge">{row.unread}</span>
            </Show>
          </a>
        </section>
      )}
    </Paged>
  );
};

export const Mentions = (): JSX.Element => {
  const team = useTeam();
  return (
    <Paged ask={team.face.mentions} empty={t('list.mentions.empty')} hint={t('list.mentions.hint')}>
      {(item, people) => <FoundMessage message={item.message} people={people} />}
    </Paged>
  );
};

export const Saved = (): JSX.Element => {
  const team = useTeam();
  return (
    <Paged ask={team.face.saved} empty={t('list.saved.empty')} hint={t('list.saved.hint')}>
      {(item, people) => <FoundMessage message={item.message} people={people} />}
    </Paged>
  );
};
