/** What people write, as a tree of known parts. Nothing in it is HTML, so nothing in it can run. */

import type { Lexer, Token, Tokens } from 'marked';
import { createSignal } from 'solid-js';

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'em' | 'del'; inside: Inline[] }
  | { kind: 'link'; href: string; inside: Inline[] }
  | { kind: 'person'; account: string }
  | { kind: 'channel'; channel: string }
  | { kind: 'all'; who: 'channel' | 'here' }
  | { kind: 'break' };

export type Block =
  | { kind: 'paragraph'; inside: Inline[] }
  | { kind: 'heading'; inside: Inline[] }
  | { kind: 'code'; language: string; text: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' };

const ID = '[0-9A-HJKMNP-TV-Z]{25}';
const CALLED = new RegExp(`<@(U${ID})>|<#([CD]${ID})>|<!(channel|here)>`, 'g');

/** Only where a click can lead without running anything. */
export const safeHref = (href: string): string | undefined => {
  try {
    const url = new URL(href, 'https://relative.invalid/');
    const known = ['http:', 'https:', 'mailto:'].includes(url.protocol);
    // A path that is not an address of its own would lead into this page.
    return known && url.hostname !== 'relative.invalid' ? url.href : undefined;
  } catch {
    return undefined;
  }
};

/** Signs that turn the order of letters around, or that are not seen at all. */
const UNSEEN = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const LIKE_ADDRESS = /^(?:[a-z][a-z+.-]*:\/\/)?[^\s/?#@]+(?:\.[^\s/?#@.]+)+(?:[/?#:]|$)/i;

const hostOf = (text: string): string | undefined => {
  try {
    return new URL(/^[a-z][a-z+.-]*:\/\//i.test(text) ? text : `https://${text}`).host;
  } catch {
    return undefined;
  }
};

/** Where a link leads, where its own words would make one think of another place: to be said beside it. */
export const trueHost = (href: string, text: string): string | undefined => {
  const url = new URL(href);
  if (url.protocol === 'mailto:') return undefined;
  const shown = text.trim();
  // Names of other scripts are told by their letters' codes: one looks like another.
  const isDisguised = url.host.includes('xn--') || url.username !== '' || url.password !== '' || UNSEEN.test(shown);
  const isOther = LIKE_ADDRESS.test(shown) && hostOf(shown)?.replace(/^www\./, '') !== url.host.replace(/^www\./, '');
  return isDisguised || isOther ? url.host : undefined;
};

/** The words of a link, without their shape. */
export const wordsOf = (parts: readonly Inline[]): string =>
  parts.map((part) => ('text' in part ? part.text : 'inside' in part ? wordsOf(part.inside) : '')).join('');

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'",
};
const unescape = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (found) => entities[found] ?? found);

/** Plain text with the people, channels and calls it names. */
const called = (text: string): Inline[] => {
  const parts: Inline[] = [];
  let from = 0;
  for (const found of text.matchAll(CALLED)) {
    if (found.index > from) parts.push({ kind: 'text', text: text.slice(from, found.index) });
    const [whole, account, channel, all] = found;
    if (account) parts.push({ kind: 'person', account });
    else if (channel) parts.push({ kind: 'channel', channel });
    else parts.push({ kind: 'all', who: all as 'channel' | 'here' });
    from = found.index + whole.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
};

const inline = (tokens: readonly Token[] | undefined): Inline[] => merged((tokens ?? []).flatMap(inlineOf));

/** Neighbouring texts are one, so that a name cut in two by the lexer is found. */
const merged = (parts: Inline[]): Inline[] => {
  const out: Inline[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') out[out.length - 1] = { kind: 'text', text: last.text + part.text };
    else out.push(part);
  }
  return out.flatMap((part) => (part.kind === 'text' ? called(part.text) : [part]));
};

const inlineOf = (token: Token): Inline[] => {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return [{ kind: token.type, inside: inline((token as Tokens.Strong).tokens) }];
    case 'codespan':
      return [{ kind: 'code', text: unescape((token as Tokens.Codespan).text) }];
    case 'br':
      return [{ kind: 'break' }];
    case 'link': {
      const link = token as Tokens.Link;
      const href = safeHref(unescape(link.href));
      const inside = inline(link.tokens);
      return href ? [{ kind: 'link', href, inside }] : [{ kind: 'text', text: link.raw }];
    }
    case 'escape':
      return [{ kind: 'text', text: (token as Tokens.Escape).text }];
    case 'text': {
      const text = token as Tokens.Text;
      return text.tokens ? inline(text.tokens) : [{ kind: 'text', text: unescape(text.raw) }];
    }
    default:
      // Images, HTML and whatever else: the characters as they were typed.
      return [{ kind: 'text', text: token.raw }];
  }
};

const blocks = (tokens: readonly Token[]): Block[] => tokens.flatMap(blockOf);

const blockOf = (token: Token): Block[] => {
  switch (token.type) {
    case 'space':
    case 'def':
      return [];
    case 'paragraph':
      return [{ kind: 'paragraph', inside: inline((token as Tokens.Paragraph).tokens) }];
    case 'heading':
      return [{ kind: 'heading', inside: inline((token as Tokens.Heading).tokens) }];
    case 'code': {
      const code = token as Tokens.Code;
      return [{ kind: 'code', language: (code.lang ?? '').trim().split(/\s/)[0] ?? '', text: code.text }];
    }
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocks((token as Tokens.Blockquote).tokens) }];
    case 'list': {
      const list = token as Tokens.List;
      const start = typeof list.start === 'number' ? list.start : 1;
      return [{ kind: 'list', ordered: list.ordered, start, items: list.items.map((item) => blocks(item.tokens)) }];
    }
    case 'table': {
      const table = token as Tokens.Table;
      const head = table.header.map((cell) => inline(cell.tokens));
      return [{ kind: 'table', head, rows: table.rows.map((row) => row.map((cell) => inline(cell.tokens))) }];
    }
    case 'hr':
      return [{ kind: 'rule' }];
    case 'text': {
      const text = token as Tokens.Text;
      return [{ kind: 'paragraph', inside: text.tokens ? inline(text.tokens) : inlineOf(token) }];
    }
    default:
      return [{ kind: 'paragraph', inside: called(token.raw.trim()) }];
  }
};

