// What is put into a page before anything of it runs: it watches, and changes nothing.

/** When the first message stood on the screen, what moved by itself, and how long keys took. */
export const watch = () => {
  const SCROLLING_MS = 250;
  let tell;
  const seen = { first: new Promise((resolve) => (tell = resolve)), shift: 0, scrolledShift: 0, shifts: [], keys: [] };
  let turnedAt = -Infinity;
  window.addEventListener('wheel', () => (turnedAt = performance.now()), { capture: true, passive: true });
  window.bench = seen;
  const look = new MutationObserver(() => {
    if (document.querySelector('article.msg .txt')) {
      look.disconnect();
      // Painted in the frame that follows.
      requestAnimationFrame(() => setTimeout(() => tell(performance.now()), 0));
    }
  });
  look.observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      // Where a list takes rows in while a hand moves it, the browser cannot tell its move from the hand's.
      if (entry.startTime - turnedAt < SCROLLING_MS) {
        seen.scrolledShift += entry.value;
        continue;
      }
      seen.shift += entry.value;
      seen.shifts.push(`${entry.value.toFixed(4)} ${entry.sources.map((one) => `${one.node?.className ?? '?'} ${Math.round(one.previousRect.y)}->${Math.round(one.currentRect.y)}`).join(', ')}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === 'keydown') seen.keys.push(entry.duration);
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
};

/** The page's own socket, so that a bench can say on it what a server would. */
export const listen = () => {
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...words) {
      super(...words);
      window.line = this;
    }
  };
};

/** An hour of a busy workspace, faster: messages, reactions, edits, who types and who is here, 20 a second as people would make them. */
export const hour = async ({ from, to, perFrame, channel, authors, number, position }) => {
  const say = (frame) => window.line.onmessage({ data: JSON.stringify(frame) });
  let [at, last, moved] = [from, number, position];
  const message = (n, changed, part) => ({
    channel, thread: 0, number: n, stamp: String(Date.now() * 1000 + n), at: new Date().toISOString(), author: authors[n % authors.length],
    text: `${n}: what somebody says in a busy hour, **with** some \`code\` and a [link](https://example.com/${n})`, changed, ...part,
  });
  const next = () => {
    moved += 1;
    const kind = at % 10;
    const base = { position: moved, stamp: String(Date.now() * 1000), actor: authors[at % authors.length], channel, thread: 0 };
    if (kind < 6) {
      last += 1;
      say({ event: { ...base, kind: 'message.sent', number: last, image: { message: message(last, moved) } } });
    } else if (kind < 8) {
      const n = last - (at % 20);
      const reactions = [{ emoji: '👍', count: 1, people: [authors[at % authors.length]] }];
      say({ event: { ...base, kind: 'reaction.added', number: n, body: { emoji: '👍' }, image: { message: message(n, moved, { reactions }) } } });
    } else if (kind < 9) {
      const n = last - (at % 20);
      say({ event: { ...base, kind: 'message.edited', number: n, image: { message: message(n, moved, { edited: new Date().toISOString() }) } } });
    } else say({ faces: { people: [[authors[at % authors.length], 'here']], typing: [[channel, 0, authors[at % authors.length]]] } });
    at += 1;
  };
  while (at < to) {
    for (let one = 0; one < perFrame && at < to; one += 1) next();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return { number: last, position: moved };
};
