import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accessible, closeBrowser, returning, sees, Server, until } from './stage.mjs';
import { told } from './story.mjs';

/** Enough that a list is longer than what it loads first. */
const MANY = 160;

let server;
let story;
before(async () => {
  server = await Server.start();
  story = await told(server);
  const path = `/workspaces/${story.owner.workspace.id}/channels/${story.channels.weather.id}/messages`;
  for (let at = 1; at <= MANY; at += 1) await server.ask('POST', path, { token: story.owner.token, body: { text: `report ${at}` } });
});
after(async () => {
  await server.end();
  await closeBrowser();
});

const at = (rest) => `${server.url}/${story.owner.workspace.slug}/${rest}`;
const enters = () => returning(server, 'ada@example.com', { viewport: { width: 1440, height: 900 } });
const wide = (page, what) => page.locator(what).evaluate((one) => Math.round(one.getBoundingClientRect().width));
const becomes = (page, what, width) => until(async () => (await wide(page, what)) === width, `${what} ${width} wide`);
/** Nothing is loaded, and the list stands where it stood, for twenty pictures. */
const rests = async (list) => {
  let was;
  for (let same = 0; same < 20; ) {
    const is = `${list.scrollTop} ${list.scrollHeight} ${list.getAttribute('aria-busy')}`;
    same = is === was && list.getAttribute('aria-busy') === 'false' ? same + 1 : 0;
    was = is;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
};
const inSection = (page, name) => page.getByRole('region', { name, exact: true }).locator('.ch .cut').allInnerTexts();

test('who likes it dense chooses so, and finds it dense the next time', async () => {
  const page = await enters();
  await page.goto(at(story.made.id));
  await sees(page, 'Nine more');
  await becomes(page, 'article.msg .gut .av >> nth=0', 36);
  await page.locator('.rail .you').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Look', exact: true }).click();
  await page.getByRole('button', { name: 'Compact' }).click();
  await page.keyboard.press('Escape');
  await page.reload();
  await sees(page, 'Nine more');
  await becomes(page, 'article.msg .gut .av >> nth=0', 20);
  await accessible(page, 'a dense channel');
});

test('the sidebar and the pane are as wide as somebody made them, by hand or by keys', async () => {
  const page = await enters();
  await page.goto(at(`${story.made.id}?thread=${story.root.number}`));
  await page.locator('#composer-thread').waitFor();
  const side = page.getByRole('separator', { name: 'Width of the list of channels' });
  await side.focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await side.getAttribute('aria-valuenow'), '280');
  const pane = page.getByRole('separator', { name: 'Width of the part beside the messages' });
  const { x, y } = await pane.boundingBox();
  await page.mouse.move(x + 4, y + 300);
  await page.mouse.down();
  await page.mouse.move(x - 96, y + 320, { steps: 4 });
  await page.mouse.up();
  assert.equal(await pane.getAttribute('aria-valuenow'), '504');
  await page.reload();
  await page.locator('#composer-thread').waitFor();
  await becomes(page, '.side', 280);
  await becomes(page, '.pane', 504);
  await page.getByRole('button', { name: 'Over the whole width' }).click();
  await becomes(page, '.pane', await page.locator('.sheet').evaluate((one) => one.clientWidth));
  await page.getByRole('button', { name: 'Over the whole width' }).click();
  await becomes(page, '.pane', 504);
  await page.setViewportSize({ width: 1000, height: 800 });
  await pane.waitFor({ state: 'hidden' });
});