/** Quotes and lists inside of each other: deeper than this nobody reads, and a reader's stack is not endless. */
const DEPTH_MAX = 12;
const MARKS = /^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])){13,}/m;

const asWritten = (text: string): Block[] => [{ kind: 'paragraph', inside: called(text) }];

/** Of one paragraph. The lexer's time grows with the square of the runs and the cube of the links in it: 8 kB of `[a](` took it 45 s. */
const RUNS_MAX = 200;
const LINKS_MAX = 50;
const FENCED = /^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm;
/** Where a paragraph surely ends; what is only perhaps an end is counted on. */
const ENDS = /\n[ \t]*\n|\n {0,3}[-*+] (?=\S)/;

const countOf = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
const isCostly = (text: string): boolean =>
  text
    .replace(FENCED, '\n\n')
    .split(ENDS)
    .some((part) => countOf(part, /\]\(/g) > LINKS_MAX || countOf(part, /`+|\*+|_+|~+/g) > RUNS_MAX);

/** Words between which no sign has a meaning: most of what people write, and nothing of it needs a lexer. */
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ,.;:?!'"()%–—…-]*$/u;
/** What reads as a list, as an address, or ends in a space that nobody sees. */
const LIKE_MARK = /^\d{1,9}[.)](?: |$)|www\.| $/i;
const isPlain = (text: string): boolean => PLAIN.test(text) && !LIKE_MARK.test(text);

export const parse = (text: string): Block[] => (isPlain(text) ? [{ kind: 'paragraph', inside: [{ kind: 'text', text }] }] : lexed(text));

/** The grammar is read while the rest of the page is made: it alone takes as long as a frame of the slowest. */
const [grammar, setGrammar] = createSignal<typeof Lexer>();
let asked: Promise<void> | undefined;

/** Whatever comes of it: without the grammar texts are read as they were written. The next text asks for it again, and all of them are read anew. */
export const readGrammar = (): Promise<void> =>
  (asked ??= import('marked').then(
    (module) => void setGrammar(() => module.Lexer),
    () => {
      asked = undefined;
    },
  ));

/** A text nobody would write to be read is shown as it was typed; it can cost its own row nothing more. */
export const lexed = (text: string): Block[] => {
  if (MARKS.test(text) || isCostly(text)) return asWritten(text);
  const Grammar = grammar();
  if (!Grammar) {
    void readGrammar();
    return asWritten(text);
  }
  try {
    const found = blocks(new Grammar({ gfm: true, breaks: true }).lex(text));
    return depthOf(found, 0) > DEPTH_MAX ? asWritten(text) : found;
  } catch {
    return asWritten(text);
  }
};

const depthOf = (inside: readonly Block[], depth: number): number =>
  depth > DEPTH_MAX
    ? depth
    : inside.reduce((most, block) => {
        if (block.kind === 'quote') return Math.max(most, depthOf(block.blocks, depth + 1));
        if (block.kind === 'list') return block.items.reduce((deep, item) => Math.max(deep, depthOf(item, depth + 1)), most);
        return most;
      }, depth);

const remembered = new Map<string, Block[]>();
const REMEMBERED_MAX = 1_000;

/** Parsed once a text: rows are drawn far more often than they change. */
export const parsed = (text: string): Block[] => {
  const known = remembered.get(text);
  if (known) return known;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  const fresh = parse(text);
  if (grammar()) remembered.set(text, fresh);
  return fresh;
};

/** For labels and previews: the words alone. */
export const plain = (text: string, names: (account: string) => string): string => {
  const words = (parts: Inline[]): string =>
    parts
      .map((part) => {
        switch (part.kind) {
          case 'text':
          case 'code':
            return part.text;
          case 'person':
            return `@${names(part.account)}`;
          case 'channel':
            return '#';
          case 'all':
            return `@${part.who}`;
          case 'break':
            return ' ';
          default:
            return words(part.inside);
        }
      })
      .join('');
  const of = (block: Block): string => {
    switch (block.kind) {
      case 'paragraph':
      case 'heading':
        return words(block.inside);
      case 'code':
        return block.text;
      case 'quote':
        return block.blocks.map(of).join(' ');
      case 'list':
        return block.items.map((item) => item.map(of).join(' ')).join(', ');
      case 'table':
        return block.head.map(words).join(' ');
      case 'rule':
        return '';
    }
  };
  return parsed(text).map(of).join(' ').trim();
};
