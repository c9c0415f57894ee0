/** Smaller forms beside each built file, made once here so that no server makes them again. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

const KINDS = /\.(js|css|html|svg|json|webmanifest)$/;
/** Below it a header costs more than is saved. */
const BYTES_MIN = 512;

export const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  async closeBundle() {
    const names = await readdir('dist', { recursive: true });
    for (const name of names.filter((one) => KINDS.test(one))) {
      const path = join('dist', name);
      const bytes = await readFile(path);
      if (bytes.length < BYTES_MIN) continue;
      await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
    }
  },
});
