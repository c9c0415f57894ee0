/** What lies over the page: one thing at a time, each loaded when it is first opened. */

import { createSignal } from 'solid-js';

export type Over = 'switcher' | 'direct' | 'create' | 'browse' | 'section' | 'preferences' | 'keys' | 'admin' | 'date';

const [over, setOver] = createSignal<Over>();

export { over };
export const open = (what: Over): void => {
  setOver(what);
};
export const close = (): void => {
  setOver(undefined);
};
