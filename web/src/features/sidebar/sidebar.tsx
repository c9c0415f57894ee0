/** Where one can go in this workspace. */

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { Portal } from 'solid-js/web';

import type { Channel } from '../../api/wire';
import { go, leave, route, sayProblem } from '../../model/app';
import { flip, keepAtOnce } from '../../model/kept';
import { write } from '../../model/route';
import { mentionsOf, unreadOf } from '../../sync/state';
import { type Team, useTeam } from '../../model/team';
import { isNewer, renew } from '../../model/worker';
import { t } from '../../texts';
import { Icon, type IconName } from '../../ui/icon';
import { type Choice, MenuButton, MenuList } from '../../ui/menu';
import { open } from '../frame/open';
import { textOf } from '../composer/draft';
import { badge, ChannelRow } from './row';
import { ownSection, type Section, sectionsOf } from './sections';

const NAMES = { starred: 'side.starred', channels: 'side.channels', directs: 'side.directs' } as const;
const FOLDED = 'rookery.folded';

const folded = (): Set<string> => new Set((localStorage.getItem(FOLDED) ?? '').split(' ').filter(Boolean));

export const Sidebar = (): JSX.Element => {
  const team = useTeam();
  const [menu, setMenu] = createSignal<{ at: HTMLElement; channel: Channel }>();
  const sections = createMemo(() => {
    const { channels, places, kept } = team.state();
    return sectionsOf({ channels, places, kept, title: team.title });
  });
  const here = (): string | undefined => {
    const now = route();
    return now.kind === 'place' ? now.channel : undefined;
  };
  const unreadThreads = (): number => Object.values(team.state().followed).filter((one) => unreadOf(one) > 0).length;
  const mentions = (): number =>
    Object.values(team.state().places).reduce((sum, place) => sum + mentionsOf(place), 0);
  const drafts = (): number => Object.values(team.state().kept['draft'] ?? {}).filter((draft) => textOf(draft) !== '').length;
  return (
    <nav class="side" aria-label={team.state().workspace?.name ?? team.room.name}>
      <div class="side-head">
        <MenuButton label={t('side.menu')} class="name" choices={() => workspaceChoices(team.room.role)}>
          <span class="cut">
            <bdi>{team.state().workspace?.name ?? team.room.name}</bdi>
          </span>
          <Icon name="down" size="s" />
        </MenuButton>
        <button class="ib" aria-label={t('side.compose')} onClick={() => open('direct')}>
          <Icon name="compose" />
        </button>
      </div>
      <button class="jump" aria-haspopup="dialog" onClick={() => open('switcher')}>
        <Icon name="search" size="s" />
        <span>{t('side.jump')}</span>
        <kbd class="hide-phone">Ctrl K</kbd>
      </button>
      <div class="side-scroll">
        <ul>
          <Place list="threads" icon="thread" name={t('side.threads')} unread={unreadThreads() > 0} />
          <Place list="mentions" icon="at" name={t('side.mentions')} calls={mentions()} />
          <Place list="saved" icon="save" name={t('side.saved')} />
          <Place list="drafts" icon="edit" name={t('side.drafts')} note={drafts()} />
        </ul>
        <For each={sections().filter((section) => section.channels.length > 0 || section.kind !== 'starred')}>
          {(section) => <SectionOf section={section} here={here()} menu={(at, channel) => setMenu({ at, channel })} />}
        </For>
      </div>
      <Show when={menu()}>
        {(shown) => (
          <Portal>
            <MenuList
              label={team.title(shown().channel)}
              opener={shown().at}
              choices={useRowChoices(shown().channel)}
              close={() => setMenu(undefined)}
            />
          </Portal>
        )}
      </Show>
    </nav>
  );
};

