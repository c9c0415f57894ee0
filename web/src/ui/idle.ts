/** Work for moments in which a page has nothing else to do; a browser that knows of none is given a pause instead. */

const PAUSE_MS = 60;
const LATEST_MS = 1_000;

export const whenIdle = (work: () => void): (() => void) => {
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(work, PAUSE_MS);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(work, { timeout: LATEST_MS });
  return () => cancelIdleCallback(asked);
};
