import { For, type JSX, Show } from 'solid-js';

import { chooseDensity, chooseTheme, DENSITIES, density, theme, THEMES } from '../../model/theme';
import { install, installer } from '../../model/worker';
import { languages, locale, speak, t } from '../../texts';

/** How the page looks on this device, and in which language. */
export const Look = (): JSX.Element => {
  return (
    <div class="pane-in">
      <div class="field" role="group" aria-label={t('prefs.theme')}>
        <span class="label">{t('prefs.theme')}</span>
        <div class="seg">
          <For each={THEMES}>
            {(one) => (
              <button aria-pressed={theme() === one} onClick={() => chooseTheme(one)}>
                {t(`prefs.theme.${one}`)}
              </button>
            )}
          </For>
        </div>
      </div>
      <div class="field" role="group" aria-label={t('prefs.density')}>
        <span class="label">{t('prefs.density')}</span>
        <div class="seg">
          <For each={DENSITIES}>
            {(one) => (
              <button aria-pressed={density() === one} onClick={() => chooseDensity(one)}>
                {t(`prefs.density.${one}`)}
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
      <Show when={installer()}>
        <button class="btn" onClick={install}>
          {t('app.install')}
        </button>
      </Show>
    </div>
  );
};
