import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deflateSync, crc32 } from 'node:zlib';

import { accessible, closeBrowser, returning, say, sees, Server, until } from './stage.mjs';
import { told } from './story.mjs';

let server;
let story;
before(async () => {
  server = await Server.start();
  story = await told(server);
});
after(async () => {
  await server.end();
  await closeBrowser();
});

const at = (rest) => `${server.url}/${story.owner.workspace.slug}/${rest}`;
const enters = (options, email = 'ada@example.com') => returning(server, email, options);

/** A picture of one colour, byte by byte. */
const png = (size, [r, g, b]) => {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(size * 3).map((_, place) => [r, g, b][place % 3])]);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(new Array(size).fill(line)))), chunk('IEND', Buffer.alloc(0))]);
};
const crc = (bytes) => {
  if (crc32) return crc32(bytes);
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  }
  return ~value >>> 0;
};

test('a workspace’s picture is chosen, shown to everyone in the rail, and taken away again', async () => {
  const [ada, noor] = [await enters(), await enters({}, 'noor@example.com')];
  await ada.goto(at('admin/workspace'));
  await ada.locator('input[type=file]').setInputFiles({ name: 'tower.png', mimeType: 'image/png', buffer: png(64, [20, 90, 110]) });
  await ada.locator('.rail .ws.here img').waitFor();
  const drawn = await until(() => ada.locator('.rail .ws.here img').evaluate((one) => one.naturalWidth), 'the picture');
  assert.ok(drawn > 0);
  await accessible(ada, 'the settings of a workspace');
  await noor.getByRole('button', { name: 'Workspace menu' }).waitFor();
  await ada.getByRole('button', { name: 'Remove the picture' }).click();
  await until(async () => (await ada.locator('.rail .ws.here img').count()) === 0, 'no picture');
  await ada.locator('input[type=file]').setInputFiles({ name: 'big.png', mimeType: 'image/png', buffer: Buffer.alloc(600 * 1024) });
  await ada.getByText('A picture may have 512 kB at most.').waitFor();
});

test('one more workspace is made, stands in the rail, and somebody joins it by pasting its link', async () => {
  const [ada, noor] = [await enters(), await enters({}, 'noor@example.com')];
  await ada.getByRole('button', { name: 'Add a workspace' }).click();
  await ada.getByLabel('Name of the workspace').fill('Second Tower');
  await ada.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await ada.locator('.side', { hasText: 'Second Tower' }).waitFor();
  await until(async () => (await ada.locator('.rail a.ws').count()) === 2, 'both in the rail');
  const made = (await server.ask('GET', '/workspaces', { token: story.owner.token })).items.find((one) => one.name === 'Second Tower');
  const { code } = await server.ask('POST', `/workspaces/${made.id}/invitations`, { token: story.owner.token, body: {} });

  await noor.getByRole('button', { name: 'Workspace menu' }).click();
  await noor.getByRole('menuitem', { name: 'Add a workspace' }).click();
  await noor.getByRole('button', { name: 'Join one' }).click();
  await noor.getByLabel('Invitation link').fill('https://evil.example/join/aaaaaaaaaaaaaaaaaaaaaa');
  await noor.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
  await noor.getByText('That is no invitation of this server.').waitFor();
  await noor.getByLabel('Invitation link').fill(`${server.url}/join/${code}`);
  await noor.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
  await noor.getByText(/Ada Byron invites you/).waitFor();
  await noor.getByRole('button', { name: 'Join' }).click();
  await noor.locator('.side', { hasText: 'Second Tower' }).waitFor();
});

test('what rings is chosen for one channel and for all, and follows the account', async () => {
  const ada = await enters();
  await ada.goto(at(`${story.made.id}?pane=details`));
  await ada.getByLabel('What rings here').selectOption('nothing');
  await ada.locator('.rail .you').click();
  await ada.getByRole('button', { name: 'Notifications', exact: true }).click();
  await ada.getByLabel('What rings everywhere').selectOption('mentions');
  await ada.getByLabel('Words that ring like my name').fill('lids, bell');
  await ada.keyboard.press('Tab');
  const here = `/workspaces/${story.owner.workspace.id}`;
  const kept = async () => {
    const { items } = await server.ask('GET', `${here}/me`, { token: story.owner.token });
    return Object.fromEntries(items.filter((one) => ['notify', 'preference'].includes(one.kind)).map((one) => [one.subject, one.value]));
  };
  await until(async () => {
    const { keywords, all, [story.made.id]: one } = await kept();
    return JSON.stringify(keywords) === '["lids","bell"]' && all === 'mentions' && one === 'nothing';
  }, 'all of it kept');
  await accessible(ada, 'the choice of what rings');
  const other = await enters();
  await other.goto(at(story.made.id));
  await other.locator('article.msg.mention', { hasText: 'a new lid' }).waitFor();
});

