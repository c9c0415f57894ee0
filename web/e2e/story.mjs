// One small town of rooks, told through the HTTP face: what pictures are taken of.

/** Ada's workspace with people, channels, a thread, code, a mention, reactions, drafts, and what is unread. */
export const told = async (server) => {
  const owner = await server.setUp();
  const here = `/workspaces/${owner.workspace.id}`;
  const as = (token) => (method, path, body) => server.ask(method, `${here}${path}`, { token, ...(body ? { body } : {}) });
  const ada = as(owner.token);
  const join = async (name, email) => {
    const { token, account } = await server.invites(owner, name, email);
    return { token, id: account.id, ask: as(token) };
  };
  const noor = await join('Noor Sabbagh-Rey', 'noor@example.com');
  const tomas = await join('Tomas Okoro-Lind', 'tomas@example.com');
  const wren = await join('Wren Halloway', 'wren@example.com');
  const jun = await join('Jun Asahina', 'jun@example.com');
  const everyone = [noor, tomas, wren, jun];
  const me = (await server.ask('GET', '/session', { token: owner.token })).account.id;
  await ada('PATCH', '/members/me', { title: 'Keeps the towers', time_zone: 'Europe/Lisbon' });
  await noor.ask('PATCH', '/members/me', { title: 'Counts birds', status: { text: 'In the east tower', emoji: '🪜' }, time_zone: 'Europe/Madrid' });

  const made = await ada('POST', '/channels', { kind: 'public', name: 'towers', topic: 'Nesting starts in March', purpose: 'Boxes, ladders, and who is up there' });
  const channels = {};
  for (const name of ['announcements', 'weather', 'nests', 'photos', 'yard-tools']) channels[name] = await ada('POST', '/channels', { kind: 'public', name });
  channels.budget = await ada('POST', '/channels', { kind: 'private', name: 'budget', topic: 'What the boxes cost' });
  for (const who of everyone) {
    await who.ask('PUT', `/channels/${made.id}/members/me`, {});
    for (const name of ['announcements', 'weather', 'nests', 'photos']) await who.ask('PUT', `/channels/${channels[name].id}/members/me`, {});
  }
  const says = (who, text, thread) => who('POST', `/channels/${made.id}/messages${thread ? `/${thread}/replies` : ''}`, { text });
  const likes = (who, number, emoji) => who('PUT', `/channels/${made.id}/messages/${number}/reactions/${encodeURIComponent(emoji)}`, {});
  const root = await says(noor.ask, 'Counted the east tower this morning: **41 pairs**, nine more than last year.');
  await says(wren.ask, 'Nine more! Same boxes?');
  await says(tomas.ask, 'The script, for whoever counts the west side:\n```python\npairs = sum(box.nests for box in tower.boxes)\nprint(f"{pairs} pairs")  # twice, an hour apart\n```');
  await says(tomas.ask, 'How did you count the ones inside the clock?', root.number);
  await says(noor.ask, 'From the gallery, at dusk. They all come home then.', root.number);
  await says(jun.ask, '> They all come home then.\n\nExcept the two on the weathercock. So `41`, and perhaps 42.', root.number);
  const named = await says(noor.ask, `<@${me}> can you bring the ladder on Thursday? The one from the yard, not the _short_ one.`);
  await says(ada, 'I can. Rope as well.');
  const wind = await says(jun.ask, 'Gusts stay under 9 m/s until noon, then it freshens. Ladder first, coffee after.');
  for (const [who, emoji] of [[wren, '🎉'], [tomas, '🎉'], [jun, '💯']]) await likes(who.ask, root.number, emoji);
  for (const who of [wren, tomas, noor]) await likes(who.ask, wind.number, '☕');
  await ada('PUT', `/channels/${made.id}/messages/${root.number}/pin`, {});
  await says(wren.ask, 'I keep the list of the boxes that need a new lid: north 3, north 7, and both under the bell.');
  const direct = await noor.ask('POST', '/channels', { kind: 'direct', members: [me] });
  await noor.ask('POST', `/channels/${direct.id}/messages`, { text: 'Are you up there already?' });
  await tomas.ask('POST', '/channels', { kind: 'direct', members: [me] });
  await wren.ask('POST', `/channels/${channels.announcements.id}/messages`, { text: `<@${me}> the town pays for the new lids` });
  await jun.ask('POST', `/channels/${channels.weather.id}/messages`, { text: 'Dry until Friday.' });
  await ada('PUT', `/me/star/${made.id}`, { value: true });
  await ada('PUT', `/me/star/${channels.budget.id}`, { value: true });
  await ada('PUT', `/me/mute/${channels.photos.id}`, { value: true });
  await ada('PUT', `/me/draft/${channels.nests.id}`, { value: { text: 'Who has the key to' } });
  return { owner, made, root, named, channels, direct, me, noor };
};
