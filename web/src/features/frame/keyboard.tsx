/** The keys that work anywhere; letters act only when focus is not in text. */

import { type JSX, onCleanup, onMount } from 'solid-js';

import { go, route } from '../../model/app';
import { type Act, actFor, keysOf } from '../../model/keys';
import { useTeam } from '../../model/team';
import { stopsIn } from '../../ui/focus';
import { nextUnread, sectionsOf } from '../sidebar/sections';
import { closePane } from '../thread/thread';
import { openPane } from './bar';
import { open, over } from './open';

const isText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

const REGIONS = ['.rail', '.side', '#timeline', '.pane'];

const cycle = (step: 1 | -1): void => {
  const regions = REGIONS.flatMap((name) => [...document.querySelectorAll<HTMLElement>(name)]).filter((one) => one.offsetParent);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + step + regions.length) % regions.length];
  if (!next) return;
  // Where one is in it, where one writes in it, or its first stop that can be seen.
  const stops = stopsIn(next);
  (stops.find((one) => one.getAttribute('aria-current') === 'page') ?? stops.find((one) => one.tagName === 'TEXTAREA') ?? stops[0])?.focus();
};

export const Keyboard = (): JSX.Element => {
  const team = useTeam();
  const order = () => {
    const { channels, places, kept } = team.state();
    return sectionsOf({ channels, places, kept, title: team.title }).flatMap((section) => section.channels);
  };
  const to = (channel: string | undefined): void => {
    if (channel) go({ kind: 'place', workspace: team.room.slug, channel });
  };
  const here = (): string | undefined => {
    const now = route();
    return now.kind === 'place' ? now.channel : undefined;
  };
  const walk = (step: 1 | -1, unread: boolean): void => {
    const all = order();
    if (unread) to(nextUnread(all, team.state().places, here(), step)?.id);
    else to(all[(all.findIndex((channel) => channel.id === here()) + step + all.length) % all.length]?.id);
  };
  const escape = (): void => {
    const now = route();
    if (now.kind !== 'place' || !now.channel) return;
    if (now.thread || now.pane) closePane();
    else team.engine.read(now.channel, 0, team.state().places[now.channel]?.last ?? 0);
  };
  const acts: Partial<Record<Act, () => void>> = {
    jump: () => open('switcher'),
    direct: () => open('direct'),
    'channel.up': () => walk(-1, false),
    'channel.down': () => walk(1, false),
    'unread.up': () => walk(-1, true),
    'unread.down': () => walk(1, true),
    'region.next': () => cycle(1),
    'region.last': () => cycle(-1),
    pane: () => openPane('details'),
    sheet: () => open('keys'),
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === 'Escape' && !over()) escape();
    const keys = keysOf(event);
    // A sign or a letter alone is text where text is written.
    if (keys.length === 1 && isText(event.target)) return;
    const act = actFor(team.state().kept, 'anywhere', keys);
    const work = act && acts[act];
    if (!work) return;
    event.preventDefault();
    work();
  };
  onMount(() => addEventListener('keydown', pressed));
  onCleanup(() => removeEventListener('keydown', pressed));
  return null;
};
