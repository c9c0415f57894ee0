import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { closeBrowser, person, say, sees, Server, signIn, until } from './stage.mjs';

const FILL = process.env.ROOKERY_FILL ?? join(import.meta.dirname, '../../target/debug/fill');
const MESSAGES = 100_000;

let server;
before(async () => {
  server = await Server.filled((folder) => {
    const { status, stdout, stderr, error } = spawnSync(FILL, [folder, String(MESSAGES)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${FILL}: ${error ?? stderr} (cargo build -p fleet --bin fill)`);
    return JSON.parse(stdout);
  });
});
after(async () => {
  await server.end();
  await closeBrowser();
});

const place = (rest = '') => `${server.url}/rooks/${server.filled.channel}${rest}`;
const enters = async () => {
  const page = await person();
  await signIn(page, server, 'ada@example.com');
  return page;
};
const entersByLink = async () => {
  const page = await enters();
  const middle = MESSAGES / 2;
  await page.goto(place(`/${middle}`));
  await isLoaded(page);
  return { page, middle, row: page.locator(`article.msg[data-number="${middle}"]`) };
};
const isLoaded = (page) => until(async () => (await page.locator('.bones').count()) === 0 && (await page.locator('article.msg').count()) > 5, 'messages');
/** The numbers that stand around what is seen, and where each is; the row that Tab stops at is kept, however far away it is. */
const drawn = async (page) => {
  const rows = await page.locator('article.msg[data-number]').evaluateAll((all) => all.map((one) => ({ number: Number(one.dataset.number), isStop: one.tabIndex === 0 })));
  const isAlone = (row, at) => row.isStop && ![rows[at - 1], rows[at + 1]].some((other) => Math.abs((other?.number ?? 0) - row.number) === 1);
  return rows.filter((row, at) => !isAlone(row, at));
};
const inOrder = (rows) => rows.every((row, at) => at === 0 || row.number === rows[at - 1].number + 1);

test('a channel of 100,000 messages opens at its end, keeps the page small, and is scrolled back without a hole', async () => {
  const page = await enters();
  await page.goto(place());
  await sees(page, `${MESSAGES}:`);
  const list = page.locator('.scroll-list').first();
  await list.hover();
  // However many turns it takes: the wheel turns faster than pages come.
  await until(async () => {
    await page.mouse.wheel(0, -1_500);
    const rows = await until(async () => {
      const seen = await drawn(page);
      return seen.length > 5 && seen;
    }, 'rows');
    assert.ok(inOrder(rows), `a hole: ${rows.map((row) => row.number).join(' ')}`);
    assert.ok(rows.length < 200, `${rows.length} rows in the page`);
    return rows[0].number <= MESSAGES - 600;
  }, 'six hundred further up');
  await page.getByRole('button', { name: 'Jump to the latest' }).click();
  await sees(page, `${MESSAGES}:`);
  assert.deepEqual(page.complaints, []);
});

test('what is looked at stays where it is while older and newer messages come', async () => {
  const { page, row } = await entersByLink();
  await row.waitFor();
  const high = await page.locator('.scroll-list').first().evaluate((one) => one.clientHeight);
  // Once the rows about it are measured.
  await until(async () => {
    const y = (await row.boundingBox())?.y ?? 0;
    return y > 52 && y < high * 0.6;
  }, 'it a third of the way down');
  // Pages before and behind come by themselves; the row does not move for them.
  await until(async () => (await drawn(page)).length > 10, 'pages around');
  await page.locator('.scroll-list').first().hover();
  for (const step of [-900, -900, 1_800]) {
    await page.mouse.wheel(0, step);
    await until(async () => !(await page.locator('.scroll-list').first().getAttribute('aria-busy').then((busy) => busy === 'true')), 'the page');
  }
  await row.waitFor();
  const rows = await drawn(page);
  assert.ok(inOrder(rows));
});

test('who came by a link goes away from it as far as they like, and the same link leads there again', async () => {
  const { page, middle, row } = await entersByLink();
  await until(async () => (await row.getAttribute('class'))?.includes('lit'), 'the light on it');
  await until(async () => page.evaluate((number) => document.activeElement?.dataset.number === number, String(middle)), 'the focus on it');
  await until(async () => (await page.locator('article.msg.lit').count()) === 0, 'the light to go out');
  await page.locator('.scroll-list').first().hover();
  // Pages come on the way, and none of them leads back.
  await until(async () => {
    await page.mouse.wheel(0, -900);
    const rows = await drawn(page);
    return rows.length > 5 && rows.at(-1).number < middle - 100;
  }, 'a hundred further up');
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = window.location.pathname;
    document.body.append(link);
    link.click();
    link.remove();
  });
  await until(async () => (await row.getAttribute('class'))?.includes('lit'), 'the light on it once more');
  await until(async () => ((await row.boundingBox())?.y ?? 0) > 52, 'it in sight');
  assert.deepEqual(page.complaints, []);
});

/** The numbers of rows in the order they came into the page, from now on. */
const watchRows = (page) =>
  page.evaluate(() => {
    window.came = [];
    window.watching?.disconnect();
    window.watching = new MutationObserver((changes) => {
      const rows = changes.flatMap((change) => [...change.addedNodes]).flatMap((node) => (node.nodeType === 1 ? [...node.querySelectorAll('article.msg[data-number]')] : []));
      window.came.push(...rows.map((row) => Number(row.dataset.number)));
    });
    window.watching.observe(document.querySelector('.main'), { childList: true, subtree: true });
  });

test('a date three years back and one in between are jumped to, and what was left is not shown again', async () => {
  const page = await enters();
  await page.goto(place());
  await isLoaded(page);
  for (const [days, least, most] of [[1_000, 1, MESSAGES * 0.2], [400, MESSAGES * 0.5, MESSAGES * 0.75]]) {
    const day = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    await page.keyboard.press('Escape');
    await page.locator('.list').first().getByRole('button', { name: /./ }).first().waitFor();
    await page.locator('.day button:visible').first().click();
    await page.getByRole('dialog').getByLabel('Jump to a date').fill(day);
    await watchRows(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const rows = await until(async () => {
      const seen = await drawn(page);
      return seen.length > 5 && seen[0].number >= least && seen[0].number <= most && seen;
    }, day);
    assert.ok(inOrder(rows));
    // Whichever is first by now: rows above are still being measured, and the first one may leave the page.
    const at = await page.locator('article.msg time').first().getAttribute('datetime');
    assert.ok(Math.abs(Date.parse(at) - Date.parse(day)) < 5 * 86_400_000, `${at} for ${day}`);
    await isLoaded(page);
    const came = await page.evaluate(() => window.came);
    const isThere = (number) => number >= least && number <= most;
    const back = came.slice(came.findIndex(isThere)).filter((number) => !isThere(number));
    assert.deepEqual(back, [], day);
  }
});

test('what is said while one reads far back is counted, and is there when one comes back', async () => {
  const page = await enters();
  await page.goto(place('/500'));
  await isLoaded(page);
  const other = await enters();
  await other.goto(place());
  await sees(other, `${MESSAGES}:`);
  await say(other, 'said meanwhile');
  await sees(other, 'said meanwhile');
  await page.getByRole('button', { name: /Jump to the latest|new message/ }).click();
  await sees(page, 'said meanwhile');
});
