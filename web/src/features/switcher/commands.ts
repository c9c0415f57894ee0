/** What one can do from anywhere, by its name: behind `>` in the quick switcher. */

import { go, leave, sayProblem } from '../../model/app';
import type { Team } from '../../model/team';
import { renew, isNewer } from '../../model/worker';
import { unreadOf } from '../../sync/state';
import { t } from '../../texts';
import type { IconName } from '../../ui/icon';
import { open } from '../frame/open';

export interface Command {
  label: string;
  icon: IconName;
  run: () => void;
}

const readAll = (team: Team): void => {
  for (const [id, place] of Object.entries(team.state().places)) if (unreadOf(place) > 0) team.engine.read(id, 0, place.last);
};

export const commands = (team: Team): Command[] => {
  const list = (name: 'threads' | 'mentions' | 'saved' | 'drafts' | 'browse') => () => go({ kind: 'list', workspace: team.room.slug, list: name });
  const all: Command[] = [
    { label: t('side.direct'), icon: 'compose', run: () => open('direct') },
    { label: t('side.create'), icon: 'plus', run: () => open('create') },
    { label: t('side.browse'), icon: 'search', run: list('browse') },
    { label: t('side.threads'), icon: 'thread', run: list('threads') },
    { label: t('side.mentions'), icon: 'at', run: list('mentions') },
    { label: t('side.saved'), icon: 'save', run: list('saved') },
    { label: t('side.drafts'), icon: 'edit', run: list('drafts') },
    { label: t('side.section'), icon: 'list', run: () => open('section') },
    { label: t('command.readall'), icon: 'ok', run: () => readAll(team) },
    { label: t('person.notebook'), icon: 'file', run: () => void team.face.direct([]).then((made) => go({ kind: 'place', workspace: team.room.slug, channel: made.id }), sayProblem) },
    { label: t('you.preferences'), icon: 'people', run: () => open('preferences') },
    { label: t('rail.keys'), icon: 'keys', run: () => open('keys') },
    { label: t('workspace.add'), icon: 'plus', run: () => open('workspace') },
    { label: t('you.signout'), icon: 'undo', run: () => void leave() },
  ];
  if (['owner', 'admin'].includes(team.room.role)) all.push({ label: t('rail.admin'), icon: 'tune', run: () => open('admin') });
  if (isNewer()) all.unshift({ label: t('app.newer.open'), icon: 'again', run: () => void renew() });
  return all;
};
