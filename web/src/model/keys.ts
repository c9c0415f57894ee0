/** Every key there is, what it does, and which of them somebody changed. */

import type { Key as TextKey } from '../texts/en';
import type { Keep } from '../sync/state';

export type Group = 'anywhere' | 'timeline' | 'composer';

export interface Binding {
  group: Group;
  keys: string;
  text: TextKey;
  /** Belongs to the browser or to the field: shown, not changed. */
  fixed?: true;
}

export const BINDINGS = {
  jump: { group: 'anywhere', keys: 'Ctrl K', text: 'side.jump' },
  direct: { group: 'anywhere', keys: 'Ctrl Shift K', text: 'side.direct' },
  'channel.up': { group: 'anywhere', keys: 'Alt ArrowUp', text: 'keys.channel.up' },
  'channel.down': { group: 'anywhere', keys: 'Alt ArrowDown', text: 'keys.channel.down' },
  'unread.up': { group: 'anywhere', keys: 'Alt Shift ArrowUp', text: 'keys.unread.up' },
  'unread.down': { group: 'anywhere', keys: 'Alt Shift ArrowDown', text: 'keys.unread.down' },
  'region.next': { group: 'anywhere', keys: 'F6', text: 'keys.region' },
  'region.last': { group: 'anywhere', keys: 'Shift F6', text: 'keys.region.last' },
  pane: { group: 'anywhere', keys: 'Ctrl .', text: 'keys.pane' },
  sheet: { group: 'anywhere', keys: '?', text: 'rail.keys' },
  escape: { group: 'anywhere', keys: 'Escape', text: 'keys.escape', fixed: true },
  walk: { group: 'timeline', keys: '↑ ↓', text: 'keys.walk', fixed: true },
  ends: { group: 'timeline', keys: 'Home End', text: 'keys.ends', fixed: true },
  open: { group: 'timeline', keys: 'Enter', text: 'keys.open', fixed: true },
  react: { group: 'timeline', keys: 'R', text: 'message.react' },
  thread: { group: 'timeline', keys: 'T', text: 'message.reply' },
  quote: { group: 'timeline', keys: 'Q', text: 'message.quote' },
  edit: { group: 'timeline', keys: 'E', text: 'message.edit' },
  save: { group: 'timeline', keys: 'S', text: 'message.save' },
  pin: { group: 'timeline', keys: 'P', text: 'message.pin' },
  link: { group: 'timeline', keys: 'L', text: 'message.link' },
  unread: { group: 'timeline', keys: 'U', text: 'message.unread' },
  drop: { group: 'timeline', keys: 'Delete', text: 'message.delete' },
  send: { group: 'composer', keys: 'Enter', text: 'composer.send', fixed: true },
  line: { group: 'composer', keys: 'Shift Enter', text: 'keys.line', fixed: true },
  last: { group: 'composer', keys: '↑', text: 'keys.last', fixed: true },
  bold: { group: 'composer', keys: 'Ctrl B', text: 'composer.bold' },
  italic: { group: 'composer', keys: 'Ctrl I', text: 'composer.italic' },
  code: { group: 'composer', keys: 'Ctrl E', text: 'composer.code' },
  block: { group: 'composer', keys: 'Ctrl Shift C', text: 'composer.block' },
  complete: { group: 'composer', keys: '@ # : /', text: 'composer.suggestions', fixed: true },
} as const satisfies Record<string, Binding>;

export type Act = keyof typeof BINDINGS;
export const GROUPS: readonly Group[] = ['anywhere', 'timeline', 'composer'];
export const ACTS = Object.keys(BINDINGS) as Act[];
export const KEPT = 'keys';

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead']);
const isLetter = (key: string): boolean => /^\p{L}$/u.test(key);

/** As it is written in a binding. Ctrl is ⌘ on a Mac; a sign that needs Shift to be typed is itself. */
export const keysOf = (event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string => {
  if (MODIFIERS.has(event.key)) return '';
  const key = event.key === ' ' ? 'Space' : isLetter(event.key) ? event.key.toUpperCase() : event.key;
  const isSign = key.length === 1 && !isLetter(key) && !/\d/.test(key);
  return [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', event.shiftKey && !isSign ? 'Shift' : '', key].filter(Boolean).join(' ');
};

const changed = (kept: Keep): Partial<Record<Act, string>> => {
  const value = kept['preference']?.[KEPT];
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([act, keys]) => act in BINDINGS && !('fixed' in BINDINGS[act as Act]) && typeof keys === 'string' && keys !== ''),
  );
};

/** The preference that says what sends: Enter alone, or with Ctrl, so that Enter alone breaks the line. */
export const SEND = 'send';
export const SENDS = ['Enter', 'Ctrl Enter'] as const;
export const sendsByEnter = (kept: Keep): boolean => kept['preference']?.[SEND] !== SENDS[1];

export const keysFor = (kept: Keep, act: Act): string => {
  if (act === 'send' && !sendsByEnter(kept)) return SENDS[1];
  if (act === 'line' && !sendsByEnter(kept)) return SENDS[0];
  return changed(kept)[act] ?? BINDINGS[act].keys;
};

/** What a key means here. */
export const actFor = (kept: Keep, group: Group, keys: string): Act | undefined =>
  keys === '' ? undefined : ACTS.find((act) => BINDINGS[act].group === group && !('fixed' in BINDINGS[act]) && keysFor(kept, act) === keys);

/** Who has it already: one key does one thing where it works. */
export const taken = (kept: Keep, act: Act, keys: string): Act | undefined =>
  ACTS.find((other) => {
    if (other === act) return false;
    const [here, there] = [BINDINGS[act].group, BINDINGS[other].group];
    return (here === there || here === 'anywhere' || there === 'anywhere') && keysFor(kept, other) === keys;
  });

/** What is kept after a change; as it was shipped, nothing is. */
export const withKeys = (kept: Keep, act: Act, keys: string | undefined): Record<string, string> => {
  const rest: Record<string, string> = { ...changed(kept) };
  if (keys === undefined || keys === BINDINGS[act].keys) delete rest[act];
  else rest[act] = keys;
  return rest;
};

const SIGNS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' };
export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

/** For people: arrows as signs, ⌘ on a Mac. */
export const shownKeys = (keys: string): string =>
  keys
    .split(' ')
    .map((key) => SIGNS[key] ?? (isMac && key === 'Ctrl' ? '⌘' : key))
    .join(' ');
