/** The HTTP face: one place that asks, one shape of what goes wrong. What may be asked is what the server's document says. */

import type { paths } from './openapi';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>>,
    readonly requestId: string,
    readonly retryAfterS: number | undefined,
  ) {
    super(message);
  }
}

/** The server cannot be reached at all. */
export const UNREACHABLE = 'unreachable';

/** The server leaves out what is not there; its document allows null beside it, for programs that must. */
export type Told<T> = T extends readonly (infer Item)[]
  ? Told<Item>[]
  : T extends object
    ? { [Name in keyof T]: undefined extends T[Name] ? Told<Exclude<T[Name], null>> : Told<T[Name]> }
    : T;

export type Path = keyof paths;
export type Method<P extends Path> = keyof paths[P] & ('get' | 'post' | 'put' | 'patch' | 'delete');

type Json<Shape> = Shape extends { content: { 'application/json': infer Inside } } ? Inside : never;
/** What is no JSON is bytes: pictures. */
type Body<Shape> = Shape extends { content: { 'application/json': infer Inside } } ? Inside : Blob;
type Answered<Said> = Said extends { responses: { 200: infer Shape } } ? Told<Json<Shape>> : never;
type Taken<Said> = (Said extends { parameters: { path: infer Names } } ? { path: Names } : { path?: never }) &
  (Said extends { parameters: { query?: infer Query } } ? { query?: Query } : { query?: never }) &
  (Said extends { requestBody: infer Shape } ? { body: Body<Shape> } : Said extends { requestBody?: infer Shape } ? { body?: Body<NonNullable<Shape>> } : { body?: never });

interface Manner {
  key?: string;
  signal?: AbortSignal;
  /** It goes on when the page is gone; a browser takes 64 kB of such at a time. */
  outlives?: boolean;
}

export type Asked<P extends Path, M extends Method<P>> = Taken<paths[P][M]> & Manner;
export type Answer<P extends Path, M extends Method<P>> = Answered<paths[P][M]>;

type Words = Readonly<Record<string, string | number | boolean | null | undefined>>;

const search = (query: Words | undefined): string => {
  const filled = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return filled.length === 0 ? '' : `?${new URLSearchParams(filled.map(([name, value]) => [name, String(value)]))}`;
};

/** `/workspaces/{w}` with its names filled in; nothing in a name can leave its place. */
export const filled = (path: string, names: Words = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name])));

const problemOf = async (response: Response): Promise<Problem> => {
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code?: string; message?: string; details?: Record<string, unknown>; request_id?: string } }
    | undefined;
  const error = body?.error ?? {};
  const after = Number(response.headers.get('retry-after'));
  return new Problem(
    response.status,
    error.code ?? 'failed',
    error.message ?? response.statusText,
    error.details ?? {},
    error.request_id ?? response.headers.get('x-request-id') ?? '',
    Number.isFinite(after) && after > 0 ? after : undefined,
  );
};

interface Sent extends Manner {
  path?: unknown;
  query?: unknown;
  body?: unknown;
}

const request = ({ body, key, signal, outlives }: Sent, method: string): RequestInit => {
  const isBytes = body instanceof Blob;
  const headers: Record<string, string> = {};
  if (isBytes) headers['content-type'] = body.type;
  else if (body !== undefined) headers['content-type'] = 'application/json';
  if (key) headers['idempotency-key'] = key;
  return {
    method: method.toUpperCase(),
    headers,
    credentials: 'same-origin',
    ...(signal ? { signal } : {}),
    ...(outlives ? { keepalive: true } : {}),
    ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
  };
};

/** Asks one endpoint; names, query, body and answer are those of the document. */
export const call = async <P extends Path, M extends Method<P>>(method: M, path: P, asked: Asked<P, M>): Promise<Answer<P, M>> => {
  const sent = asked as Sent;
  let response: Response;
  try {
    response = await fetch(`/api/v1${filled(path, sent.path as Words)}${search(sent.query as Words)}`, request(sent, method));
  } catch (cause) {
    if (sent.signal?.aborted) throw cause;
    throw new Problem(0, UNREACHABLE, 'The server cannot be reached.', {}, '', undefined);
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Answer<P, M>;
};
