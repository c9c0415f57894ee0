/** How wide the parts are that one may move, kept on this device: a screen's room is not an account's. `/theme.js` reads it before the first paint. */

import { createSignal } from 'solid-js';

export const WIDTHS = {
  side: { least: 220, usual: 264, most: 360 },
  pane: { least: 320, usual: 404, most: 640 },
} as const;
export type Part = keyof typeof WIDTHS;

const nameOf = (part: Part): string => `rookery.wide.${part}`;
const within = (part: Part, wide: number): number => Math.round(Math.min(Math.max(wide, WIDTHS[part].least), WIDTHS[part].most));
const kept = (part: Part): number => within(part, Number(localStorage.getItem(nameOf(part))) || WIDTHS[part].usual);

const [widths, setWidths] = createSignal<Readonly<Record<Part, number>>>({ side: kept('side'), pane: kept('pane') });

export const widthOf = (part: Part): number => widths()[part];

/** Drawn at once; kept when the hand lets go. */
export const widen = (part: Part, to: number): void => {
  const wide = within(part, to);
  setWidths({ ...widths(), [part]: wide });
  document.documentElement.style.setProperty(`--${part}-own`, `${wide}px`);
};

export const keepWidth = (part: Part): void => localStorage.setItem(nameOf(part), String(widthOf(part)));
