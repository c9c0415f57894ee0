/** What the menus of the sidebar offer: for the workspace, for a section, for a channel. */

import type { Channel } from '../../api/wire';
import { leave, sayProblem } from '../../model/app';
import { chose, flip, keepAtOnce } from '../../model/kept';
import type { Team } from '../../model/team';
import { isNewer, renew } from '../../model/worker';
import { t } from '../../texts';
import type { Choice } from '../../ui/menu';
import { open } from '../frame/open';
import { moved, orderName, orderOf, ownSections, placed, SECTIONS_ORDER, type Section } from './sections';

export const workspaceChoices = (role: string): Choice[] => {
  const list: Choice[] = [
    { label: t('side.browse'), icon: 'search', run: () => open('browse') },
    { label: t('side.create'), icon: 'plus', run: () => open('create') },
  ];
  if (role === 'owner' || role === 'admin') list.push({ label: t('rail.admin'), icon: 'tune', run: () => open('admin') });
  if (isNewer()) list.push({ label: t('app.newer.open'), icon: 'undo', apart: true, run: () => void renew() });
  list.push(
    { label: t('workspace.add'), icon: 'plus', apart: true, run: () => open('workspace') },
    { label: t('you.preferences'), icon: 'people', apart: true, run: () => open('preferences') },
    { label: t('rail.keys'), icon: 'keys', run: () => open('keys') },
    { label: t('you.signout'), icon: 'undo', apart: true, run: () => void leave() },
  );
  return list;
};

/** Into one of one's own sections, and out of the others. */
const moveInto = (team: Team, channel: string, into: string): void => {
  for (const { id, name, channels } of ownSections(team.state().kept)) {
    const rest = channels.filter((other) => other !== channel);
    const next = id === into ? [...rest, channel] : rest;
    if (next.length === channels.length && id !== into) continue;
    const value = { name, channels: next };
    keepAtOnce(team, 'section', id, value, () => team.face.keep('section', id, value));
  }
};

const idsOf = (section: Section): string[] => section.channels.map((channel) => channel.id);

/** A channel taken by hand and let go before another, or at the end of a section. */
export const drop = (team: Team, channel: string, section: Section, before: string | undefined): void => {
  if (section.kind === 'directs') return;
  const isHere = idsOf(section).includes(channel);
  if (!isHere && section.kind !== 'own') return;
  if (!isHere) moveInto(team, channel, section.id);
  chose(team, orderName(section.id), placed(idsOf(section), channel, before));
};

export const rowChoices = (team: Team, channel: Channel, section: Section | undefined): Choice[] => {
  const { face, engine } = team;
  const { kept, places } = team.state();
  const list: Choice[] = [
    { label: t(kept['star']?.[channel.id] === undefined ? 'row.star' : 'row.unstar'), icon: 'star', run: () => flip(team, 'star', channel.id) },
    { label: t(team.isMuted(channel.id) ? 'row.unmute' : 'row.mute'), icon: 'belloff', run: () => flip(team, 'mute', channel.id) },
    { label: t('row.read'), icon: 'ok', run: () => engine.read(channel.id, 0, places[channel.id]?.last ?? 0) },
    ...ownSections(kept).map((one, at): Choice => ({ label: one.name, icon: 'move', apart: at === 0, run: () => moveInto(team, channel.id, one.id) })),
  ];
  // Direct messages stand by what is new, always.
  if (section && section.kind !== 'directs' && section.channels.length > 1) {
    const step = (by: 1 | -1) => () => chose(team, orderName(section.id), moved(idsOf(section), channel.id, by));
    list.push({ label: t('row.up'), icon: 'move', apart: true, run: step(-1) }, { label: t('row.down'), icon: 'move', run: step(1) });
  }
  if (channel.kind !== 'direct') {
    list.push({ label: t('row.leave'), icon: 'undo', bad: true, apart: true, run: () => void face.leave(channel.id, 'me').catch(sayProblem) });
  }
  return list;
};

/** The order within a section; its own name and place, and its end, where it is one's own. */
export const sectionChoices = (team: Team, section: Section): Choice[] => {
  const { kept } = team.state();
  const order = orderOf(kept, section.id);
  const sort = (to: unknown) => () => chose(team, orderName(section.id), to);
  const list: Choice[] = [
    { label: t('section.sort.name'), on: order === 'name', run: sort(null) },
    { label: t('section.sort.recent'), on: order === 'recent', run: sort('recent') },
    { label: t('section.sort.hand'), on: Array.isArray(order), run: sort(idsOf(section)) },
  ];
  if (section.kind !== 'own') return list;
  const all = ownSections(kept).map((one) => one.id);
  const step = (by: 1 | -1) => () => chose(team, SECTIONS_ORDER, moved(all, section.id, by));
  return [
    ...list,
    { label: t('section.up'), icon: 'move', apart: true, run: step(-1) },
    { label: t('section.down'), icon: 'move', run: step(1) },
    { label: t('section.rename'), icon: 'edit', apart: true, run: () => open('section', section.id) },
    // Its channels go back to where they were.
    {
      label: t('section.drop'),
      icon: 'trash',
      bad: true,
      run: () => keepAtOnce(team, 'section', section.id, null, () => team.face.drop('section', section.id)),
    },
  ];
};

export const addChoices = (section: Section): Choice[] =>
  section.kind === 'directs'
    ? [{ label: t('side.direct'), icon: 'compose', run: () => open('direct') }]
    : [
        { label: t('side.browse'), icon: 'search', run: () => open('browse') },
        { label: t('side.create'), icon: 'plus', run: () => open('create') },
        { label: t('side.section'), icon: 'list', run: () => open('section') },
      ];
