/** Texts in ICU form: names, plurals and choices; nothing is glued together from parts. */

export type Values = Readonly<Record<string, string | number>>;

interface Cursor {
  text: string;
  at: number;
}

/** Up to the brace that closes what was opened before the cursor. */
const braced = (cursor: Cursor): string => {
  const from = cursor.at;
  for (let depth = 1; cursor.at < cursor.text.length; cursor.at += 1) {
    const char = cursor.text[cursor.at];
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (depth === 0) {
      cursor.at += 1;
      return cursor.text.slice(from, cursor.at - 1);
    }
  }
  throw new Error(`a brace is not closed: ${cursor.text}`);
};

const branches = (text: string): Map<string, string> => {
  const found = new Map<string, string>();
  const cursor: Cursor = { text, at: 0 };
  while (cursor.at < text.length) {
    const open = text.indexOf('{', cursor.at);
    if (open < 0) break;
    const name = text.slice(cursor.at, open).trim();
    cursor.at = open + 1;
    found.set(name, braced(cursor));
  }
  return found;
};

const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();

const cached = <T>(cache: Map<string, T>, locale: string, make: () => T): T => {
  const known = cache.get(locale) ?? make();
  cache.set(locale, known);
  return known;
};

/** Below a thousand these write a number as a program does, and the first format of a kind costs a frame. */
const SAME = new Set(['en', 'de']);
const numbered = (of: number, locale: string): string =>
  SAME.has(locale) && Number.isInteger(of) && of >= 0 && of < 1_000 ? String(of) : cached(numbers, locale, () => new Intl.NumberFormat(locale)).format(of);

const argument = (inside: string, values: Values, locale: string): string => {
  const [name = '', kind, ...rest] = inside.split(',');
  const value = values[name.trim()];
  if (kind === undefined) return typeof value === 'number' ? numbered(value, locale) : (value ?? '');
  const cases = branches(rest.join(','));
  if (kind.trim() === 'select') return format(cases.get(String(value)) ?? cases.get('other') ?? '', values, locale);
  const count = Number(value);
  const rule = cached(rules, locale, () => new Intl.PluralRules(locale)).select(count);
  const chosen = cases.get(`=${count}`) ?? cases.get(rule) ?? cases.get('other') ?? '';
  return format(chosen.replaceAll('#', numbered(count, locale)), values, locale);
};

export const format = (text: string, values: Values, locale: string): string => {
  if (!text.includes('{')) return text;
  const cursor: Cursor = { text, at: 0 };
  let out = '';
  while (cursor.at < text.length) {
    const open = text.indexOf('{', cursor.at);
    if (open < 0) return out + text.slice(cursor.at);
    out += text.slice(cursor.at, open);
    cursor.at = open + 1;
    out += argument(braced(cursor), values, locale);
  }
  return out;
};

/** The names a text asks for: a translation must ask for the same ones. */
export const namesIn = (text: string): Set<string> => {
  const names = new Set<string>();
  const walk = (part: string): void => {
    const cursor: Cursor = { text: part, at: 0 };
    while (cursor.at < part.length) {
      const open = part.indexOf('{', cursor.at);
      if (open < 0) return;
      cursor.at = open + 1;
      const [name = '', ...rest] = braced(cursor).split(',');
      names.add(name.trim());
      for (const inner of branches(rest.slice(1).join(',')).values()) walk(inner);
    }
  };
  walk(text);
  return names;
};
