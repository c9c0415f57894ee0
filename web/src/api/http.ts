/** The HTTP face: one place that asks, one shape of what goes wrong. */

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

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

const search = (query: Query | undefined): string => {
  const filled = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return filled.length === 0 ? '' : `?${new URLSearchParams(filled.map(([name, value]) => [name, String(value)]))}`;
};

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

export interface Options {
  query?: Query;
  body?: unknown;
  key?: string;
  signal?: AbortSignal;
}

export const ask = async <T>(method: string, path: string, options: Options = {}): Promise<T> => {
  const headers: Record<string, string> = {};
  const { body } = options;
  if (body instanceof Blob) headers['content-type'] = body.type;
  else if (body !== undefined) headers['content-type'] = 'application/json';
  if (options.key) headers['idempotency-key'] = options.key;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}${search(options.query)}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.signal ? { signal: options.signal } : {}),
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new Problem(0, UNREACHABLE, 'The server cannot be reached.', {}, '', undefined);
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
};

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  ask<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
export const post = <T>(path: string, body: unknown = {}, key?: string): Promise<T> =>
  ask<T>('POST', path, { body, ...(key ? { key } : {}) });
export const patch = <T>(path: string, body: unknown): Promise<T> => ask<T>('PATCH', path, { body });
export const put = <T>(path: string, body: unknown = {}): Promise<T> => ask<T>('PUT', path, { body });
export const remove = <T>(path: string, body?: unknown): Promise<T> =>
  ask<T>('DELETE', path, body === undefined ? {} : { body });
