import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accessible, closeBrowser, person, say, sees, Server, shoot, signIn, until } from './stage.mjs';

let server;
let owner;
before(async () => {
  server = await Server.start();
  owner = await server.setUp();
  await server.invites(owner, 'Bob Noor', 'bob@example.com');
});
after(async () => {
  await server.end();
  await closeBrowser();
});

const two = async () => {
  const [ada, bob] = [await person(), await person()];
  await signIn(ada, server, 'ada@example.com');
  await signIn(bob, server, 'bob@example.com');
  await ada.locator('#composer').waitFor();
  await bob.locator('#composer').waitFor();
  return [ada, bob];
};

test('a reaction, a reply in a thread, an edit and a deletion reach the other as they happen', async () => {
  const [ada, bob] = await two();
  await say(ada, 'look at this');
  await sees(bob, 'look at this');
  await bob.locator('article.msg', { hasText: 'look at this' }).hover();
  await bob.getByRole('button', { name: 'Add a reaction 👍' }).click();
  await ada.getByRole('button', { name: /\+1, 1 person/ }).waitFor();

  await bob.locator('article.msg', { hasText: 'look at this' }).hover();
  await bob.getByRole('button', { name: 'Reply in a thread' }).click();
  await bob.locator('#composer-thread').waitFor();
  await say(bob, 'in the thread', '#composer-thread');
  await ada.locator('.thr', { hasText: '1 reply' }).click();
  await sees(ada, 'in the thread');
  await accessible(ada, 'a thread');
  await shoot(ada, 'thread');

  await ada.locator('#composer').press('ArrowUp');
  await ada.locator('.editing').waitFor();
  await say(ada, 'look at that');
  await sees(bob, 'look at that');
  await bob.locator('.edited').first().waitFor();

  await say(ada, 'a slip');
  await sees(bob, 'a slip');
  await ada.locator('article.msg', { hasText: 'a slip' }).hover();
  await ada.getByRole('button', { name: 'More actions' }).click();
  await ada.getByRole('menuitem', { name: 'Delete' }).click();
  await ada.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await until(async () => (await bob.locator('article.msg', { hasText: 'a slip' }).count()) === 0, 'it gone');
  assert.deepEqual([...ada.complaints, ...bob.complaints], []);
});

test('a mention is a badge on every device, and reading it on one takes it from all', async () => {
  const [ada, bob] = await two();
  const phone = await person({ viewport: { width: 390, height: 844 } });
  await signIn(phone, server, 'bob@example.com');
  const made = await server.ask('POST', `/workspaces/${owner.workspace.id}/channels`, { token: owner.token, body: { kind: 'public', name: `news-${Date.now()}` } });
  const bobs = await server.ask('GET', `/workspaces/${owner.workspace.id}/members?prefix=Bob`, { token: owner.token });
  const account = bobs.items[0].account;
  await server.ask('PUT', `/workspaces/${owner.workspace.id}/channels/${made.id}/members/${account}`, { token: owner.token, body: {} });
  await server.ask('POST', `/workspaces/${owner.workspace.id}/channels/${made.id}/messages`, { token: owner.token, body: { text: `<@${account}> look` } });
  for (const page of [bob, phone]) await page.locator('.ch', { hasText: made.name }).locator('.badge').waitFor({ state: 'attached' });
  await bob.locator('.ch', { hasText: made.name }).click();
  await sees(bob, 'look');
  for (const page of [bob, phone]) {
    await until(async () => (await page.locator('.ch', { hasText: made.name }).locator('.badge').count()) === 0, 'no badge');
  }
  assert.deepEqual([...ada.complaints, ...bob.complaints], []);
});

test('who types to me is seen in the sidebar, wherever I am, until it is said', async () => {
  const [ada, bob] = await two();
  const bobs = await server.ask('GET', `/workspaces/${owner.workspace.id}/members?prefix=Bob`, { token: owner.token });
  const talk = await server.ask('POST', `/workspaces/${owner.workspace.id}/channels`, { token: owner.token, body: { kind: 'direct', members: [bobs.items[0].account] } });
  const row = ada.locator(`.ch[href$="${talk.id}"]`);
  await row.waitFor();
  await bob.goto(`${server.url}/${owner.workspace.slug}/${talk.id}`);
  await bob.locator('#composer').waitFor();
  // Told at most every few seconds: a reader may have begun to look a moment later.
  await until(async () => {
    await bob.locator('#composer').press('x');
    return (await row.locator('.dots').count()) > 0;
  }, 'dots', 30_000);
  await bob.locator('#composer').press('Enter');
  await row.locator('.badge').waitFor({ state: 'attached' });
  assert.deepEqual([...ada.complaints, ...bob.complaints], []);
});

test('everything is reached by keyboard: jump, write, preferences, the sheet of keys', async () => {
  const [ada] = await two();
  await ada.keyboard.press('Control+k');
  await ada.getByRole('dialog', { name: 'Jump to a channel or a person' }).waitFor();
  await ada.keyboard.type('gener');
  await ada.keyboard.press('Enter');
  await ada.locator('h1', { hasText: 'general' }).waitFor();
  await ada.locator('#composer').focus();
  await ada.keyboard.type('by keys alone');
  await ada.keyboard.press('Enter');
  await sees(ada, 'by keys alone');
  await ada.locator('h1').focus();
  await ada.keyboard.press('?');
  const keys = ada.getByRole('dialog', { name: 'Keyboard' });
  await keys.waitFor();
  await accessible(ada, 'keys');
  await ada.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
});

test('a second tab shows the same and needs no second socket', async () => {
  const [ada] = await two();
  const tab = await ada.context().newPage();
  await tab.goto(ada.url());
  await tab.locator('#composer').waitFor();
  await say(ada, 'for both tabs');
  await sees(tab, 'for both tabs');
  await say(tab, 'from the second tab');
  await sees(ada, 'from the second tab');
});

test('every page keeps WCAG 2.2 AA, in both themes and two widths', async () => {
  const [ada] = await two();
  const slug = owner.workspace.slug;
  for (const path of ['threads', 'mentions', 'saved', 'drafts', 'browse', 'admin/people', 'admin/invitations', 'admin/workspace', 'admin/audit']) {
    await ada.goto(`${server.url}/${slug}/${path}`);
    await ada.locator('h1').waitFor();
    await until(async () => (await ada.locator('.bones').count()) === 0, 'the list');
    await accessible(ada, path);
    await shoot(ada, path.replace('/', '-'));
  }
  await ada.emulateMedia({ colorScheme: 'dark' });
  await ada.goto(`${server.url}/${slug}`);
  await ada.locator('#composer').waitFor();
  await accessible(ada, 'dark');
});

test('Arabic turns the page around, and everything is still there', async () => {
  const page = await person({ locale: 'ar' });
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole('button', { name: 'تسجيل الدخول' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  await accessible(page, 'Arabic');
  await shoot(page, 'sign-in-arabic');
});
