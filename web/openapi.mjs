/**
 * The types of the HTTP face, made from the document that is kept: `npm run openapi` writes them, a test makes them again and compares.
 *
 * What refusals look like is one shape, and stands in `src/api/http.ts`; so they are left out here, as are headers and words. The document
 * itself is where one reads about an endpoint.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../docs/openapi.json', import.meta.url);
export const KEPT = new URL('src/api/openapi.ts', import.meta.url);

const HEAD = '/** Made from docs/openapi.json by `npm run openapi`. Never written by hand. */\n\n';

/** Words are for people who read the document, not for a compiler. A member may be called so, too: only texts are words. */
const wordless = (value) => {
  if (Array.isArray(value)) return value.map(wordless);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, one]) => !(['description', 'summary', 'title', 'example', 'format'].includes(name) && typeof one === 'string'));
  return Object.fromEntries(kept.map(([name, one]) => [name, wordless(one)]));
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** What an endpoint takes and answers where all goes well. */
const plain = ({ parameters = [], requestBody, responses }) => ({
  parameters: parameters.filter((one) => one.in !== 'header'),
  ...(requestBody ? { requestBody } : {}),
  responses: Object.fromEntries(
    Object.entries(responses).flatMap(([status, { content, description }]) => (status.startsWith('2') ? [[status, { content, description }]] : [])),
  ),
});

const reduced = ({ openapi, info, paths, components }) => ({
  openapi,
  info,
  paths: Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(METHODS.flatMap((method) => (item[method] ? [[method, plain(item[method])]] : []))),
    ]),
  ),
  components: { schemas: components.schemas },
});

/** What an endpoint does not take is not said of it. */
const short = (text) =>
  text
    .replace(/^ *\w+\?: never;\n/gm, '')
    .replace(/^ *headers: \{\n *\[name: string\]: unknown;\n *\};\n/gm, '')
    .replace(/^ *parameters: \{\s*\};\n/gm, '');

export const made = async () => {
  const document = JSON.parse(await readFile(DOCUMENT, 'utf8'));
  return HEAD + short(astToString(await openapiTS(wordless(reduced(document)), { alphabetize: true, silent: true })));
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeFile(KEPT, await made());
