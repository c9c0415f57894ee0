// Every page of the drawings whose server part exists, as ours is: both themes, wide and narrow, into web/shots (`make shots`).

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { closeBrowser, PASSWORD, person, say, Server, signIn, until } from './stage.mjs';
import { told } from './story.mjs';

const FOLDER = process.argv[2] ?? join(import.meta.dirname, '../shots');
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 }, small: { width: 360, height: 640 } };
const wanted = process.env.SHOTS?.split(',');

const rest = async (page) => {
  await until(async () => (await page.locator('.bones').count()) === 0, 'everything');
  await page.evaluate(() => Promise.all([document.fonts.ready, ...[...document.images].map((one) => one.decode().catch(() => undefined))]));
};

/** In both themes; `sizes` where a page is drawn in one width alone. */
const shoot = async (page, name, sizes = ['wide', 'narrow'], before = async () => undefined) => {
  if (wanted && !wanted.some((one) => name.startsWith(one))) return;
  await mkdir(FOLDER, { recursive: true });
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size]);
    await before(page, size);
    await rest(page);
    for (const colorScheme of ['light', 'dark']) {
      // Without motion: what fades from one theme to the other is in neither.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await page.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(SIZES.wide);
};

const firstRun = async () => {
  const server = await Server.start();
  try {
    const page = await person();
    await page.goto(server.url);
    await page.getByLabel('Set-up code').fill(server.code);
    await page.getByLabel('Your name').fill('Ada Byron');
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await shoot(page, 'first-run-you');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Name of the workspace').fill('Rooks and Towers');
    await shoot(page, 'first-run');
  } finally {
    await server.end();
  }
};

const doors = async (server, owner) => {
  const page = await person();
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await shoot(page, 'sign-in', ['wide', 'narrow', 'small']);
  const { code } = await server.ask('POST', `/workspaces/${owner.workspace.id}/invitations`, { token: owner.token, body: {} });
  await page.goto(`${server.url}/join/${code}`);
  await page.getByLabel('Your name').waitFor();
  await shoot(page, 'join');
  await page.context().close();
};

const channel = async (page, at, { made, root }) => {
  await page.goto(at(`${made.id}?thread=${root.number}`));
  await page.locator('#composer-thread').fill("Thanks both. I'll write 41");
  await until(async () => (await page.locator('.pane article.msg').count()) >= 3, 'the thread');
  await page.locator('article.msg', { hasText: 'Gusts stay' }).hover();
  await shoot(page, 'main', ['wide', 'narrow', 'small']);
  await page.goto(at(made.id));
  await page.locator('#composer').waitFor();
  await shoot(page, 'phone', ['wide', 'narrow', 'small']);
  await page.goto(at(''));
  await page.setViewportSize(SIZES.narrow);
  await page.goto(at(''));
  await page.locator('.side').waitFor();
  await shoot(page, 'home', ['narrow', 'small']);
};

const over = async (page, at, { made, noor }) => {
  await page.goto(at(made.id));
  await page.locator('#composer').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('to');
  await page.getByRole('option').first().waitFor();
  await shoot(page, 'switcher');
  await page.keyboard.press('Escape');
  await page.locator('#place').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'states-keys');
  await page.keyboard.press('Escape');
  await page.locator('.rail .you').click();
  await page.getByRole('dialog').waitFor();
  for (const name of ['Profile', 'Look', 'Notifications', 'Devices']) {
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
    await shoot(page, `states-preferences-${name.toLowerCase()}`);
  }
  await page.keyboard.press('Escape');
  await page.goto(at(`${made.id}?pane=details`));
  await page.getByLabel('Topic').waitFor();
  await shoot(page, 'states-details');
  await page.goto(at(`${made.id}?pane=person&who=${noor.id}`));
  await page.getByRole('button', { name: 'Write a message' }).waitFor();
  await shoot(page, 'states-person');
  await page.goto(at(`${made.id}?pane=members`));
  await page.locator('.picks .mi').first().waitFor();
  await shoot(page, 'states-members');
};

const pages = async (page, at) => {
  for (const path of ['threads', 'mentions', 'saved', 'drafts', 'browse', 'admin/people', 'admin/invitations', 'admin/bots', 'admin/workspace', 'admin/audit']) {
    await page.goto(at(path));
    await page.locator('h1').waitFor();
    await shoot(page, path === 'admin/people' ? 'people' : path.replace('/', '-'));
  }
};

const states = async (server, page, at, { made, channels }) => {
  await page.goto(at(made.id));
  await page.locator('#composer').fill('look: @no');
  await page.getByRole('option').first().waitFor();
  await shoot(page, 'states-completion');
  await page.locator('#composer').fill('');
  await page.locator('#composer').press('ArrowUp');
  await page.locator('.editing').waitFor();
  await shoot(page, 'states-editing');
  await page.locator('#composer').press('Escape');
  await page.evaluate(() => localStorage.setItem('rookery.density', 'compact'));
  await page.goto(at(made.id));
  await page.locator('#composer').waitFor();
  await shoot(page, 'states-compact');
  await page.evaluate(() => localStorage.removeItem('rookery.density'));
  await page.goto(at(channels['yard-tools'].id));
  await page.locator('#composer').waitFor();
  await shoot(page, 'states-empty');
  await page.goto(at(made.id));
  await page.locator('#composer').waitFor();
  await server.kill();
  await page.locator('.strip').waitFor();
  await say(page, 'This goes out when the server is back');
  await page.locator('article.msg.pending').first().waitFor();
  await shoot(page, 'states-offline');
};

await firstRun();
const server = await Server.start();
try {
  const story = await told(server);
  const at = (rest_) => `${server.url}/${story.owner.workspace.slug}/${rest_}`;
  await doors(server, story.owner);
  const page = await person();
  await signIn(page, server, 'ada@example.com');
  await channel(page, at, story);
  await over(page, at, story);
  await pages(page, at);
  await states(server, page, at, story);
} finally {
  await server.end();
  await closeBrowser();
}
