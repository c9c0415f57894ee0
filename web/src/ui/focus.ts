/** Where the keyboard is: kept inside a dialog, given back to what opened it. */

import { createSignal, onCleanup, onMount } from 'solid-js';

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

export interface Roving {
  /** For each of the tools, by a name of its own. */
  stop: (name: string) => { tabindex: 0 | -1; 'data-stop': string };
  /** For what holds them. */
  pressed: (event: KeyboardEvent & { currentTarget: HTMLElement }) => void;
  focused: (event: FocusEvent) => void;
}

/** A bar of tools is one stop; arrows go along it, and it is come back to where it was left. */
export const useRoving = (first: string): Roving => {
  const [at, setAt] = createSignal(first);
  const nameOf = (target: EventTarget | null): string | undefined => (target as HTMLElement | null)?.closest<HTMLElement>('[data-stop]')?.dataset['stop'];
  return {
    stop: (name) => ({ tabindex: at() === name ? 0 : -1, 'data-stop': name }),
    pressed: (event) => {
      const ahead = document.documentElement.dir === 'rtl' ? -1 : 1;
      const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-stop]')].filter((one) => one.offsetParent !== null);
      const now = all.findIndex((one) => one.dataset['stop'] === nameOf(event.target));
      const to = { ArrowRight: now + ahead, ArrowLeft: now - ahead, Home: 0, End: all.length - 1 }[event.key];
      const next = to === undefined || now < 0 ? undefined : all[(to + all.length) % all.length];
      if (!next) return;
      event.preventDefault();
      next.focus();
    },
    focused: (event) => {
      const name = nameOf(event.target);
      if (name !== undefined) setAt(name);
    },
  };
};
