/** One section of the sidebar: folded or not, in its own order, a channel moved by hand. */

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';

import type { Channel } from '../../api/wire';
import { useTeam } from '../../model/team';
import { unreadOf } from '../../sync/state';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { MenuButton } from '../../ui/menu';
import { addChoices, drop, sectionChoices } from './choices';
import { ChannelRow } from './row';
import { isSameList, type Section } from './sections';

const NAMES = { starred: 'side.starred', channels: 'side.channels', directs: 'side.directs' } as const;
const FOLDED = 'rookery.folded';

const folded = (): Set<string> => new Set((localStorage.getItem(FOLDED) ?? '').split(' ').filter(Boolean));

/** The channel in somebody's hand; only from one row of this page to another. */
let taken: string | undefined;

export const SectionOf = (props: {
  section: Section;
  here: string | undefined;
  menu: (at: HTMLElement, channel: Channel) => void;
}): JSX.Element => {
  const team = useTeam();
  const [shut, setShut] = createSignal(folded().has(props.section.id));
  const [over, setOver] = createSignal<string>();
  const isDirects = (): boolean => props.section.kind === 'directs';
  const name = (): string => (props.section.kind === 'own' ? props.section.name : t(NAMES[props.section.kind]));
  const flip = (): void => {
    const all = folded();
    if (shut()) all.delete(props.section.id);
    else all.add(props.section.id);
    localStorage.setItem(FOLDED, [...all].join(' '));
    setShut(!shut());
  };
  // A folded section still shows what is unread in it.
  const isShown = (id: string): boolean => {
    const place = team.state().places[id];
    return !shut() || id === props.here || (place !== undefined && unreadOf(place) > 0 && !team.isMuted(id));
  };
  const shown = createMemo(() => props.section.channels.map((channel) => channel.id).filter(isShown), [], { equals: isSameList });
  const overRow = (event: DragEvent, at: string): void => {
    if (taken === undefined || isDirects()) return;
    event.preventDefault();
    setOver(at);
  };
  const letGo = (event: DragEvent, before: string | undefined): void => {
    setOver(undefined);
    if (taken === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    drop(team, taken, props.section, before);
    taken = undefined;
  };
  return (
    <section class="sec" aria-label={name()} onDragOver={(event) => overRow(event, '')} onDrop={(event) => letGo(event, undefined)} onDragLeave={() => setOver(undefined)}>
      <div class="sec-line">
        <button class="sec-head" aria-expanded={!shut()} onClick={flip}>
          <span classList={{ turned: shut() }}>
            <Icon name="down" size="x" />
          </span>
          <span class="cut">{name()}</span>
        </button>
        <Show when={!isDirects()}>
          <MenuButton label={t('section.menu', { name: name() })} class="ib sm quiet" choices={() => sectionChoices(team, props.section)}>
            <Icon name="more" size="s" />
          </MenuButton>
        </Show>
        <Show when={props.section.kind === 'channels' || isDirects()}>
          <MenuButton label={isDirects() ? t('side.direct') : t('side.add')} class="ib sm" choices={() => addChoices(props.section)}>
            <Icon name="plus" size="s" />
          </MenuButton>
        </Show>
      </div>
      <ul>
        <For each={shown()}>
          {(id) => (
            <Show when={team.channel(id)}>
              {(channel) => (
                <li
                  classList={{ over: over() === id }}
                  draggable={!isDirects()}
                  onDragStart={(event) => {
                    taken = id;
                    event.dataTransfer?.setData('text/plain', team.place(channel()));
                  }}
                  onDragEnd={() => (taken = undefined)}
                  onDragOver={(event) => {
                    event.stopPropagation();
                    overRow(event, id);
                  }}
                  onDrop={(event) => letGo(event, id)}
                >
                  <ChannelRow channel={channel()} here={id === props.here} menu={props.menu} />
                </li>
              )}
            </Show>
          )}
        </For>
      </ul>
    </section>
  );
};
