// What the client costs a reader, on a processor four times slower than this one: `make bench-web`.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { browse, closeBrowser, PASSWORD, Server, until } from '../e2e/stage.mjs';
import { bare } from './bare.mjs';
import { figure, median, quantile } from './figure.mjs';
import { hour, listen, watch } from './inside.mjs';
import { profiled } from './profile.mjs';
import { traced } from './trace.mjs';

const FILL = process.env.ROOKERY_FILL ?? join(import.meta.dirname, '../../target/release/fill');
const MESSAGES = 100_000;
const SLOWER = 4;
const OPENINGS = 5;
/** An hour at 20 a second. */
const EVENTS = 72_000;
const TEN_MINUTES = 12_000;
const EVENTS_A_FRAME = 20;
const FAR_PX = 24_000;
const BACK_PX = 12_000;
const VIEW = { width: 1280, height: 800 };

/** Which parts, where not all are wanted: BENCH_ROWS=start,scroll. */
const ROWS = process.env.BENCH_ROWS?.split(',');
const wants = (row) => !ROWS || ROWS.includes(row);

const wrong = [];
const check = (is, words) => is || wrong.push(words);

const server = await Server.filled((folder) => {
  const { status, stdout, stderr } = spawnSync(FILL, [folder, String(MESSAGES)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${FILL}: ${stderr}`);
  return JSON.parse(stdout);
});
const { channel, account } = server.filled;

/** Signed in, and nothing else of an earlier visit. */
const cookies = async () => {
  const context = await (await browse()).newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.side').waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
};

const opened = async (storageState) => {
  const context = await (await browse()).newContext({ viewport: VIEW, storageState, serviceWorkers: 'allow' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.addInitScript(watch);
  await page.addInitScript(listen);
  const talk = await context.newCDPSession(page);
  await talk.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  return { context, page, talk };
};

const place = `${server.url}/rooks/${channel}`;
/** At an address whose messages stand there. */
const listed = async (page, address) => {
  await page.goto(address);
  await first(page);
  await until(() => page.evaluate(() => document.querySelectorAll('.bones').length === 0), 'the list', 60_000);
};
const first = (page) => page.evaluate(() => window.bench.first);

const starts = async (state) => {
  const cold = [];
  const warm = [];
  const longest = [];
  let bytes = { script: 0, style: 0, requests: 0 };
  for (let at = 0; at < OPENINGS; at += 1) {
    const { context, page, talk } = await opened(state);
    await talk.send('Network.enable');
    const kinds = new Map();
    bytes = { script: 0, style: 0, requests: 0 };
    talk.on('Network.responseReceived', ({ requestId, type, response }) => kinds.set(requestId, { type, url: response.url }));
    talk.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const { type, url } = kinds.get(requestId) ?? {};
      if (!url?.startsWith(server.url)) return;
      bytes.requests += 1;
      if (type === 'Script') bytes.script += encodedDataLength;
      if (type === 'Stylesheet') bytes.style += encodedDataLength;
    });
    await page.goto('about:blank');
    const { answer, tasks } = await traced(await browse(), page, () =>
      profiled(talk, 'start', async () => {
        await page.goto(place);
        return first(page);
      }),
    );
    cold.push(answer);
    longest.push(Math.max(...tasks.map((task) => task.ms)));
    const { ...onStart } = bytes;
    // The worker and the disk have it now.
    await until(() => page.evaluate(async () => Boolean(navigator.serviceWorker.controller && (await navigator.serviceWorker.ready).active)), 'the worker', 60_000);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_500)));
    await page.reload();
    warm.push(await first(page));
    bytes = onStart;
    await context.close();
  }
  return { cold: median(cold), warm: median(warm), longest: median(longest), bytes };
};

/** Scrolls as a hand on a wheel does, for so many pixels. */
const wheel = (talk, distance, speed) =>
  talk.send('Input.synthesizeScrollGesture', { x: VIEW.width / 2, y: VIEW.height / 2, yDistance: distance, speed, gestureSourceType: 'mouse', preventFling: true });

const turn = async (talk) => {
  await wheel(talk, FAR_PX, 3_000);
  await wheel(talk, -BACK_PX, 3_000);
};

const scrolls = async (state) => {
  const { context, page, talk } = await opened(state);
  const frames = [];
  const tasks = [];
  const shifts = [];
  let shift = 0;
  for (const number of [undefined, MESSAGES / 2, 400]) {
    await listed(page, number ? `${place}/${number}` : place);
    const before = await page.evaluate(() => window.bench.shift);
    const run = await traced(await browse(), page, () =>
      profiled(talk, `scroll from ${number ?? 'the end'}`, () => turn(talk)),
    );
    frames.push(...run.frames);
    tasks.push(...run.tasks.map((task) => task.ms));
    // What came meanwhile is taken in now, without a hand: nothing may move for it.
    await until(() => page.evaluate(() => document.querySelector('.scroll-list').getAttribute('aria-busy') === 'false'), 'rest', 60_000);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
    const after = await page.evaluate(() => ({ shift: window.bench.shift, shifts: window.bench.shifts }));
    shift += after.shift - before;
    shifts.push(...after.shifts);
    const drawn = await page.locator('article.msg').count();
    check(drawn > 5 && drawn < 400, `${drawn} messages in the page at ${number ?? 'the end'}`);
  }
  await listed(page, place);
  await bare(page);
  const floor = await traced(await browse(), page, () => turn(talk));
  await context.close();
  const pixels = 3 * (FAR_PX + BACK_PX);
  return { frames, floor: floor.frames, longest: Math.max(...tasks), shift, shifts, perScreen: (tasks.reduce((sum, ms) => sum + ms, 0) / pixels) * VIEW.height };
};

const TEXT = 'what somebody writes who thinks while writing it '.repeat(4);

/** How long keys took until they were seen. */
const typed = async (page, talk, name) => {
  await page.locator('#composer').focus();
  await page.evaluate(() => (window.bench.keys = []));
  await traced(await browse(), page, () =>
    profiled(talk, name, async () => {
      for (const sign of TEXT) await page.keyboard.press(sign === ' ' ? 'Space' : sign);
    }),
  );
  const late = await page.evaluate(() => window.bench.keys);
  // A browser tells of what took longer than a frame alone.
  return quantile([...late, ...new Array(Math.max(0, TEXT.length - late.length)).fill(8)], 0.95);
};

const keys = async (state) => {
  const { context, page, talk } = await opened(state);
  await page.goto(place);
  await first(page);
  const ours = await typed(page, talk, 'keys');
  await bare(page);
  const floor = await typed(page, talk, 'keys, bare');
  await context.close();
  return { ours, floor };
};

const heap = async (talk) => {
  for (let at = 0; at < 3; at += 1) await talk.send('HeapProfiler.collectGarbage');
  const { usedSize } = await talk.send('Runtime.getHeapUsage');
  const { nodes } = await talk.send('Memory.getDOMCounters');
  return { mb: usedSize / 1e6, nodes };
};

const memory = async (state) => {
  const { context, page, talk } = await opened(state);
  await page.goto(place);
  await first(page);
  await until(() => page.evaluate(() => window.line?.readyState === 1), 'the socket', 60_000);
  await until(async () => (await page.locator('.strip').count()) === 0, 'a live line', 60_000);
  // Another speed of the processor changes no byte.
  await talk.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const seen = await server.ask('GET', `/workspaces/${server.filled.workspace}/channels/${channel}/messages?limit=1`, { token: server.token });
  const authors = [account, ...Object.keys(seen.people)];
  let now = { number: seen.last, position: seen.position + 1_000 };
  const play = async (from, to) => (now = await page.evaluate(hour, { from, to, perFrame: EVENTS_A_FRAME, channel, authors, ...now }));
  await play(0, TEN_MINUTES);
  const early = await heap(talk);
  await play(TEN_MINUTES, EVENTS);
  const late = await heap(talk);
  const said = await page.locator('article.msg .txt').last().innerText();
  check(said.startsWith(`${now.number}:`), `the newest message is ${now.number}, and the page shows «${said.slice(0, 20)}»`);
  await context.close();
  return { early, late };
};

try {
  server.token = (await server.ask('POST', '/session', { body: { email: 'ada@example.com', password: PASSWORD } })).token;
  const state = await cookies();
  const lines = [];
  if (wants('start')) {
    const start = await starts(state);
    lines.push(
      figure('web_first_list_cold', start.cold, 'ms', 1_000),
      figure('web_first_list_warm', start.warm, 'ms', 300),
      figure('web_longest_task_start', start.longest, 'ms', 100),
      figure('web_script_first', start.bytes.script / 1000, 'kB', 150),
      figure('web_style_first', start.bytes.style / 1000, 'kB', 20),
      figure('web_requests_start', start.bytes.requests, '', 25),
    );
  }
  if (wants('scroll')) {
    const scroll = await scrolls(state);
    if (process.env.BENCH_SHIFTS) for (const one of scroll.shifts.slice(0, 40)) console.log(one);
    console.log(`frames: ${scroll.frames.length}, p50 ${quantile(scroll.frames, 0.5).toFixed(1)} ms, p99 ${quantile(scroll.frames, 0.99).toFixed(1)} ms; ${scroll.perScreen.toFixed(0)} ms of the main thread a screen`);
    check(scroll.frames.length > 100, 'no frames were seen');
    lines.push(
      figure('web_longest_task_scroll', scroll.longest, 'ms', 100),
      figure('web_scroll_frame_p95', quantile(scroll.frames, 0.95), 'ms', 8, quantile(scroll.floor, 0.95)),
      figure('web_layout_shift', scroll.shift, '', 0),
    );
  }
  if (wants('keys')) {
    const { ours, floor } = await keys(state);
    lines.push(figure('web_key_to_paint_p95', ours, 'ms', 16, floor));
  }
  if (wants('memory')) {
    const held = await memory(state);
    console.log(`memory: ${held.early.mb.toFixed(1)} MB and ${held.early.nodes} nodes after ten minutes, ${held.late.mb.toFixed(1)} MB and ${held.late.nodes} nodes after an hour`);
    lines.push(figure('web_memory_hour', held.late.mb, 'MB', 150), figure('web_memory_growth', held.late.mb / held.early.mb, '', 1.1));
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  for (const line of lines) console.log(line);
} finally {
  await server.end();
  await closeBrowser();
}
