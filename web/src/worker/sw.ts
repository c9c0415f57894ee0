/** The page without a network: its own files, kept under one version, and nothing that the server answered. */

import { isPart, outdated, planFor } from './plan';

const worker = self as unknown as ServiceWorkerGlobalScope;

// Filled in by the build (`offline.ts`): a digest of all files, and their paths.
const VERSION = '%VERSION%';
const FILES = '%FILES%'.split(' ');

const PREFIX = 'rookery-';
const CACHE = PREFIX + VERSION;
const SHELL = '/';
const kept = new Set(FILES);

const fill = async (): Promise<void> => {
  const cache = await caches.open(CACHE);
  // Asked of the server, not of the browser's own cache: one version is whole or not there at all.
  await cache.addAll([SHELL, ...FILES].map((path) => new Request(path, { cache: 'no-cache' })));
};

worker.addEventListener('install', (event) => event.waitUntil(fill()));

worker.addEventListener('activate', (event) => {
  const clean = async (): Promise<void> => {
    await Promise.all(outdated(await caches.keys(), CACHE, PREFIX).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

/** A new version waits until somebody asks for it: no page changes under the hands of who writes in it. */
worker.addEventListener('message', (event) => {
  if (event.data === 'take over') void worker.skipWaiting();
});

const shell = async (request: Request): Promise<Response> => {
  const cache = await caches.open(CACHE);
  return (await cache.match(SHELL)) ?? fetch(request);
};

const file = async (request: Request): Promise<Response> => {
  const cache = isPart(new URL(request.url).pathname) ? caches : await caches.open(CACHE);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
};

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const plan = planFor(request, worker.location.origin, kept);
  if (plan === 'shell') event.respondWith(shell(request));
  else if (plan === 'kept') event.respondWith(file(request));
});
