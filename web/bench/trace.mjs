// What the main thread of a page did: from the browser's own trace, in the thread's own time, so that neighbours on the machine do not count.

const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'devtools.timeline.frame', 'blink.user_timing'];

/** What the main thread drew is handed over: a frame of its own. */
const FRAME = 'BeginCommitCompositorFrame';

/** Traces what happens while `work` runs. */
export const traced = async (browser, page, work) => {
  const talk = await browser.newBrowserCDPSession();
  const events = [];
  talk.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const marker = `bench ${Math.random()}`;
  await talk.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES, recordMode: 'recordAsMuchAsPossible' } });
  const answer = await work();
  // At the end: an address of another origin is another process.
  await page.evaluate((name) => performance.mark(name), marker);
  const done = new Promise((resolve) => talk.once('Tracing.tracingComplete', resolve));
  await talk.send('Tracing.end');
  await done;
  await talk.detach();
  const mark = events.find((event) => event.name === marker);
  const own = events.filter((event) => event.pid === mark?.pid && event.tid === mark?.tid);
  return { answer, ...summary(own, events.filter((event) => event.pid === mark?.pid)) };
};

const summary = (main, all) => {
  const whole = main.filter((event) => event.ph === 'X');
  const tasks = whole.filter((event) => event.name === 'RunTask').map((event) => ({ at: event.ts, until: event.ts + event.dur, ms: (event.tdur ?? event.dur) / 1000 }));
  const frames = [...new Set(all.filter((event) => event.name === FRAME).map((event) => event.ts))].sort((a, b) => a - b);
  if (process.env.BENCH_TASKS) tell(tasks, whole, all);
  return { tasks, frames: work(tasks, frames) };
};

/** The longest tasks, and what they were made of: where to look when a figure is short. */
const tell = (tasks, whole, all) => {
  const names = new Map();
  for (const { name } of all) if (/Frame/.test(name)) names.set(name, (names.get(name) ?? 0) + 1);
  console.log('frames', JSON.stringify([...names]));
  console.log('own time:', owns(whole).slice(0, 24).map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(', '));
  for (const task of [...tasks].sort((a, b) => b.ms - a.ms).slice(0, 6)) {
    const inside = whole.filter((event) => event.ts >= task.at && event.ts + event.dur <= task.until && event.name !== 'RunTask');
    const parts = new Map();
    for (const event of inside) {
      const name = event.name === 'FunctionCall' ? `call ${event.args?.data?.functionName ?? ''} ${event.args?.data?.url?.split('/').at(-1) ?? ''}:${event.args?.data?.lineNumber}` : event.name;
      parts.set(name, (parts.get(name) ?? 0) + (event.tdur ?? event.dur) / 1000);
    }
    console.log(`${task.ms.toFixed(0)} ms:`, [...parts].sort((a, b) => b[1] - a[1]).slice(0, 9).map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(', '));
  }
};

/** By name, what each did itself: without what was called in it. */
const owns = (whole) => {
  const sums = new Map();
  const open = [];
  for (const event of [...whole].sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while (open.length > 0 && open.at(-1).ts + open.at(-1).dur < event.ts + event.dur) open.pop();
    const ms = (event.tdur ?? event.dur) / 1000;
    const above = open.at(-1)?.name;
    if (above) sums.set(above, sums.get(above) - ms);
    sums.set(event.name, (sums.get(event.name) ?? 0) + ms);
    open.push(event);
  }
  return [...sums].sort((a, b) => b[1] - a[1]);
};

/** Milliseconds of work up to each frame since the one before it: all that kept a reader from seeing it sooner. */
const work = (tasks, frames) => {
  const sums = new Array(frames.length).fill(0);
  let at = 0;
  for (const task of [...tasks].sort((a, b) => a.at - b.at)) {
    while (at < frames.length && frames[at] < task.at) at += 1;
    if (at < frames.length) sums[at] += task.ms;
  }
  return sums;
};
