import { createResource, For, type JSX, Show } from 'solid-js';

import type { Who } from '../../api/faces';
import { say, sayProblem } from '../../model/app';
import { hueOf, initialsOf } from '../../model/people';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { choose, PICTURES } from '../preferences/picture';

const RIGHTS = ['create_channels', 'shout', 'invite', 'make_bots'] as const;
const WHO: readonly Who[] = ['members', 'admins', 'owners'];

/** What the workspace decided for itself; each change is kept at once. */
export const Settings = (): JSX.Element => {
  const team = useTeam();
  const [view, { refetch }] = createResource(team.face.view);
  const change = (body: Parameters<typeof team.face.change>[0]): void => {
    team.face
      .change(body)
      .then(() => say(t('prefs.saved')), sayProblem)
      .finally(() => void refetch());
  };
  return (
    <Show when={!view.error && view.latest}>
      {(known) => (
        <div class="panel pad fit">
          <div class="row">
            <span class="ws big" style={{ '--h': String(hueOf(team.room.id)) }} aria-hidden="true">
              <Show when={team.picture()} fallback={initialsOf(known().name)}>
                {(source) => <img src={source()} alt="" width="56" height="56" />}
              </Show>
            </span>
            <label class="btn">
              {t('prefs.picture.choose')}
              <input class="sr" type="file" accept={PICTURES} onChange={(event) => choose(event, (file) => team.face.setPicture(file))} />
            </label>
            <Show when={team.picture()}>
              <button class="btn quiet" onClick={() => team.face.dropPicture().catch(sayProblem)}>
                {t('prefs.picture.drop')}
              </button>
            </Show>
          </div>
          <div class="field">
            <label for="workspace-name">{t('setup.workspace.name')}</label>
            <input id="workspace-name" class="input sm" value={known().name} onChange={(event) => change({ name: event.currentTarget.value })} />
          </div>
          <div class="field">
            <label for="edit-minutes">{t('admin.settings.edit')}</label>
            <input id="edit-minutes" class="input sm" type="number" min="0" value={Math.round(known().settings.edit_s / 60)} onChange={(event) => change({ settings: { edit_s: Number(event.currentTarget.value) * 60 } })} />
          </div>
          <label class="check">
            <input type="checkbox" checked={known().settings.keep_deleted} onChange={(event) => change({ settings: { keep_deleted: event.currentTarget.checked } })} />
            {t('admin.settings.keep')}
          </label>
          <For each={RIGHTS}>
            {(right) => (
              <div class="field">
                <label for={right}>{t(`admin.right.${right}`)}</label>
                <select id={right} class="input sm" onChange={(event) => change({ settings: { rights: { ...known().settings.rights, [right]: event.currentTarget.value as Who } } })}>
                  <For each={WHO}>
                    {(who) => (
                      <option value={who} selected={known().settings.rights[right] === who}>
                        {t(`admin.who.${who}`)}
                      </option>
                    )}
                  </For>
                </select>
              </div>
            )}
          </For>
        </div>
      )}
    </Show>
  );
};
