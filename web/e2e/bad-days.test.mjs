import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeBrowser, person, say, sees, Server, signIn, until } from './stage.mjs';

after(closeBrowser);

const texts = (page) => page.locator('article.msg .txt').allInnerTexts();

test('the server dies while two people type, and both see every message once and in the same order', async () => {
  const server = await Server.start();
  try {
    const owner = await server.setUp();
    await server.invites(owner, 'Bob Noor', 'bob@example.com');
    const [ada, bob] = [await person(), await person()];
    await signIn(ada, server, 'ada@example.com');
    await signIn(bob, server, 'bob@example.com');
    await ada.locator('#composer').waitFor();
    await bob.locator('#composer').waitFor();
    await say(ada, 'before');
    await sees(bob, 'before');

    await server.kill();
    for (let at = 1; at <= 3; at += 1) {
      await say(ada, `ada while away ${at}`);
      await say(bob, `bob while away ${at}`);
    }
    await server.up();
    for (const page of [ada, bob]) {
      await until(async () => (await texts(page)).filter((text) => text.includes('while away')).length === 6, 'all six');
      await until(async () => (await page.locator('article.msg.pending').count()) === 0, 'nothing pending');
    }
    const [hers, his] = [await texts(ada), await texts(bob)];
    assert.deepEqual(hers.map((text) => text.trim()), his.map((text) => text.trim()), 'the same order for both');
    assert.equal(new Set(hers).size, hers.length, 'nothing twice');
    const own = (name, all) => all.filter((text) => text.startsWith(name));
    assert.deepEqual(own('ada', hers), [1, 2, 3].map((at) => `ada while away ${at}`), 'as she wrote them');
  } finally {
    await server.end();
  }
});

test('what was written offline survives a reload and goes out once', async () => {
  const server = await Server.start();
  try {
    await server.setUp();
    const ada = await person();
    await signIn(ada, server, 'ada@example.com');
    await ada.locator('#composer').waitFor();
    await say(ada, 'first');
    await until(async () => (await ada.locator('article.msg.pending').count()) === 0, 'sent');
    await server.kill();
    await say(ada, 'written offline');
    await sees(ada, 'written offline');
    await server.up();
    await ada.reload();
    await until(async () => (await ada.locator('article.msg .txt', { hasText: 'written offline' }).count()) === 1, 'it once');
    await until(async () => (await ada.locator('article.msg.pending').count()) === 0, 'settled');
  } finally {
    await server.end();
  }
});
