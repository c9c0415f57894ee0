// @vitest-environment node
import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { KEPT, made } from './openapi.mjs';

describe('the types of the HTTP face', () => {
  it('are those of the document: after a change of docs/openapi.json, `npm run openapi`', async () => {
    expect(await readFile(KEPT, 'utf8') === (await made())).toBe(true);
  }, 30_000);
});
