/** What lies over the page: one thing at a time, each loaded when it is first opened. */

import { createSignal } from 'solid-js';

export type Over = 'switcher' | 'direct' | 'create' | 'browse' | 'section' | 'preferences' | 'keys' | 'admin' | 'date' | 'workspace';

const [over, setOver] = createSignal<Over>();
/** What it is about, where it is about one of many. */
const [subject, setSubject] = createSignal<string>();

export { over, subject };
export const open = (what: Over, about?: string): void => {
  setSubject(about);
  setOver(what);
};
export const close = (): void => {
  setOver(undefined);
};
