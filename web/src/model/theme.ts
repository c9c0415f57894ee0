/** Light or dark, roomy or dense, kept on this device: a screen's light is not an account's. `/theme.js` reads both before the first paint. */

import { createSignal } from 'solid-js';

const KEPT = 'rookery.theme';
const KEPT_DENSITY = 'rookery.density';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

const chosen = (): Theme => {
  const known = localStorage.getItem(KEPT);
  return known === 'light' || known === 'dark' ? known : 'system';
};

const [theme, setTheme] = createSignal(chosen());
const [density, setDensity] = createSignal<Density>(localStorage.getItem(KEPT_DENSITY) === 'compact' ? 'compact' : 'comfortable');
export { density, theme };

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

export const chooseDensity = (to: Density): void => {
  setDensity(to);
  if (to === 'comfortable') {
    localStorage.removeItem(KEPT_DENSITY);
    delete document.documentElement.dataset['density'];
  } else {
    localStorage.setItem(KEPT_DENSITY, to);
    document.documentElement.dataset['density'] = to;
  }
};
