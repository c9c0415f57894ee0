import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accessible, closeBrowser, person, returning, say, sees, Server, until } from './stage.mjs';

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

const enters = async (options) => {
  const page = await returning(server, 'ada@example.com', options);
  await page.locator('#composer').waitFor();
  return page;
};
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '');
const sent = (page) => until(async () => (await page.locator('article.msg.pending').count()) === 0, 'sent');

test('a message is reached, answered, quoted, kept, pinned, edited and deleted without a pointer', async () => {
  const page = await enters();
  await page.locator('#composer').focus();
  for (const text of ['the first', 'the second', 'the third']) {
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await sees(page, text);
  }
  await sent(page);
  // One stop for the whole list: the newest.
  await page.keyboard.press('Shift+Tab');
  await until(async () => (await focused(page)).includes('the third'), 'the newest message');
  await page.keyboard.press('ArrowUp');
  await until(async () => (await focused(page)).includes('the second'), 'the one above');
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  await until(async () => (await focused(page)).includes('the third'), 'the newest again');

  await page.keyboard.press('r');
  await page.getByRole('dialog', { name: 'Add a reaction' }).waitFor();
  await page.keyboard.type('tada');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /tada, 1 person/ }).waitFor();
  await until(async () => (await focused(page)).includes('the third'), 'the focus where it was');

  await page.keyboard.press('s');
  await page.keyboard.press('p');
  await page.locator('article.msg', { hasText: 'the third' }).getByTitle('Pinned').waitFor();
  await page.keyboard.press('q');
  await until(async () => (await page.locator('#composer').inputValue()) === '> the third\n\n', 'the quote');
  const composer = await page.locator('#composer').getAttribute('aria-label');
  await until(async () => (await focused(page)) === composer, 'the focus with it');
  await page.keyboard.type('I agree');
  await page.keyboard.press('Enter');
  await page.locator('article.msg blockquote', { hasText: 'the third' }).waitFor();
  await sent(page);

  // Where one was in the list, one is again, a few stops back.
  for (let at = 0; at < 8 && !(await focused(page)).includes('the third'); at += 1) await page.keyboard.press('Shift+Tab');
  await until(async () => (await focused(page)).includes('the third'), 'where one was');
  await page.keyboard.press('ArrowUp');
  await until(async () => (await focused(page)).includes('the second'), 'the second');
  await page.keyboard.press('e');
  await page.locator('.editing').waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('the second, mended');
  await page.keyboard.press('Enter');
  await sees(page, 'the second, mended');

  await page.locator('article.msg', { hasText: 'the first' }).focus();
  await page.keyboard.press('Delete');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until(async () => (await page.locator('article.msg', { hasText: 'the first' }).count()) === 0, 'it gone');
  await until(async () => (await focused(page)).includes('the second'), 'the focus at what stands there now');

  await page.keyboard.press('t');
  await page.locator('#composer-thread').waitFor();
  await page.locator('#composer-thread').focus();
  await page.keyboard.type('in a thread');
  await page.keyboard.press('Enter');
  await sees(page, 'in a thread');
  assert.deepEqual(page.complaints, []);
});

