/** Light or dark, kept on this device: a screen's light is not an account's. `/theme.js` reads it before the first paint. */

import { createSignal } from 'solid-js';

const KEPT = 'rookery.theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const chosen = (): Theme => {
  const known = localStorage.getItem(KEPT);
  return known === 'light' || known === 'dark' ? known : 'system';
};

const [theme, setTheme] = createSignal(chosen());
export { theme };

export const chooseTheme = (to: Theme): void => {
  setTheme(to);
  if (to === 'system') {
    localStorage.removeItem(KEPT);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(KEPT, to);
    document.documentElement.dataset['theme'] = to;
  }
};
