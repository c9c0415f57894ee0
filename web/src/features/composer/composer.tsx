/** Where one writes: a plain text field that grows, completes names, keeps drafts, and never loses a word. */

import { batch, createEffect, createMemo, createSignal, type JSX, lazy, Match, on, onCleanup, Show, Switch } from 'solid-js';
import { Portal } from 'solid-js/web';

import type { Channel } from '../../api/wire';
import { sayProblem } from '../../model/app';
import { type Act, actFor, keysOf, sendsByEnter } from '../../model/keys';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { useRoving } from '../../ui/focus';
import { Icon } from '../../ui/icon';
import { Part } from '../../ui/part';
import { editing, quoted, setEditing, setQuoted } from '../timeline/acts';
import { type Chosen, fromWire, type Suggestion, suggest, toWire, wordAt } from './complete';
import { useDraft } from './draft';
import { learn, withEmoji } from './emoji';
import { fenced, quotedBefore, wrapped } from './marks';
import { slashIn } from './slash';
import { Suggestions } from './suggestions';
import { TypingLine } from './typing';

const EmojiPicker = lazy(() => import('./picker').then((module) => ({ default: module.EmojiPicker })));

const BYTES_MAX = 16 * 1024;
const TYPING_EVERY_MS = 4_000;
const encoder = new TextEncoder();
const GROWS = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

export interface ComposerProps {
  channel: Channel;
  thread: number;
  /** The newest message of mine here, for arrow-up. */
  lastMine: () => void;
}

export const Composer = (props: ComposerProps): JSX.Element => {
  const team = useTeam();
  const place = createMemo(() => team.state().places[props.channel.id]);
  const moderates = (): boolean => place()?.role === 'manager' || ['owner', 'admin'].includes(team.room.role);
  return (
    <Switch fallback={<Field {...props} />}>
      <Match when={props.channel.state === 'archived'}>
        <p class="closed">{t('composer.closed.archived')}</p>
      </Match>
      <Match when={!place()}>
        <div class="closed">
          <span>{t('composer.closed.join', { name: team.title(props.channel) })}</span>
          <button class="btn go" onClick={() => void team.face.add(props.channel.id, 'me').catch(sayProblem)}>
            {t('composer.join')}
          </button>
        </div>
      </Match>
      <Match when={props.channel.posting === 'admins' && !moderates()}>
        <p class="closed">{t('composer.closed.posting')}</p>
      </Match>
    </Switch>
  );
};