test('regions are gone round, panes are closed by Escape, and what was opened gives the focus back', async () => {
  const page = await enters();
  const regions = new Set();
  for (let at = 0; at < 4; at += 1) {
    await page.keyboard.press('F6');
    regions.add(await page.evaluate(() => document.activeElement?.closest('nav, main, aside')?.getAttribute('aria-label') ?? ''));
  }
  assert.ok(regions.size >= 3, [...regions].join());
  await page.locator('#place').focus();
  await page.keyboard.press('Control+.');
  await page.getByRole('complementary', { name: 'Details' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('complementary').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Workspace menu' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await until(async () => (await focused(page)) === 'Workspace menu', 'the focus back');
});

test('a key is found, changed, refused where it is taken, and works from then on, on every device', async () => {
  const page = await enters();
  await say(page, 'to be reacted to');
  await sent(page);
  await page.locator('#place').focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard' });
  await sheet.getByRole('searchbox').fill('reaction');
  await sheet.getByRole('button', { name: 'Add a reaction: R. Change' }).click();
  await page.keyboard.press('s');
  await sheet.getByText('That one is taken: Save').waitFor();
  await sheet.getByRole('button', { name: 'Add a reaction: R. Change' }).click();
  await page.keyboard.press('x');
  await sheet.getByRole('button', { name: 'Add a reaction: X. Change' }).waitFor();
  await accessible(page, 'the sheet of keys');
  await page.keyboard.press('Escape');
  const other = await enters();
  // What is one's own comes a moment after the channels.
  await other.locator('#place').focus();
  await other.keyboard.press('?');
  await other.getByRole('dialog', { name: 'Keyboard' }).getByRole('button', { name: 'Add a reaction: X. Change' }).waitFor();
  await other.keyboard.press('Escape');
  await other.getByRole('dialog').waitFor({ state: 'detached' });
  await other.locator('article.msg', { hasText: 'to be reacted to' }).focus();
  await other.keyboard.press('r');
  assert.equal(await other.getByRole('dialog').count(), 0);
  await other.keyboard.press('x');
  await other.getByRole('dialog', { name: 'Add a reaction' }).waitFor();
});

test('what is behind a slash or a > is done instead of sent', async () => {
  const page = await enters();
  await page.locator('#composer').focus();
  await page.keyboard.type('/top');
  await page.getByRole('option', { name: /topic/ }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('what we talk about');
  await page.keyboard.press('Enter');
  await page.locator('.bar .topic', { hasText: 'what we talk about' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('>preferences');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
});

test('a bar of tools is one stop, and arrows go along it', async () => {
  const page = await enters();
  await say(page, 'to be acted on');
  await sent(page);
  await page.locator('article.msg', { hasText: 'to be acted on' }).focus();
  const tools = page.getByRole('toolbar', { name: 'Message actions' });
  await tools.waitFor();
  const inTools = () => page.evaluate(() => document.activeElement?.closest('[role=toolbar]')?.getAttribute('aria-label') ?? '');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Add a reaction 👍');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(page), 'Add a reaction');
  await page.keyboard.press('End');
  assert.equal(await focused(page), 'More actions');
  await page.keyboard.press('Tab');
  assert.notEqual(await inTools(), 'Message actions', 'one Tab leaves it');
  await page.locator('#composer').focus();
  await page.keyboard.press('Tab');
  assert.equal(await inTools(), 'Writing tools');
  await page.keyboard.press('End');
  assert.equal(await focused(page), 'Send');
});

test('every field and every button of a page shows that one is there', async () => {
  const page = await enters();
  const stops = async () => {
    const bare = [];
    for (const one of await page.locator(':is(input, select, textarea, button, a[href]):visible').all()) {
      if (!(await one.isEnabled())) continue;
      await one.focus();
      const shows = await one.evaluate((at) => {
        const isRung = (part) => part && getComputedStyle(part).outlineStyle !== 'none' && parseFloat(getComputedStyle(part).outlineWidth) > 0;
        // A field without a border of its own is rung by the box it stands in.
        const { boxShadow } = getComputedStyle(at.closest('.cbox') ?? document.body);
        return isRung(at) || isRung(at.closest('.affix, label.btn')) || boxShadow !== 'none' || at.matches('[role="combobox"]');
      });
      if (!shows) bare.push(await one.evaluate((at) => at.outerHTML.slice(0, 120)));
    }
    assert.deepEqual(bare, []);
  };
  // The last key, not the last click, says that somebody is here with the keyboard.
  await page.keyboard.press('Tab');
  await stops();
  await page.locator('.rail .you').press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('The one you have').waitFor();
  for (const name of ['Profile', 'Notifications', 'Look']) {
    await dialog.getByRole('button', { name, exact: true }).press('Enter');
    await page.keyboard.press('Tab');
    await stops();
  }
  await page.keyboard.press('Escape');
  await page.context().close();
  const stranger = await person();
  await stranger.goto(`${server.url}/sign-in`);
  await stranger.getByLabel('E-mail').press('Tab');
  assert.equal(await stranger.locator('.affix:has(#password)').evaluate((at) => getComputedStyle(at).outlineStyle), 'solid');
  await stranger.context().close();
});
