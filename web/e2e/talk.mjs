// Two people who go on typing whatever happens, and what must be true of it afterwards.

import assert from 'node:assert/strict';

import { person, signIn, until } from './stage.mjs';

/** How long a person takes for a key. */
const KEY_MS = 40;
/** Each says that much, however slow the machine: it is all about what was said meanwhile. */
const LINES_MIN = 6;
/** Everything that is said stands in the page at once. */
const TALL = { viewport: { width: 1280, height: 4_000 } };

export const texts = (page) => page.locator('article.msg .txt').allInnerTexts();

/** Ada and Bob, signed in, each in a browser of their own. */
export const couple = async (server) => {
  const owner = await server.setUp();
  await server.invites(owner, 'Bob Noor', 'bob@example.com');
  const [ada, bob] = [await person(TALL), await person(TALL)];
  for (const [page, email] of [[ada, 'ada@example.com'], [bob, 'bob@example.com']]) {
    await signIn(page, server, email);
    await page.locator('#composer').waitFor();
  }
  return { ada, bob };
};

/** Line after line, key by key, until it is over and enough was said; gives what was written. */
export const typing = async (page, name, isOver) => {
  const lines = [];
  while (!isOver() || lines.length < LINES_MIN) {
    const line = `${name} says ${lines.length + 1}`;
    await page.locator('#composer').pressSequentially(line, { delay: KEY_MS });
    await page.locator('#composer').press('Enter');
    lines.push(line);
  }
  return lines;
};

/** Both go on typing while `work` goes on. */
export const whileBothType = async ({ ada, bob }, name, work) => {
  let isOver = false;
  const both = [typing(ada, `ada ${name}`, () => isOver), typing(bob, `bob ${name}`, () => isOver)];
  await work();
  isOver = true;
  return (await Promise.all(both)).flat();
};

/** Every line once, the same order for both, each one's own as they were written. */
export const agreed = async ({ ada, bob }, lines) => {
  for (const page of [ada, bob]) {
    await until(async () => (await page.locator('article.msg.pending').count()) === 0, 'nothing pending', 60_000);
    await until(async () => {
      const seen = new Set((await texts(page)).map((text) => text.trim()));
      return lines.every((line) => seen.has(line));
    }, 'every line', 60_000);
  }
  const [hers, his] = (await Promise.all([texts(ada), texts(bob)])).map((all) => all.map((text) => text.trim()));
  assert.deepEqual(hers, his, 'the same order for both');
  assert.equal(new Set(hers).size, hers.length, 'nothing twice');
  for (const name of ['ada', 'bob']) {
    const own = (all) => all.filter((line) => line.startsWith(`${name} `));
    assert.deepEqual(own(hers), own(lines), `as ${name} wrote them`);
  }
};
