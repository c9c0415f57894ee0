import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { accessible, closeBrowser, PASSWORD, person, say, sees, Server, shoot } from './stage.mjs';

after(closeBrowser);

test('from the printed address to two people chatting, without reading anything', async () => {
  const server = await Server.start();
  try {
    const ada = await person();
    await ada.goto(server.url);
    await ada.getByLabel('Set-up code').fill(server.code);
    await ada.getByLabel('Your name').fill('Ada Byron');
    await ada.getByLabel('E-mail').fill('ada@example.com');
    await ada.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await accessible(ada, 'first run');
    await shoot(ada, 'first-run');
    await ada.getByRole('button', { name: 'Next' }).click();
    await ada.getByLabel('Name of the workspace').fill('Rooks & Towers');
    // The address follows the name, until somebody writes another.
    assert.equal(await ada.getByLabel('Address').inputValue(), 'rooks-towers');
    await ada.getByLabel('Address').fill('east-tower');
    await ada.getByLabel('Name of the workspace').fill('Rooks');
    assert.equal(await ada.getByLabel('Address').inputValue(), 'east-tower');
    await ada.getByRole('button', { name: 'Create the workspace' }).click();
    const link = await ada.getByLabel('A link to join by').inputValue();
    await ada.getByRole('button', { name: 'Open the workspace' }).click();
    await ada.locator('#composer').waitFor();
    assert.equal(new URL(ada.url()).pathname.split('/')[1], 'east-tower');

    const bob = await person();
    await bob.goto(link);
    await bob.getByLabel('Your name').fill('Bob Noor');
    await bob.getByLabel('E-mail').fill('bob@example.com');
    await bob.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await accessible(bob, 'invitation');
    await bob.getByRole('button', { name: 'Join' }).click();
    await bob.locator('#composer').waitFor();

    await say(ada, 'hello **Bob**');
    await sees(bob, 'hello Bob');
    await say(bob, 'hello Ada :tada:');
    await sees(ada, 'hello Ada 🎉');
    assert.equal(await ada.locator('article.msg strong').first().innerText(), 'Bob');
    await accessible(ada, 'a channel');
    await shoot(ada, 'channel');
    assert.deepEqual([...ada.complaints, ...bob.complaints], []);
  } finally {
    await server.end();
  }
});

test('a wrong password is told in one sentence, and a right one opens the workspace', async () => {
  const server = await Server.start();
  try {
    await server.setUp();
    const ada = await person();
    await ada.goto(server.url);
    await ada.getByLabel('E-mail').fill('ada@example.com');
    await ada.getByLabel('Password', { exact: true }).fill('not this one');
    await ada.getByRole('button', { name: 'Sign in' }).click();
    await ada.getByText('That e-mail and password do not fit together.').waitFor();
    await accessible(ada, 'sign-in');
    await shoot(ada, 'sign-in');
    await ada.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await ada.getByRole('button', { name: 'Sign in' }).click();
    await ada.locator('#composer').waitFor();
  } finally {
    await server.end();
  }
});
