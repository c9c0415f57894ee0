import { after, test } from 'node:test';

import { closeBrowser, person, say, sees, Server, signIn, until } from './stage.mjs';
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
