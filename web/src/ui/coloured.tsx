/** Colours for code: words, strings, numbers and comments, by a small scanner that is loaded when code is seen. */

import { For, type JSX } from 'solid-js';

interface Piece {
  kind: 'k' | 'st' | 'nu' | 'cm' | '';
  text: string;
}

const WORDS = new Set(
  (
    'abstract and as assert async await begin bool boolean break case catch char class const continue def default defer del do ' +
    'double elif else end enum except export extends false final finally float fn for from func function go goto if impl import in ' +
    'int interface is lambda let local long loop match mod module mut namespace new nil none not null or package pass private ' +
    'protected pub public raise range return select self static string struct super switch then this throw throws trait true try ' +
    'type typeof union unsafe use using val var void where while with yield'
  ).split(' '),
);
const HASH = new Set(['py', 'python', 'sh', 'bash', 'shell', 'rb', 'ruby', 'yaml', 'yml', 'toml', 'r', 'perl', 'make', 'dockerfile']);
const DASH = new Set(['sql', 'lua', 'haskell', 'hs']);

const comment = (language: string): string => {
  if (HASH.has(language)) return '#[^\\n]*';
  if (DASH.has(language)) return '--[^\\n]*';
  return '\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?\\*\\/';
};

const scanners = new Map<string, RegExp>();

const scanner = (language: string): RegExp => {
  const known = scanners.get(language);
  if (known) return known;
  const fresh = new RegExp(
    `(${comment(language)})|("(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'|\`(?:\\\\.|[^\`\\\\])*\`)|(\\b\\d[\\w.]*\\b)|([A-Za-z_]\\w*)`,
    'g',
  );
  scanners.set(language, fresh);
  return fresh;
};

export const colours = (text: string, language: string): Piece[] => {
  const pieces: Piece[] = [];
  let from = 0;
  const isSql = language === 'sql';
  for (const found of text.matchAll(scanner(language.toLowerCase()))) {
    const [whole, note, string, number, word] = found;
    const known = word && WORDS.has(isSql ? word.toLowerCase() : word);
    const kind = note ? 'cm' : string ? 'st' : number ? 'nu' : known ? 'k' : '';
    if (kind === '') continue;
    if (found.index > from) pieces.push({ kind: '', text: text.slice(from, found.index) });
    pieces.push({ kind, text: whole });
    from = found.index + whole.length;
  }
  if (from < text.length) pieces.push({ kind: '', text: text.slice(from) });
  return pieces;
};

export const Coloured = (props: { text: string; language: string }): JSX.Element => (
  <code>
    <For each={colours(props.text, props.language)}>
      {(piece) => (piece.kind ? <span class={piece.kind}>{piece.text}</span> : piece.text)}
    </For>
  </code>
);
