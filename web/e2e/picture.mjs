// The picture in the README: a channel with a thread beside it, drawn by a browser from a real server.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { closeBrowser, person, Server, signIn, until } from './stage.mjs';
import { told } from './story.mjs';

const file = process.argv[2] ?? 'channel.png';
const server = await Server.start();
try {
  const { owner, made, root } = await told(server);
  const page = await person({ viewport: { width: 1280, height: 800 } });
  await signIn(page, server, 'ada@example.com');
  await page.goto(`${server.url}/${owner.workspace.slug}/${made.id}?thread=${root.number}`);
  await page.locator('#composer-thread').waitFor();
  await until(async () => (await page.locator('.pane article.msg').count()) >= 3, 'the thread');
  await page.locator('#composer').fill('See you there');
  await until(async () => (await page.locator('.bones').count()) === 0, 'everything');
  await mkdir(dirname(file), { recursive: true });
  await page.screenshot({ path: file });
} finally {
  await server.end();
  await closeBrowser();
}
