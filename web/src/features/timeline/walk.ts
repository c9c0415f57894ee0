/** The list by keyboard: one stop for all of it, arrows between its messages, letters for what one does with one. */

import { type Accessor, createEffect, createMemo, createSignal } from 'solid-js';

import type { Message } from '../../api/wire';
import { actFor, type Act, keysOf } from '../../model/keys';
import type { Row } from '../../model/rows';
import { useTeam } from '../../model/team';
import type { Handle } from '../../ui/virtual';
import type { Acts } from './acts';
import { actsOn } from './able';

interface Ground {
  rows: Accessor<Row[]>;
  handle: Accessor<Handle | undefined>;
  box: () => HTMLElement | undefined;
  acts: Acts;
}

export interface Walk {
  /** The key of the row that Tab stops at. */
  stop: Accessor<string | undefined>;
  kept: Accessor<number[]>;
  to: (index: number, focus?: boolean) => void;
  pressed: (event: KeyboardEvent) => void;
  focused: (event: FocusEvent) => void;
}

const KEY = 'rowKey';

export const useWalk = ({ rows, handle, box, acts }: Ground): Walk => {
  const team = useTeam();
  const [chosen, setChosen] = createSignal<string>();
  const lastKey = createMemo(() => rows().findLast((row) => row.kind === 'message')?.key);
  const stop = createMemo(() => {
    const key = chosen();
    return key !== undefined && rows().some((row) => row.key === key) ? key : lastKey();
  });
  // A row with the focus is not taken away when it is scrolled out of sight.
  const kept = createMemo(() => [rows().findIndex((row) => row.key === stop())].filter((at) => at >= 0));

  const article = (key: string): HTMLElement | null | undefined => box()?.querySelector<HTMLElement>(`article[data-row-key="${CSS.escape(key)}"]`);
  const to = (index: number, focus = true): void => {
    const row = rows()[index];
    if (row?.kind !== 'message') return;
    setChosen(row.key);
    if (!focus) return;
    const seen = article(row.key);
    if (seen) {
      seen.focus({ preventScroll: true });
      seen.scrollIntoView({ block: 'nearest' });
      return;
    }
    handle()?.scrollToIndex(index, { align: 'nearest' });
    requestAnimationFrame(() => article(row.key)?.focus({ preventScroll: true }));
  };
  const from = (key: string | undefined, step: 1 | -1): number => {
    const all = rows();
    let at = all.findIndex((row) => row.key === key) + step;
    while (at >= 0 && at < all.length && all[at]?.kind !== 'message') at += step;
    return at;
  };

  const moves: Readonly<Record<string, (key: string | undefined) => number>> = {
    ArrowDown: (key) => from(key, 1),
    ArrowUp: (key) => from(key, -1),
    Home: () => rows().findIndex((row) => row.kind === 'message'),
    End: () => rows().findLastIndex((row) => row.kind === 'message'),
  };

  const does = (act: Act, message: Message, at: HTMLElement): boolean => {
    const able = actsOn(team, message);
    const run = (may: boolean, work: () => void): boolean => {
      if (may) work();
      return may;
    };
    switch (act) {
      case 'react':
        return run(able.react, () => acts.pick(able.shown, at));
      case 'thread':
        return run(able.reply, () => acts.thread(able.shown));
      case 'quote':
        return run(able.reply, () => acts.quote(able.shown));
      case 'edit':
        return run(able.edit, () => acts.edit(able.shown));
      case 'save':
        return run(able.react, () => acts.save(able.shown, !able.isSaved));
      case 'pin':
        return run(able.react, () => acts.pin(able.shown, !able.shown.pinned));
      case 'link':
        return run(true, () => acts.link(able.shown));
      case 'unread':
        return run(true, () => acts.unread(message));
      case 'drop':
        return run(able.drop, () => acts.drop(able.shown));
      default:
        return false;
    }
  };

  // The row that had the focus is gone: what stands in its place has it now.
  let at = -1;
  createEffect(() => {
    const index = rows().findIndex((row) => row.key === chosen());
    const isGone = index < 0 && at >= 0 && document.activeElement === document.body;
    if (isGone) to(nearest(at));
    at = index;
  });
  const nearest = (index: number): number => {
    const below = rows().findIndex((row, place) => place >= index && row.kind === 'message');
    return below >= 0 ? below : rows().findLastIndex((row) => row.kind === 'message');
  };

  const pressed = (event: KeyboardEvent): void => {
    const here = (event.target as HTMLElement).closest('article');
    if (!here || event.target !== here || event.defaultPrevented) return;
    const row = rows().find((one) => one.key === here.dataset[KEY]);
    const move = event.altKey || event.ctrlKey || event.metaKey ? undefined : moves[event.key];
    const message = row?.kind === 'message' && !row.pending ? row.message : undefined;
    const act = actFor(team.state().kept, 'timeline', keysOf(event));
    if (move) to(move(row?.key));
    else if (event.key === 'Enter' && message) acts.thread(message.reply ?? message);
    else if (!act || !message || !does(act, message, here)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const focused = (event: FocusEvent): void => {
    const key = (event.target as HTMLElement).closest<HTMLElement>('article')?.dataset[KEY];
    if (key !== undefined) setChosen(key);
  };
  return { stop, kept, to, pressed, focused };
};
