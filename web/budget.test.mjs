// @vitest-environment node
// What a reader has to fetch, by the files of the last build: `npm run build` first.
import { readdir, readFile, stat } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from 'vitest';

const DIST = new URL('dist/', import.meta.url);
const kB = (bytes) => bytes / 1000;

/** By name without its digest: what it says, what it needs at once, what it may ask for later, its compressed size. */
const chunks = new Map();
let styles = [];
let entry = '';

const plain = (name) => name.replace(/-[\w-]{8}\.js$/, '');
const named = (code, pattern) => [...code.matchAll(pattern)].map(([, name]) => plain(name));

beforeAll(async () => {
  const names = await readdir(new URL('assets/', DIST)).catch(() => {
    throw new Error('there is no web/dist: `make web` builds it');
  });
  const page = await readFile(new URL('index.html', DIST), 'utf8');
  entry = plain(/<script type="module"[^>]* src="\/assets\/([^"]+)"/.exec(page)?.[1] ?? '');
  for (const name of names.filter((one) => one.endsWith('.js'))) {
    const code = await readFile(new URL(`assets/${name}`, DIST), 'utf8');
    const smaller = await stat(new URL(`assets/${name}.br`, DIST)).catch(() => ({ size: code.length }));
    chunks.set(plain(name), {
      size: smaller.size,
      code,
      needs: named(code, /(?:from|import)\s*["'`]\.\/([\w-]+\.js)["'`]/g),
      later: named(code, /import\(\s*["'`]\.\/([\w-]+\.js)["'`]/g),
    });
  }
  styles = await Promise.all(names.filter((one) => one.endsWith('.css.br')).map(async (one) => (await stat(new URL(`assets/${one}`, DIST))).size));
});

/** A chunk with everything it needs before it runs. */
const closure = (name, found = new Set()) => {
  if (found.has(name) || !chunks.has(name)) return found;
  found.add(name);
  for (const one of chunks.get(name).needs) closure(one, found);
  return found;
};
const sizeOf = (names) => [...names].reduce((sum, name) => sum + chunks.get(name).size, 0);

describe('what the first screen fetches', () => {
  it('is at most 150 kB of compressed script, and aims at 95', () => {
    const first = closure(entry);
    expect(first.size).toBeGreaterThan(1);
    // The first message waits for it.
    expect([...first].flatMap((name) => chunks.get(name).later)).toContain('marked');
    closure('marked', first);
    expect(kB(sizeOf(first))).toBeLessThan(95);
  });

  it('is one style of at most 20 kB', () => {
    expect(styles).toHaveLength(1);
    expect(kB(styles[0])).toBeLessThan(20);
  });

  it('has what others wrote in a chunk of its own, so that it stays in a cache over our versions', () => {
    for (const name of ['vendor', 'marked']) expect(chunks.get(name)?.needs, name).toEqual([]);
  });

  it('holds nothing heavy: that is loaded when it is opened, and fits into 40 kB each', () => {
    const first = closure(entry);
    const heavy = ['picker', 'coloured', 'preferences', 'admin', 'switcher', 'setup', 'sign-in', 'join', 'list-page', 'details', 'members', 'pins', 'person', 'key-sheet', 'de', 'ar'];
    expect(heavy.filter((name) => !chunks.has(name))).toEqual([]);
    expect(heavy.filter((name) => first.has(name))).toEqual([]);
    const asked = new Set([...chunks.values()].flatMap((one) => one.later));
    expect(heavy.filter((name) => !asked.has(name))).toEqual([]);
    expect(heavy.filter((name) => kB(chunks.get(name).size) > 40)).toEqual([]);
  });

  it('what two parts use that are loaded later is one chunk, and stands in neither of them', () => {
    const users = (name) => [...chunks].filter(([, one]) => one.needs.includes(name)).map(([user]) => user);
    for (const [shared, ...parts] of [['found', 'pins', 'list-page'], ['browse', 'admin', 'list-page'], ['card', 'sign-in', 'join', 'preferences']]) {
      expect(users(shared), shared).toEqual(expect.arrayContaining(parts));
      expect(closure(entry).has(shared), `${shared} is not for the first screen`).toBe(false);
    }
    // Its class is written once in the whole build.
    expect([...chunks.values()].filter((one) => one.code.includes('door-form'))).toHaveLength(1);
  });
});
