/** What is said in passing: at most three, gone by themselves, errors stay until closed. */

import { createEffect, For, type JSX, onCleanup, Show } from 'solid-js';

import { type Toast, toasts, unsay } from '../model/app';
import { t } from '../texts';
import { Icon } from './icon';

const PLAIN_MS = 5_000;
const ACT_MS = 10_000;

const One = (props: { toast: Toast }): JSX.Element => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = (): void => clearTimeout(timer);
  const run = (): void => {
    rest();
    if (props.toast.tone === 'bad') return;
    timer = setTimeout(() => unsay(props.toast.id), props.toast.act ? ACT_MS : PLAIN_MS);
  };
  createEffect(run);
  onCleanup(rest);
  return (
    <div class="toast" classList={{ bad: props.toast.tone === 'bad' }} onPointerEnter={rest} onPointerLeave={run} onFocusIn={rest} onFocusOut={run}>
      <span class={props.toast.tone === 'bad' ? 'toast-bad' : 'dim'}>
        <Icon name={props.toast.tone === 'bad' ? 'warn' : 'ok'} />
      </span>
      <span>{props.toast.text}</span>
      <Show when={props.toast.act}>
        {(act) => (
          <button
            class="btn quiet sm"
            onClick={() => {
              act().run();
              unsay(props.toast.id);
            }}
          >
            {act().label}
          </button>
        )}
      </Show>
      <button class="ib sm" aria-label={t('toast.close')} onClick={() => unsay(props.toast.id)}>
        <Icon name="x" size="s" />
      </button>
    </div>
  );
};

export const Toasts = (): JSX.Element => (
  <div class="toasts">
    <div role="status" aria-live="polite">
      <For each={toasts().filter((toast) => toast.tone === 'plain')}>{(toast) => <One toast={toast} />}</For>
    </div>
    <div role="alert">
      <For each={toasts().filter((toast) => toast.tone === 'bad')}>{(toast) => <One toast={toast} />}</For>
    </div>
  </div>
);