const Field = (props: ComposerProps): JSX.Element => {
  const team = useTeam();
  const { engine } = team;
  let area: HTMLTextAreaElement | undefined;
  const [text, setText] = createSignal('');
  const [caret, setCaret] = createSignal(0);
  const [chosen, setChosen] = createSignal<Chosen>(new Map());
  const [at, setAt] = createSignal(0);
  const [refusedWord, setRefusedWord] = createSignal(-1);
  const [also, setAlso] = createSignal(false);
  const [picking, setPicking] = createSignal<HTMLElement>();
  const [composing, setComposing] = createSignal(false);
  const roving = useRoving('emoji');
  let typedAt = 0;

  const names = {
    person: (account: string) => team.name(account),
    channel: (id: string) => team.channel(id)?.name,
  };
  const edited = createMemo(() => {
    const message = editing();
    return message && message.channel === props.channel.id && message.thread === props.thread ? message : undefined;
  });
  const draft = useDraft(() => ({ channel: props.channel.id, thread: props.thread }), team);

  const show = (wire: string): void => {
    const shown = fromWire(wire, names);
    setText(shown.text);
    setChosen(shown.chosen);
    queueMicrotask(grow);
  };
  createEffect(on([() => props.channel.id, () => props.thread], () => show(draft.read())));
  createEffect(
    on(edited, (message, before) => {
      if (message) {
        show(message.text);
        area?.focus();
      } else if (before) show(draft.read());
    }),
  );
  createEffect(
    on(quoted, (quote) => {
      if (!quote || quote.channel !== props.channel.id || quote.thread !== props.thread) return;
      setQuoted(undefined);
      const shown = fromWire(quote.text, names);
      setChosen(new Map([...chosen(), ...shown.chosen]));
      const next = quotedBefore(text(), shown.text);
      replace(next, next.length);
    }),
  );
  // Another device wrote on: taken over unless somebody types here.
  createEffect(
    on(draft.fromElsewhere, (told) => {
      // What stands here already comes back, too: taking it over again would lose the selection.
      if (told !== undefined && told !== wire() && document.activeElement !== area && !edited()) show(told);
    }, { defer: true }),
  );

  const grow = (): void => {
    // Where the field grows by itself, no key waits for it to be measured.
    if (!area || GROWS) return;
    area.style.blockSize = 'auto';
    area.style.blockSize = `${area.scrollHeight}px`;
  };

  const wire = createMemo(() => withEmoji(toWire(text(), chosen())).trim());
  const left = createMemo(() => BYTES_MAX - encoder.encode(wire()).length);
  /** What is sent now waits here for the line. */
  const isAway = (): boolean => ['reconnecting', 'waiting'].includes(team.view().connection.kind);
  const canSend = (): boolean => wire() !== '' && left() >= 0;

  const [known, setKnown] = createSignal(0);
  const suggestions = createMemo<Suggestion[]>(() => {
    const word = wordAt(text(), caret());
    // The whole list of emoji comes when the first is looked for.
    if (word?.mark === ':' && known() === 0) void import('./emoji-all').then(({ more }) => setKnown(learn(more)));
    if (!word || word.from === refusedWord() || composing()) return [];
    const channels = Object.values(team.state().channels);
    return suggest(word, { people: team.people(), channels, all: ['channel', 'here'] });
  });
  createEffect(on(suggestions, () => setAt(0)));

  const take = (one: Suggestion): void => {
    const word = wordAt(text(), caret());
    if (!word || !area) return;
    const shown = one.kind === 'emoji' || one.kind === 'slash' ? one.text : one.kind === 'channel' ? `#${one.label}` : one.kind === 'person' ? `@${one.label}` : one.label;
    if (one.kind !== 'emoji' && one.kind !== 'slash') setChosen(new Map([...chosen(), [shown, one.text]]));
    replace(`${text().slice(0, word.from)}${shown} ${text().slice(caret())}`, word.from + shown.length + 1);
  };

  const replace = (next: string, to: number): void => {
    setText(next);
    keepDraft();
    queueMicrotask(() => {
      area?.focus();
      area?.setSelectionRange(to, to);
      setCaret(to);
      grow();
    });
  };

  const keepDraft = (): void => {
    if (!edited()) draft.write(wire());
  };

  const typed = (): void => {
    const now = Date.now();
    if (now - typedAt < TYPING_EVERY_MS || text() === '') return;
    typedAt = now;
    engine.up({ typing: { channel: props.channel.id, ...(props.thread > 0 ? { thread: props.thread } : {}) } });
  };

  const send = (): void => {
    if (!canSend()) return;
    const message = edited();
    if (message) {
      void team.face.edit(message, wire()).then(() => setEditing(undefined), sayProblem);
      return;
    }
    const asked = slashIn(wire());
    if (asked && !(asked.slash.shared && props.channel.kind === 'direct')) {
      const done = asked.slash.run({ team, channel: props.channel.id, thread: props.thread }, asked.rest);
      done?.catch(sayProblem);
    } else engine.send({ channel: props.channel.id, thread: props.thread, text: wire(), inChannel: also() });
    setAlso(false);
    setChosen(new Map());
    replace('', 0);
    draft.drop();
  };

  const mark = (before: string, after: string): void => {
    if (!area) return;
    const next = wrapped(text(), area.selectionStart, area.selectionEnd, before, after);
    replace(next.text, next.caret);
  };

  const insideFence = (): boolean => (text().slice(0, caret()).match(/^```/gm)?.length ?? 0) % 2 === 1;

  const acts: Partial<Record<Act, () => void>> = {
    bold: () => mark('**', '**'),
    italic: () => mark('_', '_'),
    code: () => mark('`', '`'),
    block: () => {
      if (!area) return;
      const next = fenced(text(), area.selectionStart, area.selectionEnd);
      replace(next.text, next.caret);
    },
  };
  const keys = (event: KeyboardEvent): void => {
    // Enter that ends a composition belongs to the input method.
    if (event.isComposing || composing()) return;
    const open = suggestions();
    if (open.length > 0 && chooses(event, open)) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && !event.shiftKey && (command || (sendsByEnter(team.state().kept) && !insideFence()))) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && text() === '' && !edited()) {
      event.preventDefault();
      props.lastMine();
    } else if (event.key === 'Escape' && edited()) {
      event.preventDefault();
      event.stopPropagation();
      setEditing(undefined);
    } else {
      const act = actFor(team.state().kept, 'composer', keysOf(event));
      const work = act && acts[act];
      if (!work) return;
      event.preventDefault();
      work();
    }
  };

  const chooses = (event: KeyboardEvent, open: Suggestion[]): boolean => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((at() + step + open.length) % open.length);
    else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) take(open[at()] as Suggestion);
    else if (event.key === 'Escape') setRefusedWord(wordAt(text(), caret())?.from ?? -1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  const where = (): void => {
    setCaret(area?.selectionStart ?? 0);
  };
  document.addEventListener('selectionchange', where);
  onCleanup(() => document.removeEventListener('selectionchange', where));
  const label = (): string =>
    props.thread > 0 ? t('composer.thread') : t('composer.placeholder', { name: team.place(props.channel) });

  return (
    <div class="compose">
      <Suggestions all={suggestions()} at={at()} take={take} />
      <div class="cbox" classList={{ focused: edited() !== undefined }}>
        <Show when={edited()}>
          <div class="state editing">
            <Icon name="edit" size="x" />
            <span>{t('composer.editing')}</span>
            <button onClick={() => setEditing(undefined)}>{t('dialog.cancel')}</button>
          </div>
        </Show>
        <textarea
          ref={area}
          class="ctext"
          rows="1"
          dir="auto"
          id={props.thread > 0 ? 'composer-thread' : 'composer'}
          aria-label={label()}
          aria-autocomplete="list"
          aria-controls={suggestions().length > 0 ? 'suggestions' : undefined}
          aria-activedescendant={suggestions().length > 0 ? `suggestion-${at()}` : undefined}
          placeholder={label()}
          value={text()}
          onInput={(event) => {
            const { value } = event.currentTarget;
            batch(() => {
              setText(value);
              where();
            });
            grow();
            typed();
            keepDraft();
          }}
          onKeyDown={keys}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onBlur={() => draft.flush()}
        />
        <div class="ctools" role="toolbar" aria-label={t('composer.tools')} onKeyDown={roving.pressed} onFocusIn={roving.focused}>
          <button class="ib" {...roving.stop('emoji')} aria-label={t('composer.emoji')} onClick={(event) => setPicking(event.currentTarget)}>
            <Icon name="smile" />
          </button>
          <button class="ib" {...roving.stop('mention')} aria-label={t('composer.mention')} onClick={() => insert(area, '@', replace)}>
            <Icon name="at" />
          </button>
          <span class="sep hide-phone" />
          <button class="ib hide-phone" {...roving.stop('bold')} aria-label={t('composer.bold')} onClick={() => mark('**', '**')}>
            <Icon name="bold" />
          </button>
          <button class="ib hide-phone" {...roving.stop('italic')} aria-label={t('composer.italic')} onClick={() => mark('_', '_')}>
            <Icon name="italic" />
          </button>
          <button class="ib hide-phone" {...roving.stop('code')} aria-label={t('composer.code')} onClick={() => mark('`', '`')}>
            <Icon name="code" />
          </button>
          <button class="ib hide-phone" {...roving.stop('list')} aria-label={t('composer.list')} onClick={() => mark('\n- ', '')}>
            <Icon name="list" />
          </button>
          <Show when={left() < BYTES_MAX / 10}>
            <span class="state" classList={{ bad: left() < 0 }} role="status">
              {left() < 0 ? t('composer.toolong', { over: -left() }) : t('composer.long', { left: left() })}
            </span>
          </Show>
          <Show when={isAway()}>
            <span class="state">
              <Icon name="cloud" size="s" />
              {t('message.waiting')}
            </span>
          </Show>
          <span class="send" classList={{ idle: !canSend() }}>
            <button {...roving.stop('send')} aria-label={t('composer.send')} aria-disabled={!canSend()} onClick={send}>
              <Icon name="send" flip />
            </button>
          </span>
        </div>
      </div>
      <Show when={picking()}>
        {(at) => (
          <Portal>
            <Part close={() => setPicking(undefined)}>
              <EmojiPicker
                at={at()}
                close={() => setPicking(undefined)}
                take={(emoji) => {
                  setPicking(undefined);
                  insert(area, emoji, replace);
                }}
              />
            </Part>
          </Portal>
        )}
      </Show>
      <div class="below">
        <Show when={props.thread > 0}>
          <label class="check">
            <input type="checkbox" checked={also()} onChange={(event) => setAlso(event.currentTarget.checked)} />
            {t('composer.also', { name: team.place(props.channel) })}
          </label>
        </Show>
        <TypingLine channel={props.channel.id} thread={props.thread} />
        <span class="push hide-phone">{draft.justSaved() ? t('composer.draft') : t(sendsByEnter(team.state().kept) ? 'composer.keys' : 'composer.keys.ctrl')}</span>
      </div>
    </div>
  );
};

const insert = (
  area: HTMLTextAreaElement | undefined,
  what: string,
  replace: (text: string, to: number) => void,
): void => {
  if (!area) return;
  const { value, selectionStart: from } = area;
  const space = from > 0 && !/\s$/.test(value.slice(0, from)) ? ' ' : '';
  replace(`${value.slice(0, from)}${space}${what}${value.slice(from)}`, from + space.length + what.length);
};

