/** The worker that keeps the page for when there is no network, and the new version that waits behind it. */

import { createSignal } from 'solid-js';

const LOOK_MS = 60 * 60_000;

const [isNewer, setNewer] = createSignal(false);
/** A newer page is here, and waits for a word. */
export { isNewer };

/** What a browser offers that can put the page among its apps. */
interface Installer extends Event {
  prompt: () => Promise<unknown>;
}
const [installer, setInstaller] = createSignal<Installer>();
export { installer };
/** Asked once; a browser offers it again when it may be asked again. */
export const install = (): void => {
  void installer()?.prompt();
  setInstaller(undefined);
};
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  setInstaller(event as Installer);
});

let registration: ServiceWorkerRegistration | undefined;
let isAsked = false;

const watch = (found: ServiceWorkerRegistration): void => {
  const { serviceWorker } = navigator;
  const look = (): void => {
    if (found.waiting && serviceWorker.controller) setNewer(true);
  };
  look();
  found.addEventListener('updatefound', () => {
    found.installing?.addEventListener('statechange', look);
  });
};

/** Once the page stands: nothing of it waits for this. */
export const keepOffline = async (): Promise<void> => {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const wasKept = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    if (isAsked) location.reload();
    // Another tab took the new version; this one goes on with its own until it is asked.
    else if (wasKept) setNewer(true);
  });
  registration = await serviceWorker.register('/sw.js').catch(() => undefined);
  if (!registration) return;
  watch(registration);
  setInterval(() => void look(), LOOK_MS);
};

const look = (): Promise<unknown> => registration?.update().catch(() => undefined) ?? Promise.resolve();

/** Opens the new version. Where none waits yet, it is asked for first. */
export const renew = async (): Promise<void> => {
  if (!registration?.waiting) await look();
  const next = registration?.waiting ?? registration?.installing;
  if (!next) {
    location.reload();
    return;
  }
  isAsked = true;
  if (next.state === 'installed') next.postMessage('take over');
  else next.addEventListener('statechange', () => next.state === 'installed' && next.postMessage('take over'));
};
