/** Tells the worker which files the page is made of, and which version that is: a digest of them all. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Plugin } from 'vite';

const PUBLIC = 'public';
/** The page is kept under its own address; nobody signs in without a server, so its picture is not needed. */
const LEFT_OUT = new Set(['index.html', 'art.svg']);

export const offline = (): Plugin => ({
  name: 'offline',
  apply: 'build',
  generateBundle: {
    // After everything else: what comes later would not be counted.
    order: 'post',
    async handler(_, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') throw new Error('the worker was not built');
      const files = new Map<string, Buffer>();
      for (const [name, one] of Object.entries(bundle)) {
        if (one !== worker) files.set(name, Buffer.from(one.type === 'chunk' ? one.code : one.source));
      }
      for (const name of await readdir(PUBLIC)) files.set(name, await readFile(join(PUBLIC, name)));
      const digest = createHash('sha256').update(worker.code);
      const names = [...files.keys()].sort();
      for (const name of names) digest.update(name).update(files.get(name) ?? '');
      const kept = names.filter((name) => !LEFT_OUT.has(name)).map((name) => `/${name}`);
      worker.code = worker.code.replace('%VERSION%', digest.digest('hex').slice(0, 16)).replace('%FILES%', kept.join(' '));
    },
  },
});
