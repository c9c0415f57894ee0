// What the main thread of a page did: from the browser's own trace, in the thread's own time, so that neighbours on the machine do not count.

const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'devtools.timeline.frame', 'blink.user_timing'];

/** Traces what happens while `work` runs. */
export const traced = async (browser, page, work) => {
  const talk = await browser.newBrowserCDPSession();
  const events = [];
  talk.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const marker = `bench ${Math.random()}`;
  await talk.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES, recordMode: 'recordAsMuchAsPossible' } });
  await page.evaluate((name) => performance.mark(name), marker);
  const answer = await work();
  const done = new Promise((resolve) => talk.once('Tracing.tracingComplete', resolve));
  await talk.send('Tracing.end');
  await done;
  await talk.detach();
  const mark = events.find((event) => event.name === marker);
  const own = events.filter((event) => event.pid === mark?.pid && event.tid === mark?.tid);
  return { answer, ...summary(own, events.filter((event) => event.pid === mark?.pid)) };
};

const summary = (main, all) => {
  const tasks = main.filter((event) => event.name === 'RunTask' && event.ph === 'X').map((event) => ({ at: event.ts, ms: (event.tdur ?? event.dur) / 1000 }));
  const frames = [...new Set(all.filter((event) => event.name === 'BeginFrame').map((event) => event.ts))].sort((a, b) => a - b);
  return { tasks, frames: work(tasks, frames) };
};

/** Milliseconds of work between one frame's beginning and the next one's, of frames in which anything was to be done. */
const work = (tasks, frames) => {
  const sums = new Array(frames.length).fill(0);
  let at = 0;
  for (const task of [...tasks].sort((a, b) => a.at - b.at)) {
    while (at + 1 < frames.length && (frames[at + 1] ?? Infinity) <= task.at) at += 1;
    if (frames.length > 0 && task.at >= (frames[0] ?? 0)) sums[at] += task.ms;
  }
  return sums;
};
