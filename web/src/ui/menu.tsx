/** A menu beside the button that opens it; dangerous things last. */

import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Portal } from 'solid-js/web';

import { roam } from './focus';
import { Icon, type IconName } from './icon';

export interface Choice {
  label: string;
  icon?: IconName;
  run: () => void;
  bad?: boolean;
  keys?: string;
  /** A line above it. */
  apart?: boolean;
  on?: boolean;
}

const GAP = 6;

/** Kept on the screen, below the opener where there is room. */
const place = (menu: HTMLElement, opener: DOMRect): void => {
  const { width, height } = menu.getBoundingClientRect();
  const below = opener.bottom + GAP + height <= innerHeight;
  const top = below ? opener.bottom + GAP : Math.max(GAP, opener.top - GAP - height);
  const rtl = document.documentElement.dir === 'rtl';
  const start = rtl ? opener.right - width : opener.left;
  menu.style.insetBlockStart = `${top}px`;
  menu.style.setProperty('left', `${Math.min(Math.max(GAP, start), innerWidth - width - GAP)}px`);
};

export const MenuList = (props: { choices: readonly Choice[]; opener: HTMLElement; close: () => void; label: string }): JSX.Element => {
  let menu: HTMLDivElement | undefined;
  // Read once: when this closes, what told of it is gone.
  const { opener } = props;
  const outside = (event: PointerEvent): void => {
    if (!menu?.contains(event.target as Node) && !opener.contains(event.target as Node)) props.close();
  };
  onMount(() => {
    if (!menu) return;
    place(menu, opener.getBoundingClientRect());
    menu.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
    addEventListener('pointerdown', outside);
  });
  onCleanup(() => {
    removeEventListener('pointerdown', outside);
    if (opener.isConnected) opener.focus();
  });
  return (
    <div
      ref={menu}
      class="menu floats"
      role="menu"
      aria-label={props.label}
      onKeyDown={(event) => {
        if (roam(event, event.currentTarget, '[role^=menuitem]')) return;
        if (event.key === 'Escape' || event.key === 'Tab') {
          event.preventDefault();
          event.stopPropagation();
          props.close();
        }
      }}
    >
      <For each={props.choices}>
        {(choice) => (
          <>
            <Show when={choice.apart}>
              <hr />
            </Show>
            <button
              class="mi"
              classList={{ bad: choice.bad }}
              role={choice.on === undefined ? 'menuitem' : 'menuitemcheckbox'}
              aria-checked={choice.on}
              tabindex="-1"
              onClick={() => {
                props.close();
                choice.run();
              }}
            >
              <Show when={choice.icon}>{(icon) => <Icon name={icon()} size="s" />}</Show>
              <span class="cut">{choice.label}</span>
              <Show when={choice.on}>
                <span class="push">
                  <Icon name="ok" size="s" />
                </span>
              </Show>
              <Show when={choice.keys}>{(keys) => <kbd>{keys()}</kbd>}</Show>
            </button>
          </>
        )}
      </For>
    </div>
  );
};

export const MenuButton = (props: {
  label: string;
  choices: () => readonly Choice[];
  class?: string;
  /** One of a bar of tools. */
  stop?: { tabindex: 0 | -1; 'data-stop': string };
  children: JSX.Element;
}): JSX.Element => {
  const [open, setOpen] = createSignal(false);
  let opener: HTMLButtonElement | undefined;
  return (
    <>
      <button
        ref={opener}
        class={props.class ?? 'ib'}
        aria-label={props.label}
        aria-haspopup="menu"
        aria-expanded={open()}
        tabindex={props.stop?.tabindex}
        data-stop={props.stop?.['data-stop']}
        onClick={() => setOpen(!open())}
      >
        {props.children}
      </button>
      <Show when={open() && opener}>
        {(button) => (
          <Portal>
            <MenuList choices={props.choices()} opener={button()} close={() => setOpen(false)} label={props.label} />
          </Portal>
        )}
      </Show>
    </>
  );
};
