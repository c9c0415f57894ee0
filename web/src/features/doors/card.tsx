/** What every door stands on: the mark, a card, and what went wrong in words. */

import { createSignal, For, type JSX, onCleanup, Show } from 'solid-js';

import { Problem } from '../../api/http';
import { chooseTheme, type Theme, theme, THEMES } from '../../model/theme';
import { languages, locale, speak, t } from '../../texts';
import { Icon } from '../../ui/icon';

export const Mark = (): JSX.Element => (
  <span class="brand">
    <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true">
      <path class="mk-beak" d="M21.5 9.2c3.7 1.6 6.9 4.7 9.1 9.3.3.7-.2 1.4-.9 1.3-3.3-.3-6.3-.1-8.9.7z" />
      <path
        class="mk-body"
        d="M13.5 3.5c6.4 0 11.3 4.9 11.3 11.2S19.9 26 13.5 26c-1.5 0-2.9-.3-4.2-.8-1.6 1.5-3.7 2.6-6.3 3-.8.1-1.3-.7-.8-1.3 1.1-1.5 1.7-3 1.9-4.7-1.3-1.9-2-4.3-2-7.0C2.1 8.6 7.1 3.5 13.5 3.5z"
      />
      <circle class="mk-eye" cx="17.6" cy="12.3" r="2" />
    </svg>
    <svg class="word" viewBox="0 -1 128 34" role="img" aria-label={t('app.name')}>
      <path d="M3 24V9.5M3 16c0-4 2.6-6.6 7-6.6" />
      <circle cx="22.5" cy="16.7" r="7.4" />
      <circle cx="42" cy="16.7" r="7.4" />
      <path d="M56.5 2v22M67 9.3l-10.3 8.2M60.6 14.6 68 24M73.5 16.7H88a7.3 7.3 0 1 0-2.3 5.3M95.5 24V9.5M95.5 16c0-4 2.6-6.6 7-6.6" />
      <path d="m107 9.3 6.7 14.6M120.5 9.3l-7.7 18c-1 2.3-2.5 3.5-5 3.5h-1.3" />
    </svg>
  </span>
);

/** Language and light of this device, before one is anybody. */
const Foot = (): JSX.Element => (
  <div class="door-foot">
    <label class="row">
      <Icon name="globe" size="s" />
      <span class="sr">{t('prefs.language')}</span>
      <select class="bare-select" onChange={(event) => void speak(event.currentTarget.value, true)}>
        <For each={languages}>
          {(one) => (
            <option value={one.tag} selected={one.tag === locale()}>
              {one.name}
            </option>
          )}
        </For>
      </select>
    </label>
    <label class="row">
      <Icon name="moon" size="s" />
      <span class="sr">{t('prefs.theme')}</span>
      <select class="bare-select" onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
        <For each={THEMES}>
          {(one) => (
            <option value={one} selected={one === theme()}>
              {t(`prefs.theme.${one}`)}
            </option>
          )}
        </For>
      </select>
    </label>
  </div>
);

export const Card = (props: { title: string; lead?: string | undefined; children: JSX.Element }): JSX.Element => (
  <main class="door">
    <div class="door-form">
      <Mark />
      <div class="fit">
        <header>
          <h1>{props.title}</h1>
          <Show when={props.lead}>
            <p class="lede">{props.lead}</p>
          </Show>
        </header>
        {props.children}
      </div>
      <Foot />
    </div>
    <div class="art" aria-hidden="true">
      <img src="/art.svg" alt="" />
    </div>
  </main>
);

export const Field = (props: {
  label: string;
  name: string;
  type?: string;
  value: string;
  set: (value: string) => void;
  hint?: string;
  wrong?: string | undefined;
  complete?: string;
  focus?: boolean;
  required?: boolean;
  /** What stands before it and is not written. */
  before?: string;
}): JSX.Element => {
  const [seen, setSeen] = createSignal(false);
  const type = (): string => (props.type === 'password' && seen() ? 'text' : (props.type ?? 'text'));
  return (
    <div class="field">
      <label for={props.name}>{props.label}</label>
      <div class="input affix" classList={{ wrong: props.wrong !== undefined }}>
        <Show when={props.before}>
          <span class="dim fixed" dir="ltr" aria-hidden="true">
            {props.before}
          </span>
        </Show>
        <input
          id={props.name}
          name={props.name}
          type={type()}
          value={props.value}
          autofocus={props.focus}
          required={props.required ?? true}
          autocomplete={props.complete as never}
          aria-invalid={props.wrong !== undefined}
          aria-describedby={`${props.name}-about`}
          onInput={(event) => props.set(event.currentTarget.value)}
        />
        <Show when={props.type === 'password'}>
          <button type="button" class="ib sm" aria-label={t('door.password.show')} aria-pressed={seen()} onClick={() => setSeen(!seen())}>
            <Icon name="eye" size="s" />
          </button>
        </Show>
      </div>
      <div id={`${props.name}-about`}>
        <Show when={props.wrong} fallback={<Show when={props.hint}>{(hint) => <span class="hint">{hint()}</span>}</Show>}>
          {(wrong) => (
            <span class="wrongtext" role="alert">
              <Icon name="warn" size="x" />
              {wrong()}
            </span>
          )}
        </Show>
      </div>
    </div>
  );
};

export interface Trying {
  busy: () => boolean;
  wrong: () => Problem | undefined;
  field: (name: string) => string | undefined;
  run: (work: () => Promise<void>) => void;
}

/** One try at a time; what went wrong stands where it belongs. */
export const useTry = (): Trying => {
  const [busy, setBusy] = createSignal(false);
  const [wrong, setWrong] = createSignal<Problem>();
  const run = (work: () => Promise<void>): void => {
    if (busy()) return;
    setBusy(true);
    setWrong(undefined);
    work()
      .catch((error: unknown) => {
        setWrong(error instanceof Problem ? error : new Problem(0, 'failed', String(error), {}, '', undefined));
      })
      .finally(() => setBusy(false));
  };
  const field = (name: string): string | undefined => {
    const reason = wrong()?.details[name];
    return typeof reason === 'string' ? reason : undefined;
  };
  return { busy, wrong, field, run };
};

/** What no field explains; a wait the server named is counted down. */
export const Wrong = (props: { problem: Problem | undefined; known?: Readonly<Record<string, string>> }): JSX.Element => {
  const [passed, setPassed] = createSignal(0);
  const timer = setInterval(() => setPassed(passed() + 1), 1_000);
  onCleanup(() => clearInterval(timer));
  const words = (problem: Problem): string => {
    if (problem.code === 'slow_down') return t('door.slow', { seconds: Math.max(1, (problem.retryAfterS ?? 1) - passed()) });
    return props.known?.[problem.code] ?? problem.message;
  };
  return (
    <Show when={props.problem}>
      {(problem) => (
        <p class="wrongtext" role="alert">
          <Icon name="warn" size="s" />
          <span>
            {words(problem())}
            <Show when={problem().status >= 500 && problem().requestId}>
              {(id) => <small class="dim"> {t('app.request', { id: id() })}</small>}
            </Show>
          </span>
        </p>
      )}
    </Show>
  );
};
