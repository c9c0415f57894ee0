/** All emoji by name, loaded when first opened; the last used stand first. */

import { createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';

import { t } from '../../texts';
import { trapFocus } from '../../ui/focus';
import { emojiLike, emojiName, learn } from './emoji';
import { more } from './emoji-all';

const RECENT = 'rookery.emoji';
const RECENT_MAX = 16;
const MOST = 240;

learn(more);

const recent = (): string[] => (localStorage.getItem(RECENT) ?? '').split(' ').filter(Boolean);

const remember = (emoji: string): void => {
  const list = [emoji, ...recent().filter((one) => one !== emoji)].slice(0, RECENT_MAX);
  localStorage.setItem(RECENT, list.join(' '));
};

export const EmojiPicker = (props: { at: HTMLElement; take: (emoji: string) => void; close: () => void }): JSX.Element => {
  const [typed, setTyped] = createSignal('');
  let box: HTMLDivElement | undefined;
  const shown = createMemo(() => {
    const found = emojiLike(typed(), MOST).map(([, emoji]) => emoji);
    return typed() === '' ? [...new Set([...recent(), ...found])] : found;
  });
  const take = (emoji: string): void => {
    remember(emoji);
    props.take(emoji);
  };
  trapFocus(() => box, props.close);
  const outside = (event: PointerEvent): void => {
    if (!box?.contains(event.target as Node)) props.close();
  };
  onMount(() => {
    addEventListener('pointerdown', outside);
    if (!box) return;
    const at = props.at.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    box.style.setProperty('left', `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`);
    box.style.insetBlockStart = `${at.bottom + height + 8 < innerHeight ? at.bottom + 6 : Math.max(8, at.top - height - 6)}px`;
  });
  onCleanup(() => removeEventListener('pointerdown', outside));
  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    const all = [...(box?.querySelectorAll<HTMLElement>('.emoji-grid button') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (step === undefined || (at < 0 && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]?.focus();
  };
  return (
    <div ref={box} class="menu floats picker" role="dialog" aria-label={t('message.react')} onKeyDown={walk}>
      <input
        class="input sm"
        type="search"
        autofocus
        aria-label={t('emoji.find')}
        placeholder={t('emoji.find')}
        value={typed()}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = shown()[0];
          if (event.key === 'Enter' && first) take(first);
        }}
      />
      <div class="emoji-grid">
        <For each={shown()}>
          {(emoji) => (
            <button type="button" aria-label={emojiName(emoji)} title={emojiName(emoji)} onClick={() => take(emoji)}>
              {emoji}
            </button>
          )}
        </For>
      </div>
      <Show when={shown().length === 0}>
        <p class="dim">{t('emoji.none')}</p>
      </Show>
    </div>
  );
};
