// The picture in the README: a channel with a thread beside it, drawn by a browser from a real server.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { closeBrowser, person, Server, signIn, until } from './stage.mjs';
import { told } from './story.mjs';

const file = process.argv[2] ?? 'channel.png';
const server = await Server.start();
try {
  const { owner, made, root } = await told(server);
  const at = `${server.url}/${owner.workspace.slug}/${made.id}`;
  // Others are there as well, and one of them is about to say something.
  const noor = await person();
  await signIn(noor, server, 'noor@example.com');
  const jun = await person();
  await signIn(jun, server, 'jun@example.com');
  await jun.goto(at);
  await jun.locator('#composer').waitFor();
  const page = await person({ viewport: { width: 1280, height: 800 } });
  await signIn(page, server, 'ada@example.com');
  await page.goto(`${at}?thread=${root.number}`);
  await page.locator('#composer-thread').waitFor();
  await until(async () => (await page.locator('.pane article.msg').count()) >= 3, 'the thread');
  await page.locator('#composer-thread').fill('42 it is, then');
  await page.locator('.side a[aria-label^="Noor Sabbagh-Rey, direct, online"]').waitFor();
  await until(async () => (await page.locator('.bones').count()) === 0, 'everything');
  await jun.locator('#composer').pressSequentially('Bring');
  await page.locator('.below .dots').first().waitFor();
  await mkdir(dirname(file), { recursive: true });
  await page.screenshot({ path: file });
} finally {
  await server.end();
  await closeBrowser();
}
