/** Where one can go in this workspace. */

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { Portal } from 'solid-js/web';

import type { Channel } from '../../api/wire';
import { go, route } from '../../model/app';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import { mentionsOf, unreadOf } from '../../sync/state';
import { t } from '../../texts';
import { Icon, type IconName } from '../../ui/icon';
import { MenuButton, MenuList } from '../../ui/menu';
import { textOf } from '../../model/drafts';
import { open } from '../frame/open';
import { rowChoices, workspaceChoices } from './choices';
import { badge } from './row';
import { SectionOf } from './section';
import { isSameList, type Section, sectionsOf } from './sections';

const NONE = {};

export const Sidebar = (): JSX.Element => {
  const team = useTeam();
  const [menu, setMenu] = createSignal<{ at: HTMLElement; channel: Channel }>();
  // Whatever else is kept: only these say what stands where.
  const arranged = createMemo(
    () => {
      const { star = NONE, section = NONE, preference = NONE } = team.state().kept;
      return { star, section, preference };
    },
    undefined,
    { equals: (a, b) => a.star === b.star && a.section === b.section && a.preference === b.preference },
  );
  const sections = createMemo(() => sectionsOf({ channels: team.state().channels, places: team.state().places, kept: arranged(), title: team.title }));
  /**
   * A section stays in the page while what is in it moves: an open menu and the focus stay with it. Until it is known what there is, there is
   * none: one would push away the other as it fills.
   */
  const shownIds = createMemo(
    () => (team.view().ready ? sections() : []).filter((section) => section.channels.length > 0 || section.kind !== 'starred').map((section) => section.id),
    [],
    { equals: isSameList },
  );
  const sectionWith = (id: string): Section => sections().find((section) => section.id === id) ?? { id, kind: 'own', name: '', channels: [] };
  const sectionOf = (channel: Channel) => sections().find((section) => section.channels.some((one) => one.id === channel.id));
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
          <Place list="threads" icon="thread" name={t('side.threads')} unread={unreadThreads()} />
          <Place list="mentions" icon="at" name={t('side.mentions')} calls={mentions()} />
          <Place list="saved" icon="save" name={t('side.saved')} />
          <Place list="drafts" icon="edit" name={t('side.drafts')} note={drafts()} />
        </ul>
        <For each={shownIds()}>{(id) => <SectionOf section={sectionWith(id)} here={here()} menu={(at, channel) => setMenu({ at, channel })} />}</For>
      </div>
      <Show when={menu()}>
        {(shown) => (
          <Portal>
            <MenuList
              label={team.title(shown().channel)}
              opener={shown().at}
              choices={rowChoices(team, shown().channel, sectionOf(shown().channel))}
              close={() => setMenu(undefined)}
            />
          </Portal>
        )}
      </Show>
    </nav>
  );
};

const Place = (props: {
  list: 'threads' | 'mentions' | 'saved' | 'drafts';
  icon: IconName;
  name: string;
  unread?: number;
  calls?: number;
  note?: number;
}): JSX.Element => {
  const team = useTeam();
  const isHere = (): boolean => {
    const now = route();
    return now.kind === 'list' && now.list === props.list;
  };
  const calls = (): number => props.calls ?? 0;
  const unread = (): number => props.unread ?? 0;
  return (
    <li>
      <a
        class="ch"
        classList={{ here: isHere(), unread: unread() > 0 || calls() > 0 }}
        aria-current={isHere() ? 'page' : undefined}
        aria-label={calls() > 0 ? t('row.mentions', { name: props.name, count: calls() }) : unread() > 0 ? t('row.unread', { name: props.name, count: unread() }) : props.name}
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

export const goHome = (slug: string): void => go({ kind: 'place', workspace: slug });
