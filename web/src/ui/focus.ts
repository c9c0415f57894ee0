/** Where the keyboard is: kept inside a dialog, given back to what opened it. */

import { onCleanup, onMount } from 'solid-js';

const STOPS =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

export const stopsIn = (inside: HTMLElement): HTMLElement[] =>
  [...inside.querySelectorAll<HTMLElement>(STOPS)].filter((one) => one.offsetParent !== null || one === document.activeElement);

/** Focus moves in, goes round, and comes back when this closes. */
export const trapFocus = (inside: () => HTMLElement | undefined, close: () => void): void => {
  const opener = document.activeElement as HTMLElement | null;
  const keys = (event: KeyboardEvent): void => {
    const box = inside();
    if (!box) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      close();
      return;
    }
    if (event.key !== 'Tab') return;
    const stops = stopsIn(box);
    const first = stops[0];
    const last = stops.at(-1);
    if (!first || !last) return;
    if (event.shiftKey && document.activeElement === first) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  };
  onMount(() => {
    const box = inside();
    box?.addEventListener('keydown', keys);
    const wanted = box?.querySelector<HTMLElement>('[autofocus]') ?? (box ? stopsIn(box)[0] : undefined);
    wanted?.focus();
  });
  onCleanup(() => {
    inside()?.removeEventListener('keydown', keys);
    if (opener?.isConnected) opener.focus();
  });
};

/** Arrow keys move through a list of choices; the rest of the page sees one stop. */
export const roam = (event: KeyboardEvent, box: HTMLElement, selector: string): boolean => {
  const keys = ['ArrowDown', 'ArrowUp', 'Home', 'End'];
  if (!keys.includes(event.key)) return false;
  const all = [...box.querySelectorAll<HTMLElement>(selector)];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key] ?? 0;
  const next = all[(to + all.length) % all.length];
  if (!next) return false;
  event.preventDefault();
  next.focus();
  return true;
};
