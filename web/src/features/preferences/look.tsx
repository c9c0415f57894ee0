import { createSignal, For, type JSX } from 'solid-js';

import { languages, locale, speak, t } from '../../texts';

const THEME = 'rookery.theme';
const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const chosen = (): Theme => {
  const known = localStorage.getItem(THEME);
  return known === 'light' || known === 'dark' ? known : 'system';
};

/** Kept on this device: a screen's light is not an account's. */
export const Look = (): JSX.Element => {
  const [theme, setTheme] = createSignal(chosen());
  const choose = (to: Theme): void => {
    setTheme(to);
    if (to === 'system') {
      localStorage.removeItem(THEME);
      delete document.documentElement.dataset['theme'];
    } else {
      localStorage.setItem(THEME, to);
      document.documentElement.dataset['theme'] = to;
    }
  };
  return (
    <div class="pane-in">
      <div class="field" role="group" aria-label={t('prefs.theme')}>
        <span class="label">{t('prefs.theme')}</span>
        <div class="seg">
          <For each={THEMES}>
            {(one) => (
              <button aria-pressed={theme() === one} onClick={() => choose(one)}>
                {t(`prefs.theme.${one}`)}
              </button>
            )}
          </For>
        </div>
      </div>
      <div class="field">
        <label for="language">{t('prefs.language')}</label>
        <select id="language" class="input sm" value={locale()} onChange={(event) => void speak(event.currentTarget.value, true)}>
          <For each={languages}>{(one) => <option value={one.tag}>{one.name}</option>}</For>
        </select>
      </div>
    </div>
  );
};