test('who hears the page is told how much is unread, and with whom', async () => {
  const ada = await enters();
  await ada.goto(at(story.made.id));
  await ada.getByRole('link', { name: 'announcements, 1 mention', exact: true }).waitFor();
  await ada.getByRole('link', { name: 'weather, 1 unread', exact: true }).waitFor();
  await ada.getByRole('link', { name: /^Noor Sabbagh-Rey, direct, (offline|online|not known), 1 unread$/ }).waitFor();
});

test('the quick switcher says what is a place and what is an act, and makes what is not there', async () => {
  const ada = await enters();
  await ada.keyboard.press('Control+k');
  await ada.getByRole('combobox').fill('we');
  await ada.getByRole('group', { name: 'Places and people' }).getByRole('option', { name: /weather/ }).waitFor();
  await ada.getByRole('group', { name: 'Do' }).getByRole('option', { name: 'Create a channel named we' }).waitFor();
  await accessible(ada, 'the quick switcher');
  await ada.getByRole('combobox').fill('owl-pellets');
  await ada.getByRole('option', { name: 'Create a channel named owl-pellets' }).click();
  assert.equal(await ada.getByRole('dialog', { name: 'Create a channel' }).getByLabel('Name').inputValue(), 'owl-pellets');
});

test('all people who are shown are chosen at once, and let go at once', async () => {
  const ada = await enters();
  await ada.goto(at('admin/people'));
  const all = ada.getByRole('checkbox', { name: 'Choose everyone who is shown' });
  await all.check();
  await ada.getByText('5 chosen').waitFor();
  await ada.getByRole('checkbox', { name: 'Choose Jun Asahina' }).uncheck();
  await ada.getByText('4 chosen').waitFor();
  await until(() => all.evaluate((one) => one.indeterminate), 'some and not all');
  for (const head of ['Name', 'What they do', 'Local time', 'Role']) await ada.getByRole('columnheader', { name: head, exact: true }).waitFor();
  await ada.getByRole('row', { name: /Noor Sabbagh-Rey/ }).getByText('Counts birds').waitFor();
  await ada.getByRole('button', { name: 'Choose nobody' }).click();
  await until(async () => !(await all.isChecked()), 'nobody chosen');
});

for (const [width, height] of [[360, 640], [390, 844]]) {
  test(`at ${width} pixels nothing is lost: home, a channel, a thread, pages and dialogs, without scrolling sideways`, async () => {
    const page = await enters({ viewport: { width, height }, hasTouch: true });
    const fits = async (where) => {
      await until(async () => (await page.locator('.bones').count()) === 0, where);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${where} is ${over} pixels too wide`);
      await accessible(page, `${where} at ${width}`);
    };
    await page.goto(at(''));
    await page.locator('.tabbar').waitFor();
    await fits('home');
    await page.getByRole('link', { name: /towers/ }).first().click();
    await page.locator('#composer').waitFor();
    await fits('a channel');
    await say(page, `from ${width} pixels`);
    await sees(page, `from ${width} pixels`);
    await page.goto(at(`${story.made.id}?thread=${story.root.number}`));
    await page.locator('#composer-thread').waitFor();
    await fits('a thread');
    await page.goto(at(`${story.made.id}?pane=details`));
    await page.getByLabel('Topic').waitFor();
    await fits('details');
    for (const path of ['threads', 'mentions', 'browse', 'admin/people', 'admin/bots', 'admin/workspace', 'admin/invitations']) {
      await page.goto(at(path));
      await page.locator('h1').waitFor();
      await fits(path);
    }
    await page.goto(at(''));
    await page.locator('.tabbar').getByRole('button', { name: 'You' }).click();
    await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
    await fits('preferences');
    // Touch targets: nothing that is pressed is smaller than a fingertip.
    const small = await page.locator('.tabbar a, .tabbar button').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).length);
    assert.equal(small, 0);
  });
}

test('who asks for less motion sees none', async () => {
  const page = await enters({ reducedMotion: 'reduce' });
  await page.goto(at(story.made.id));
  await page.locator('#composer').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  const moving = await page.evaluate(() => {
    const seconds = (text) => Math.max(...text.split(',').map((one) => Number.parseFloat(one)));
    return [...document.querySelectorAll('*')].filter((one) => {
      const style = getComputedStyle(one);
      return seconds(style.transitionDuration) > 0 || (style.animationName !== 'none' && seconds(style.animationDuration) > 0);
    }).length;
  });
  assert.equal(moving, 0);
});

test('text twice as large still fits', async () => {
  const page = await enters();
  await page.goto(at(`${story.made.id}?thread=${story.root.number}`));
  await page.locator('#composer-thread').waitFor();
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${over} pixels too wide`);
});
