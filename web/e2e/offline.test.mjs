import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Front } from './front.mjs';
import { closeBrowser, person, say, sees, Server, signIn, until } from './stage.mjs';

after(closeBrowser);

/** The worker holds every file, and answers for the page from now on. */
const kept = (page) => until(() => page.evaluate(async () => Boolean(navigator.serviceWorker.controller && (await navigator.serviceWorker.ready).active)), 'the worker');
/** What was heard is on the disk, a moment after it came: what waits to be sent stands there at once, and is another thing. */
const saved = (page, text) =>
  until(
    () =>
      page.evaluate(
        (words) =>
          new Promise((resolve) => {
            const asked = indexedDB.open('rookery', 1);
            asked.onsuccess = () => {
              const store = asked.result.transaction('kept').objectStore('kept');
              const [names, all] = [store.getAllKeys(), store.getAll()];
              all.onsuccess = () => {
                asked.result.close();
                resolve(names.result.some((name, at) => name.includes('/state/') && JSON.stringify(all.result[at]).includes(words)));
              };
            };
          }),
        text,
      ),
    'it on the disk',
  );

test('without a server the page opens, shows what is on this device, and what is written goes out once', async () => {
  const server = await Server.start();
  try {
    await server.setUp();
    const ada = await person();
    await signIn(ada, server, 'ada@example.com');
    await ada.locator('#composer').waitFor();
    await kept(ada);
    await say(ada, 'to be read offline');
    await until(async () => (await ada.locator('article.msg.pending').count()) === 0, 'sent');
    await saved(ada, 'to be read offline');
    await server.kill();

    await ada.reload();
    await sees(ada, 'to be read offline');
    await say(ada, 'written without a server');
    await sees(ada, 'written without a server');
    await ada.getByRole('link', { name: 'Threads' }).click();
    await ada.getByText('Not on this device').waitFor();
    await ada.goto(`${server.url}/rooks/browse`);
    await ada.locator('h1', { hasText: 'Channels' }).waitFor();

    await server.up();
    await ada.goto(`${server.url}/`);
    await until(async () => (await ada.locator('article.msg .txt', { hasText: 'written without a server' }).count()) === 1, 'it once');
    await until(async () => (await ada.locator('article.msg.pending').count()) === 0, 'settled');

    const names = await ada.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      return (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map((request) => new URL(request.url).pathname);
    });
    assert.ok(names.includes('/'), 'the page is kept');
    assert.deepEqual(names.filter((name) => /^\/(api|health|metrics)/.test(name)), [], 'no answer of the server is');
    assert.deepEqual(ada.complaints, []);
  } finally {
    await server.end();
  }
});

test('who signs out leaves nothing on the device that opens without a server', async () => {
  const server = await Server.start();
  try {
    await server.setUp();
    const ada = await person();
    await signIn(ada, server, 'ada@example.com');
    await ada.locator('#composer').waitFor();
    await kept(ada);
    await say(ada, 'between us');
    await saved(ada, 'between us');
    await ada.getByRole('button', { name: 'Workspace menu' }).click();
    await ada.getByRole('menuitem', { name: 'Sign out' }).click();
    await ada.getByLabel('E-mail').waitFor();
    await server.kill();
    await ada.goto(server.url);
    await ada.getByText('The server cannot be reached.').waitFor();
    assert.equal(await ada.getByText('between us').count(), 0);
  } finally {
    await server.end();
  }
});

test('what was typed in the moment before the page goes is there again, with and without a server, and on every device', async () => {
  const server = await Server.start();
  try {
    const { token, workspace } = await server.setUp();
    const ada = await person();
    await signIn(ada, server, 'ada@example.com');
    const field = ada.locator('#composer');
    const reads = (text) => until(async () => (await field.inputValue().catch(() => '')) === text, text);
    const drafts = async () => {
      const { items } = await server.ask('GET', `/workspaces/${workspace.id}/me`, { token });
      return items.filter((one) => one.kind === 'draft').map((one) => one.value?.text);
    };
    await field.waitFor();
    await kept(ada);
    await field.fill('half a thought');
    await ada.reload();
    await reads('half a thought');
    await until(async () => (await drafts()).includes('half a thought'), 'it with the account');
    await saved(ada, 'half a thought');

    await server.kill();
    await field.fill('half a thought more');
    await ada.reload();
    await reads('half a thought more');
    await server.up();
    await until(async () => (await drafts()).includes('half a thought more'), 'the rest of it with the account');

    await field.fill('closed with it');
    await ada.close();
    await until(async () => (await drafts()).includes('closed with it'), 'what the closed page sent');
    assert.deepEqual(ada.complaints, []);
  } finally {
    await server.end();
  }
});

test('a browser may put it among its apps', async () => {
  const server = await Server.start();
  try {
    await server.setUp();
    const ada = await person();
    await signIn(ada, server, 'ada@example.com');
    await kept(ada);
    const talk = await ada.context().newCDPSession(ada);
    const manifest = await talk.send('Page.getAppManifest');
    assert.deepEqual(manifest.errors, []);
    assert.equal(JSON.parse(manifest.data).display, 'standalone');
    const { installabilityErrors } = await talk.send('Page.getInstallabilityErrors');
    // A window without a profile may never install anything; nothing else stands against it.
    assert.deepEqual(installabilityErrors.map((one) => one.errorId).filter((id) => id !== 'in-incognito'), []);
    const policy = (await ada.request.get(`${server.url}/sw.js`)).headers();
    assert.match(policy['content-security-policy'], /default-src 'none'/);
    assert.equal(policy['cache-control'], 'no-cache');
  } finally {
    await server.end();
  }
});

test('a new version waits until it is asked for, and loses nothing that was being written', async () => {
  const front = new Front(process.env.ROOKERY_PAGES);
  const server = await Server.start({ front });
  try {
    await server.setUp();
    const ada = await person();
    await signIn(ada, server, 'ada@example.com');
    await ada.locator('#composer').waitFor();
    await kept(ada);
    front.changes.set('/sw.js', (text) => text.replace(/`[0-9a-f]{16}`|"[0-9a-f]{16}"|'[0-9a-f]{16}'/, '`00000000000000ff`'));
    front.changes.set('/', (html) => html.replace('<html', '<html data-version="next"'));
    await ada.locator('#composer').fill('half a thought');
    await ada.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await ada.getByRole('button', { name: /A new version is here/ }).waitFor();
    await ada.reload();
    await ada.locator('#composer').waitFor();
    assert.equal(await ada.locator('html').getAttribute('data-version'), null, 'nothing changed unasked');

    await ada.getByRole('button', { name: /A new version is here/ }).click();
    await ada.getByRole('button', { name: 'Open the new version' }).click();
    await ada.locator('html[data-version=next] #composer').waitFor();
    await until(async () => (await ada.locator('#composer').inputValue()) === 'half a thought', 'the draft');
    assert.equal(await ada.getByRole('button', { name: /A new version is here/ }).count(), 0);
    assert.deepEqual(ada.complaints, []);
  } finally {
    await server.end();
  }
});
