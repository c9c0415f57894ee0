import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Fleet } from './fleet.mjs';
import { closeBrowser, say, sees } from './stage.mjs';
import { agreed, couple, whileBothType } from './talk.mjs';

const AWAY_MS = 10_000;

let fleet;
before(async () => {
  fleet = await Fleet.start();
});
after(async () => {
  await closeBrowser();
  await fleet?.end();
});

test('each gateway dies for ten seconds while two people type, and both see every message once and in the same order', async () => {
  const people = await couple(fleet);
  const { ada, bob } = people;
  await say(ada, 'before');
  await sees(bob, 'before');
  let lines = [];
  // Whichever of the two a person is at, it dies under them once.
  for (const gateway of ['gateway-1', 'gateway-2']) {
    lines = [...lines, ...(await whileBothType(people, gateway, async () => {
      fleet.does('kill', gateway);
      await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
      fleet.does('start', gateway);
    }))];
    await agreed(people, lines);
  }
  assert.ok(lines.length > 20, `${lines.length} lines`);
  await say(bob, 'and on it goes');
  await sees(ada, 'and on it goes');
  assert.deepEqual([...ada.complaints, ...bob.complaints], []);
});