const workspaceChoices = (role: string): Choice[] => {
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

const useRowChoices = (channel: Channel): Choice[] => {
  const team = useTeam();
  const { face, engine } = team;
  const kept = team.state().kept;
  const sections = Object.entries(kept['section'] ?? {}).flatMap(([id, value]) => {
    const section = ownSection(value);
    return section ? [{ id, section }] : [];
  });
  const move = (id: string): void => {
    for (const one of sections) {
      const rest = one.section.channels.filter((other) => other !== channel.id);
      const channels = one.id === id ? [...rest, channel.id] : rest;
      if (channels.length === one.section.channels.length && one.id !== id) continue;
      const value = { ...one.section, channels };
      keepAtOnce(team, 'section', one.id, value, () => face.keep('section', one.id, value));
    }
  };
  const list: Choice[] = [
    { label: t(kept['star']?.[channel.id] === undefined ? 'row.star' : 'row.unstar'), icon: 'star', run: () => flip(team, 'star', channel.id) },
    { label: t(team.isMuted(channel.id) ? 'row.unmute' : 'row.mute'), icon: 'belloff', run: () => flip(team, 'mute', channel.id) },
    {
      label: t('row.read'),
      icon: 'ok',
      run: () => engine.read(channel.id, 0, team.state().places[channel.id]?.last ?? 0),
    },
    ...sections.map((one, at): Choice => ({ label: one.section.name, icon: 'move', apart: at === 0, run: () => move(one.id) })),
  ];
  if (channel.kind !== 'direct') {
    list.push({
      label: t('row.leave'),
      icon: 'undo',
      bad: true,
      apart: true,
      run: () => void face.leave(channel.id, 'me').catch(sayProblem),
    });
  }
  return list;
};

const Place = (props: {
  list: 'threads' | 'mentions' | 'saved' | 'drafts';
  icon: IconName;
  name: string;
  unread?: boolean;
  calls?: number;
  note?: number;
}): JSX.Element => {
  const team = useTeam();
  const isHere = (): boolean => {
    const now = route();
    return now.kind === 'list' && now.list === props.list;
  };
  const calls = (): number => props.calls ?? 0;
  return (
    <li>
      <a
        class="ch"
        classList={{ here: isHere(), unread: props.unread === true || calls() > 0 }}
        aria-current={isHere() ? 'page' : undefined}
        aria-label={calls() > 0 ? t('row.mentions', { name: props.name, count: calls() }) : props.unread ? t('row.unread', { name: props.name }) : props.name}
        href={write({ kind: 'list', workspace: team.room.slug, list: props.list })}
      >
        <Icon name={props.icon} />
        <span class="cut">{props.name}</span>
        <Show when={calls() > 0}>
          <span class="badge" aria-hidden="true">
            {badge(calls())}
          </span>
        </Show>
        <Show when={(props.note ?? 0) > 0}>
          <span class="note">{props.note}</span>
        </Show>
      </a>
    </li>
  );
};

/** One's own sections: their channels go back to where they were when one goes. */
const sectionChoices = (team: Team, section: Section): Choice[] => [
  { label: t('section.rename'), icon: 'edit', run: () => open('section', section.id) },
  {
    label: t('section.drop'),
    icon: 'trash',
    bad: true,
    apart: true,
    run: () => keepAtOnce(team, 'section', section.id, null, () => team.face.drop('section', section.id)),
  },
];

const SectionOf = (props: {
  section: Section;
  here: string | undefined;
  menu: (at: HTMLElement, channel: Channel) => void;
}): JSX.Element => {
  const team = useTeam();
  const [shut, setShut] = createSignal(folded().has(props.section.id));
  const name = (): string => (props.section.kind === 'own' ? props.section.name : t(NAMES[props.section.kind]));
  const flip = (): void => {
    const all = folded();
    if (shut()) all.delete(props.section.id);
    else all.add(props.section.id);
    localStorage.setItem(FOLDED, [...all].join(' '));
    setShut(!shut());
  };
  // A folded section still shows what is unread in it.
  const shown = (): readonly Channel[] =>
    shut()
      ? props.section.channels.filter((channel) => {
          const place = team.state().places[channel.id];
          return channel.id === props.here || (place && unreadOf(place) > 0 && !team.isMuted(channel.id));
        })
      : props.section.channels;
  const add = (): Choice[] =>
    props.section.kind === 'directs'
      ? [{ label: t('side.direct'), icon: 'compose', run: () => open('direct') }]
      : [
          { label: t('side.browse'), icon: 'search', run: () => open('browse') },
          { label: t('side.create'), icon: 'plus', run: () => open('create') },
          { label: t('side.section'), icon: 'list', run: () => open('section') },
        ];
  return (
    <section class="sec" aria-label={name()}>
      <div class="sec-line">
        <button class="sec-head" aria-expanded={!shut()} onClick={flip}>
          <span classList={{ turned: shut() }}>
            <Icon name="down" size="x" />
          </span>
          <span class="cut">{name()}</span>
        </button>
        <Show when={props.section.kind === 'own'}>
          <MenuButton label={t('section.menu', { name: name() })} class="ib sm" choices={() => sectionChoices(team, props.section)}>
            <Icon name="more" size="s" />
          </MenuButton>
        </Show>
        <Show when={props.section.kind === 'channels' || props.section.kind === 'directs'}>
          <MenuButton label={props.section.kind === 'directs' ? t('side.direct') : t('side.add')} class="ib sm" choices={add}>
            <Icon name="plus" size="s" />
          </MenuButton>
        </Show>
      </div>
      <ul>
        <For each={shown()}>
          {(channel) => (
            <li>
              <ChannelRow channel={channel} here={channel.id === props.here} menu={props.menu} />
            </li>
          )}
        </For>
      </ul>
    </section>
  );
};

export const goHome = (slug: string): void => go({ kind: 'place', workspace: slug });
