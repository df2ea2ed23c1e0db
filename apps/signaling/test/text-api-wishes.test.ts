import { DEFAULT_WISHES } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { Parameters } from '../src/transports/text-api-form.ts';
import { toWishes } from '../src/transports/text-api-wishes.ts';
import { INTEREST_WAIT_MS } from './support/stage.ts';
import { type TextServer, startTextServer } from './support/text-server.ts';

const IDENT_DIGESTS = ['identDigests', expect.any(String)];
const wishes = (form: Record<string, string>) =>
  toWishes(new Parameters(new URLSearchParams(form).toString(), new URLSearchParams()));
const start = (server: TextServer, form: Record<string, string>) =>
  server.start(`?${new URLSearchParams(form)}`);

/** Lets time pass as the server does; polls keep the ids alive. */
async function wait(server: TextServer, ms: number): Promise<void> {
  server.clock.advance(ms);
  await server.chat.sweep();
}

test.for([
  ['["Green Tea", "#go"]', ['green tea', 'go']],
  ['["tea","TEA","tea!"]', ['tea']],
  ['tea', ['tea']],
  ['Green Tea, go,,', ['green tea', 'go']],
  [JSON.stringify(Array.from({ length: 12 }, (_, index) => `band ${index}`)), 10],
  [JSON.stringify(['x'.repeat(31), 'y'.repeat(30), '😀'.repeat(30)]), ['y'.repeat(30), '😀'.repeat(30)]],
  ['["tea", 7, null, ["go"], {"a": "b"}, "", "?!"]', ['tea']],
  ['[]', []],
  ['', []],
  ['null', []],
  ['7', []],
  ['"tea"', []],
  ['{"topics": ["tea"]}', []],
  ['["tea"', []],
  ['[tea, go', []],
  [`${'['.repeat(5_000)}`, []],
  ['\u0000 ,  ', []],
] as const)('[X29] topics %j are %j', ([topics, expected]) => {
  const { interests, languages } = wishes({ topics });
  if (typeof expected === 'number') expect(interests).toHaveLength(expected);
  else expect(interests).toEqual(expected);
  expect(languages).toEqual([]);
});

test('[X29] a 64 KiB list of topics costs no more than reading it', () => {
  const topics = JSON.stringify(Array.from({ length: 9_000 }, (_, index) => `t${index}`));
  expect(wishes({ topics }).interests).toHaveLength(10);
});

test.for([
  [{}, { languages: [], anyone: false }],
  [{ lang: 'en' }, { languages: ['en'], anyone: true }],
  [
    { lang: 'en-GB', topics: '[]' },
    { languages: ['en'], anyone: true },
  ],
  [
    { lang: 'en', topics: '["tea"]' },
    { languages: ['en'], anyone: false },
  ],
  [{ lang: 'de' }, { languages: ['de'], anyone: false }],
  [{ lang: 'fil' }, { languages: ['fil'], anyone: false }],
  [{ lang: 'no language' }, { languages: [], anyone: false }],
] as const)('[X30] %j asks for %j', ([form, expected]) => {
  expect(wishes(form)).toMatchObject({ mode: 'text', ...expected });
});

test('[X30] without topics and lang nothing is insisted on', () => {
  expect(toWishes(new Parameters('', new URLSearchParams()))).toEqual({ ...DEFAULT_WISHES, mode: 'text' });
});

test('[X29] two with a common topic pass over who has none, and are told what they both like', async () => {
  const server = await startTextServer();
  const none = await server.start('?lang=en');
  const ann = await start(server, { topics: '["Tea","Go","Moss"]', lang: 'en' });
  expect(await ann.poll()).toEqual([['waiting']]);
  const bob = await start(server, { topics: '["moss", "TEA!"]', lang: 'en' });
  const connected = [['connected'], ['commonLikes', ['tea', 'moss']], IDENT_DIGESTS];
  expect(await bob.poll()).toEqual(connected);
  expect(await ann.poll()).toEqual(connected);
  expect(await none.poll()).toEqual([['waiting']]);
});

test('[X30] a language that was chosen keeps others away; one that was not does not', async () => {
  const server = await startTextServer();
  const german = await start(server, { lang: 'de' });
  const seed = await server.start();
  const english = await start(server, { lang: 'en' });
  expect(await seed.poll()).toEqual([['waiting'], ['connected']]);
  expect(await english.poll()).toEqual([['connected'], IDENT_DIGESTS]);
  expect(await german.poll()).toEqual([['waiting']]);
  const another = await start(server, { lang: 'de-AT' });
  expect(await another.poll()).toEqual([['connected'], IDENT_DIGESTS]);
});

test('[X30] somebody in the web page meets the topics and the language of a later client', async () => {
  const server = await startTextServer();
  const ann = await start(server, { topics: '["tea"]', lang: 'fa' });
  const web = server.ours('web');
  await web.ask('peer:find', { mode: 'text', interests: ['Tea'], languages: ['fa-IR'] });
  const [{ shared }] = await web.next('peer:found');
  expect(shared).toEqual({ interests: ['tea'], languages: ['fa'] });
  expect(await ann.poll()).toEqual([['waiting'], ['connected'], ['commonLikes', ['tea']], IDENT_DIGESTS]);
});

test('[X25] who stops looking for common likes meets who is there, and shares nothing', async () => {
  const server = await startTextServer();
  const none = await server.startLater();
  const ann = await start(server, { topics: '["tea"]' });
  expect(await ann.poll()).toEqual([['waiting']]);
  const poll = ann.poll();
  await server.timers.reached(1);
  expect(await ann.ask('/stoplookingforcommonlikes')).toBe('win');
  expect(await poll).toEqual([['connected'], IDENT_DIGESTS]);
  expect(await none.poll()).toEqual([['connected'], IDENT_DIGESTS]);
});

test('[X31] waiting is said once, although the server has stopped insisting', async () => {
  for (const stop of [true, false]) {
    const server = await startTextServer();
    const ann = await start(server, { topics: '["tea"]' });
    expect(await ann.poll()).toEqual([['waiting']]);
    const poll = ann.poll();
    await server.timers.reached(1);
    if (stop) await ann.ask('/stoplookingforcommonlikes');
    await wait(server, INTEREST_WAIT_MS);
    const bob = await server.startLater();
    expect(await poll).toEqual([['connected'], IDENT_DIGESTS]);
    expect(bob.events[0]).toEqual(['connected']);
  }
});

test('[X31] also to who reads only when it is over', async () => {
  const server = await startTextServer();
  const ann = await start(server, { topics: '["tea"]' });
  await wait(server, INTEREST_WAIT_MS);
  await server.startLater();
  expect(await ann.poll()).toEqual([['waiting'], ['connected'], IDENT_DIGESTS]);
});
