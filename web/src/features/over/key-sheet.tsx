/** Every key beside what it does: searched, and changed. */

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';

import { chose } from '../../model/kept';
import { type Act, ACTS, BINDINGS, GROUPS, KEPT, keysFor, keysOf, SEND, SENDS, shownKeys, taken, withKeys } from '../../model/keys';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';

/** What cannot be any key; but which of two sends, one may say. */
const Fixed = (props: { act: Act }): JSX.Element => {
  const team = useTeam();
  const keys = (): string => keysFor(team.state().kept, props.act);
  return (
    <Show when={props.act === 'send'} fallback={<kbd class="push">{shownKeys(keys())}</kbd>}>
      <span class="seg push" role="group" aria-label={t(BINDINGS[props.act].text)}>
        <For each={SENDS}>
          {(one) => (
            <button aria-pressed={keys() === one} onClick={() => chose(team, SEND, one === SENDS[0] ? null : one)}>
              {shownKeys(one)}
            </button>
          )}
        </For>
      </span>
    </Show>
  );
};

export const Keys = (props: { close: () => void }): JSX.Element => {
  const team = useTeam();
  const [typed, setTyped] = createSignal('');
  const [asked, setAsked] = createSignal<Act>();
  const [wrong, setWrong] = createSignal<{ act: Act; other: Act }>();
  const kept = () => team.state().kept;
  const keys = (act: Act): string => keysFor(kept(), act);
  const matches = (act: Act): boolean => {
    const word = typed().toLocaleLowerCase();
    return t(BINDINGS[act].text).toLocaleLowerCase().includes(word) || shownKeys(keys(act)).toLocaleLowerCase().includes(word);
  };
  const groups = createMemo(() =>
    GROUPS.map((group) => ({ group, acts: ACTS.filter((act) => BINDINGS[act].group === group && matches(act)) })).filter(({ acts }) => acts.length > 0),
  );
  const change = (act: Act, to: string | undefined): void => {
    const next = withKeys(kept(), act, to);
    chose(team, KEPT, Object.keys(next).length > 0 ? next : null);
  };
  const pressed = (act: Act, event: KeyboardEvent): void => {
    if (asked() !== act || event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    const fresh = keysOf(event);
    if (fresh === '') return;
    setAsked(undefined);
    if (fresh === 'Escape') return;
    const other = taken(kept(), act, fresh);
    setWrong(other && { act, other });
    if (!other) change(act, fresh);
  };
  return (
    <Dialog title={t('keys.title')} close={props.close}>
      <div class="dialog-body scrolls keys">
        <input class="input sm" type="search" autofocus aria-label={t('keys.find')} placeholder={t('keys.find')} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />
        <For each={groups()}>
          {({ group, acts }) => (
            <section aria-label={t(`keys.${group}`)}>
              <h3>{t(`keys.${group}`)}</h3>
              <ul>
                <For each={acts}>
                  {(act) => (
                    <li class="row">
                      <span>{t(BINDINGS[act].text)}</span>
                      <Show when={!('fixed' in BINDINGS[act])} fallback={<Fixed act={act} />}>
                        <Show when={keys(act) !== BINDINGS[act].keys}>
                          <button class="ib sm push" aria-label={t('keys.reset', { what: t(BINDINGS[act].text) })} onClick={() => change(act, undefined)}>
                            <Icon name="undo" size="s" />
                          </button>
                        </Show>
                        <button
                          class="key"
                          classList={{ push: keys(act) === BINDINGS[act].keys }}
                          aria-label={t('keys.change', { what: t(BINDINGS[act].text), keys: shownKeys(keys(act)) })}
                          onClick={() => {
                            setWrong(undefined);
                            setAsked(act);
                          }}
                          onBlur={() => setAsked((now) => (now === act ? undefined : now))}
                          onKeyDown={(event) => pressed(act, event)}
                        >
                          <kbd>{asked() === act ? t('keys.press') : shownKeys(keys(act))}</kbd>
                        </button>
                      </Show>
                      <Show when={wrong()?.act === act && wrong()}>
                        {(clash) => (
                          <small class="wrongtext" role="alert">
                            {t('keys.taken', { what: t(BINDINGS[clash().other].text) })}
                          </small>
                        )}
                      </Show>
                    </li>
                  )}
                </For>
              </ul>
            </section>
          )}
        </For>
        <Show when={groups().length === 0}>
          <p class="dim">{t('keys.none')}</p>
        </Show>
      </div>
    </Dialog>
  );
};
