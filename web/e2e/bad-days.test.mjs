import { after, test } from 'node:test';

import { accessible, closeBrowser, person, say, sees, Server, signIn, until } from './stage.mjs';
import { agreed, couple, whileBothType } from './talk.mjs';

const AWAY_MS = 10_000;

after(closeBrowser);

test('the server is dead for ten seconds while two people type, and both see every message once and in the same order', async () => {
  const server = await Server.start();
  try {
    const people = await couple(server);
    await say(people.ada, 'before');
    await sees(people.bob, 'before');
    const lines = await whileBothType(people, 'while away', async () => {
      await server.kill();
      // A length of the story: as long as a restart takes, and longer than any pause before the next try.
      await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
      await server.up();
    });
    await agreed(people, lines);
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

/** Of several lines, among them code: there Enter breaks a line. */
const writes = async (page, text) => {
  await page.locator('#composer').fill(text);
  await page.locator('#composer').press('Control+Enter');
};

test('without the grammar of texts they are read as they were written, until it can be had', async () => {
  const server = await Server.start();
  try {
    await server.setUp();
    const ada = await person({ serviceWorkers: 'block' });
    await ada.route('**/assets/marked-*.js', (route) => route.abort());
    await signIn(ada, server, 'ada@example.com');
    await say(ada, '**loud** words');
    await sees(ada, '**loud** words');
    await ada.unroute('**/assets/marked-*.js');
    await say(ada, 'and *leaning* ones');
    await ada.locator('.txt em', { hasText: 'leaning' }).waitFor();
    await ada.locator('.txt strong', { hasText: 'loud' }).waitFor();
  } finally {
    await server.end();
  }
});

test('a part of the page that cannot be had says so, and the rest goes on', async () => {
  const server = await Server.start();
  try {
    await server.setUp();
    // Without the worker, as on a page behind no certificate: each part is asked of the server when it is wanted.
    const ada = await person({ serviceWorkers: 'block' });
    await ada.route('**/assets/{preferences,coloured,list-page}-*.js', (route) => route.abort());
    await signIn(ada, server, 'ada@example.com');
    await writes(ada, 'counted:\n```python\npairs = 41\n```');
    await sees(ada, 'pairs = 41');

    await ada.locator('.rail .you').click();
    const lost = ada.getByRole('dialog', { name: 'This part of the page could not be loaded' });
    await lost.waitFor();
    await accessible(ada, 'a lost part');
    await lost.getByRole('button', { name: 'Close' }).click();
    await ada.getByRole('link', { name: 'Saved' }).click();
    await ada.getByRole('alert').getByText('This part of the page could not be loaded').waitFor();
    await ada.getByRole('link', { name: 'general' }).click();
    await say(ada, 'and still here');
    await sees(ada, 'and still here');

    await ada.unroute('**/assets/{preferences,coloured,list-page}-*.js');
    await ada.locator('.rail .you').click();
    await ada.getByRole('dialog', { name: 'Preferences' }).waitFor();
    await ada.keyboard.press('Escape');
    await writes(ada, 'again:\n```python\nprint("42")\n```');
    await ada.locator('.pre .st', { hasText: '"42"' }).waitFor();
  } finally {
    await server.end();
  }
});
