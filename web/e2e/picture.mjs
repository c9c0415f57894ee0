// The picture in the README: a channel with a thread beside it, drawn by a browser from a real server.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { closeBrowser, person, PASSWORD, Server, until } from './stage.mjs';

const file = process.argv[2] ?? 'channel.png';
const server = await Server.start();
try {
  const owner = await server.setUp();
  const here = `/workspaces/${owner.workspace.id}`;
  const join = async (name, email) => (await server.invites(owner, name, email)).token;
  const noor = await join('Noor Sabbagh-Rey', 'noor@example.com');
  const tomas = await join('Tomas Okoro-Lind', 'tomas@example.com');
  const wren = await join('Wren Halloway', 'wren@example.com');
  const made = await server.ask('POST', `${here}/channels`, { token: owner.token, body: { kind: 'public', name: 'towers', topic: 'Nesting starts in March' } });
  for (const name of ['announcements', 'weather', 'nests', 'photos']) {
    await server.ask('POST', `${here}/channels`, { token: owner.token, body: { kind: 'public', name } });
  }
  for (const token of [noor, tomas, wren]) await server.ask('PUT', `${here}/channels/${made.id}/members/me`, { token, body: {} });
  const says = (token, text, thread) =>
    server.ask('POST', `${here}/channels/${made.id}/messages${thread ? `/${thread}/replies` : ''}`, { token, body: { text } });
  const me = (await server.ask('GET', '/session', { token: owner.token })).account.id;
  const root = await says(noor, 'Counted the east tower this morning: **41 pairs**, nine more than last year.');
  await says(wren, 'Nine more! Same boxes?');
  await says(tomas, 'The script, for whoever counts the west side:\n```python\npairs = sum(box.nests for box in tower.boxes)\nprint(f"{pairs} pairs")  # twice, an hour apart\n```');
  await says(noor, `<@${me}> can you bring the ladder on Thursday?`);
  await says(owner.token, 'I can. Rope as well.');
  await says(tomas, 'How did you count the ones inside the clock?', root.number);
  await says(noor, 'From the gallery, at dusk. They all come home then.', root.number);
  await server.ask('PUT', `${here}/channels/${made.id}/messages/${root.number}/reactions/${encodeURIComponent('🎉')}`, { token: wren, body: {} });
  await server.ask('PUT', `${here}/channels/${made.id}/messages/${root.number}/reactions/${encodeURIComponent('🎉')}`, { token: tomas, body: {} });
  await server.ask('POST', `${here}/channels`, { token: noor, body: { kind: 'direct', members: [me] } });

  const page = await person({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.side').waitFor();
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