test('channels stand by name, by what is new, or as somebody moved them, on every device', async () => {
  const [page, other] = [await enters(), await enters()];
  const sort = async (how) => {
    await page.getByRole('button', { name: 'Channels: section' }).click();
    await page.getByRole('menuitemcheckbox', { name: how }).click();
  };
  const byName = ['announcements', 'general', 'nests', 'photos', 'weather', 'yard-tools'];
  await until(async () => (await inSection(page, 'Channels')).join() === byName.join(), 'them by name');
  await sort('Sort by what is new');
  await until(async () => (await inSection(page, 'Channels'))[0] === 'weather', 'the newest first');
  await sort('Sort by name');
  await until(async () => (await inSection(page, 'Channels'))[0] === 'announcements', 'names again');
  await page.locator('.ch', { hasText: 'general' }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Move up' }).click();
  await until(async () => (await inSection(page, 'Channels'))[0] === 'general', 'it moved');
  await until(async () => (await inSection(other, 'Channels'))[0] === 'general', 'it moved there too');
  await page.locator('.ch', { hasText: 'yard-tools' }).dragTo(page.locator('.ch', { hasText: 'nests' }));
  await until(async () => (await inSection(page, 'Channels')).join() === 'general,announcements,yard-tools,nests,photos,weather', 'it was dropped');
});

test('who left a channel in its middle comes back to where they were, and who left at its end to the end', async () => {
  const page = await enters();
  const first = () => page.locator('article.msg[data-number]').evaluateAll((all) => Number(all.find((one) => one.getBoundingClientRect().bottom > 60)?.dataset.number));
  await page.goto(at(story.channels.weather.id));
  await sees(page, `report ${MANY}`);
  await page.locator('.scroll-list').first().hover();
  await until(async () => {
    if ((await first()) < MANY - 60) return true;
    await page.mouse.wheel(0, -600);
    return false;
  }, 'further up');
  await page.getByRole('button', { name: 'Jump to the latest' }).waitFor();
  await page.locator('.scroll-list').first().evaluate(rests);
  const was = await first();
  await page.locator('.ch', { hasText: 'towers' }).click();
  await sees(page, 'Nine more');
  await page.locator('.ch', { hasText: 'weather' }).click();
  await until(async () => (await first()) === was, `number ${was}`);
  await page.getByRole('button', { name: 'Jump to the latest' }).click();
  await sees(page, `report ${MANY}`);
  await page.locator('.ch', { hasText: 'towers' }).click();
  await sees(page, 'Nine more');
  await page.locator('.ch', { hasText: 'weather' }).click();
  await sees(page, `report ${MANY}`);
});

test('what could not be loaded says so in its place, and is loaded when asked', async () => {
  const page = await enters();
  await page.route(/\/messages\?before=/, (route) => route.abort());
  await page.goto(at(story.channels.weather.id));
  await sees(page, `report ${MANY}`);
  await page.locator('.scroll-list').first().hover();
  const gap = page.getByText(/Messages before .* are not loaded\./);
  await until(async () => {
    await page.mouse.wheel(0, -2_000);
    return gap.isVisible();
  }, 'what is not loaded');
  await accessible(page, 'a gap');
  // What is still asked for has been refused, too.
  await page.locator('.scroll-list').first().evaluate(rests);
  await page.locator('.scroll-list[aria-busy="false"]').first().waitFor();
  await page.unroute(/\/messages\?before=/);
  await page.getByRole('button', { name: 'Load them' }).click();
  await until(async () => (await gap.count()) === 0, 'it loaded');
  await until(async () => {
    await page.mouse.wheel(0, -2_000);
    return page.locator('article.intro').isVisible();
  }, 'the beginning');
});

test('who wants Enter to break the line says so once, and sends with Ctrl', async () => {
  const page = await enters();
  await page.goto(at(story.made.id));
  await page.locator('#place').focus();
  await page.keyboard.press('?');
  await page.getByRole('group', { name: 'Send' }).getByRole('button', { name: 'Ctrl Enter' }).click();
  await page.keyboard.press('Escape');
  await page.locator('#composer').focus();
  await page.keyboard.type('one line');
  await page.keyboard.press('Enter');
  await page.keyboard.type('and another');
  assert.equal(await page.locator('#composer').inputValue(), 'one line\nand another');
  await page.keyboard.press('Control+Enter');
  await sees(page, 'and another');
});
