// A real server and real browsers: what a test stands on.

import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

import { Front } from './front.mjs';

export const BINARY = process.env.ROOKERY_BINARY ?? join(import.meta.dirname, '../../target/debug/rookery');
const SHOTS = process.env.ROOKERY_SHOTS ?? join(import.meta.dirname, '../../var/shots');
/** A folder with a build of the page, where it shall stand for the one in the binary. */
const PAGES = process.env.ROOKERY_PAGES;
/** A fault, however busy the machine is: nothing that comes at all takes as long. */
const PATIENCE_MS = 60_000;
/** The tests of a file act as the same few people from one address, more in a minute than anybody would be let, and the more the faster the machine is. */
const RATES = Object.fromEntries(['SIGN_IN', 'SIGN_IN_ADDRESS', 'SIGN_IN_ACCOUNT', 'ADDRESS', 'ACCOUNT', 'COSTLY'].map((name) => [`ROOKERY_RATES__${name}`, '0']));
const ARGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** Whatever answers at one address, asked as a program asks. */
export class Installation {
  /** The HTTP face, as a program. */
  async ask(method, path, { token, body } = {}) {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = response.status === 204 ? {} : await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
  /** An owner with a workspace, as a program makes them. */
  async setUp() {
    const body = { code: this.code, email: 'ada@example.com', password: PASSWORD, name: 'Ada Byron', workspace: 'Rooks' };
    const made = await this.ask('POST', '/setup', { body });
    return { token: made.token, workspace: made.workspace };
  }
  async invites(owner, name, email) {
    const { code } = await this.ask('POST', `/workspaces/${owner.workspace.id}/invitations`, { token: owner.token, body: {} });
    return this.ask('POST', `/invitations/${code}/accept`, { body: { name, email, password: PASSWORD } });
  }
}

/** The binary on a folder of its own; it can be killed and started again on the same one. */
export class Server extends Installation {
  static async start({ front } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'rookery-e2e-'));
    const server = new Server(folder);
    await server.behind(front);
    await server.up();
    return server;
  }
  /** On a data folder that somebody filled before. */
  static async filled(fill) {
    const folder = await mkdtemp(join(tmpdir(), 'rookery-e2e-'));
    const server = new Server(folder);
    await mkdir(join(folder, 'data'));
    server.filled = fill(join(folder, 'data'));
    server.wasUp = true;
    await server.behind();
    await server.up();
    return server;
  }
  constructor(folder) {
    super();
    this.folder = folder;
    this.port = 0;
  }
  async behind(front = PAGES && new Front(PAGES)) {
    this.front = front;
    if (front) this.port = await front.open();
  }
  async up() {
    const env = { PATH: process.env.PATH, ROOKERY_METRICS__LISTEN: 'off', ...RATES };
    const args = ['serve', '--data', join(this.folder, 'data'), '--listen', `127.0.0.1:${this.port}`, ...(this.front ? ['--public-url', this.front.url] : [])];
    this.child = spawn(BINARY, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.log = '';
    this.child.stderr.on('data', (text) => (this.log += text));
    const lines = createInterface({ input: this.child.stdout });
    await new Promise((resolve, reject) => {
      this.child.once('exit', () => reject(new Error(`it did not start: ${this.log}`)));
      lines.on('line', (line) => {
        const url = /http:\/\/[\d.:]+/.exec(line)?.[0];
        if (url) {
          this.url = url;
          // Behind a front the address that is printed is the front's.
          if (!this.front) this.port = Number(new URL(url).port);
          resolve();
        }
        const code = /set-up code: (\S+)/.exec(line)?.[1];
        if (code) this.code = code;
      });
    });
    // The code follows the first line; on a later start there is none.
    if (!this.wasUp) await until(() => this.code, 'a set-up code');
    this.wasUp = true;
  }
  async kill() {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
  async end() {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
    this.front?.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const PASSWORD = 'correct horse battery';

export const until = async (what, words, ms = PATIENCE_MS) => {
  const late = Date.now() + ms;
  for (;;) {
    const found = await what();
    if (found) return found;
    if (Date.now() > late) throw new Error(`waited in vain for ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

let browser;
export const browse = async () => (browser ??= await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS, timeout: PATIENCE_MS }));
export const closeBrowser = async () => browser?.close();

/** Somebody's own browser; what a page complains of fails the test that asks. */
export const person = async (options = {}) => {
  const context = await (await browse()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    // A browser says itself that a request failed; that is what some tests are about.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) page.complaints.push(message.text());
  });
  return page;
};

export const signIn = async (page, server, email) => {
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.side').waitFor();
};

/** A browser that still has its cookie, as most have. */
export const returning = async (server, email, options = {}) => {
  server.cookies ??= new Map();
  if (!server.cookies.has(email)) {
    const first = await person();
    await signIn(first, server, email);
    server.cookies.set(email, await first.context().storageState());
    await first.context().close();
  }
  const page = await person({ ...options, storageState: server.cookies.get(email) });
  await page.goto(server.url);
  await page.locator('.side').waitFor();
  return page;
};

export const say = async (page, text, within = '#composer') => {
  const field = page.locator(within);
  await field.fill(text);
  await field.press('Enter');
};

export const sees = (page, text) => page.locator('article.msg .txt', { hasText: text }).first().waitFor();

/** Nothing is on its way from one look to another; what turns for ever does not count. */
const isStill = (page) =>
  page.evaluate(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getComputedTiming().endTime === Infinity));

/** WCAG 2.2 AA as far as a program can see, of colours that are not half-way to others. */
export const accessible = async (page, where) => {
  await until(() => isStill(page), `${where} at rest`);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  if (violations.length > 0) {
    const words = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`);
    throw new Error(`${where}:\n${words.join('\n')}`);
  }
};

/** Kept to be looked at, never compared by pixel. */
export const shoot = async (page, name) => {
  await mkdir(SHOTS, { recursive: true });
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [width, size] of [['wide', { width: 1440, height: 900 }], ['narrow', { width: 390, height: 844 }]]) {
      await page.setViewportSize(size);
      await page.screenshot({ path: join(SHOTS, `${name}-${width}-${scheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
};
