import { For, type JSX, Show } from 'solid-js';

import { sayProblem } from '../../model/app';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import { plain } from '../../model/markdown';
import { t } from '../../texts';
import { Empty } from '../../ui/empty';
import { Icon } from '../../ui/icon';
import { textOf } from '../../model/drafts';

export const Drafts = (): JSX.Element => {
  const team = useTeam();
  const drafts = () =>
    Object.entries(team.state().kept['draft'] ?? {}).flatMap(([subject, value]) => {
      const text = textOf(value);
      const [channel = '', thread] = subject.split('.');
      return text === '' ? [] : [{ subject, text, channel, thread: thread ? Number(thread) : undefined }];
    });
  const drop = (subject: string): void => {
    team.engine.privately(0, [{ kind: 'draft', subject, value: null, version: 0 }]);
    team.face.drop('draft', subject).catch(sayProblem);
  };
  return (
    <Show when={drafts().length > 0} fallback={<Empty title={t('list.drafts.empty')} hint={t('list.drafts.hint')} />}>
      <For each={drafts()}>
        {(draft) => (
          <div class="found row">
            <a class="found-place cut" href={write({ kind: 'place', workspace: team.room.slug, channel: draft.channel, ...(draft.thread ? { thread: draft.thread } : {}) })}>
              <bdi>{team.channel(draft.channel) ? team.title(team.channel(draft.channel) as never) : t('app.notfound')}</bdi>
              <span class="mid cut" dir="auto">
                {plain(draft.text, team.name)}
              </span>
            </a>
            <button class="ib push" aria-label={t('message.discard')} onClick={() => drop(draft.subject)}>
              <Icon name="trash" size="s" />
            </button>
          </div>
        )}
      </For>
    </Show>
  );
};
