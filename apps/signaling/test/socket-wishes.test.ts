import { expect, test } from 'vitest';
import { startTestServer } from './support/server.ts';
import { INTEREST_WAIT_MS } from './support/stage.ts';

const TEA = { mode: 'text', interests: ['Green Tea', 'go'], languages: ['de-AT'] };

test('[S23] who names something is told that it waits for it, then for anyone', async () => {
  const server = await startTestServer();
  const ann = server.ours('ann');
  await ann.ask('peer:find', TEA);
  const [alone] = await ann.next('peer:alone');
  expect(alone).toEqual({ since: server.clock.now(), anyone: false, offset: 1 });
  server.clock.advance(INTEREST_WAIT_MS);
  await server.chat.sweep();
  expect((await ann.next('peer:alone'))[0]).toEqual({ since: alone.since, anyone: true, offset: 2 });
});

test('[S23] who names nothing waits for anyone', async () => {
  const { plain } = await startTestServer();
  const ann = plain('ann');
  ann.send('peer:find');
  expect((await ann.next('peer:alone'))[0]).toMatchObject({ anyone: true });
});

test('[S23] both are told what both named, in the form in which it was compared', async () => {
  const { ours } = await startTestServer();
  const [ann, bob] = [ours('ann'), ours('bob')];
  await ann.ask('peer:find', TEA);
  await bob.ask('peer:find', { ...TEA, interests: ['moss', 'green  tea!'], languages: ['en', 'DE'] });
  const shared = { interests: ['green tea'], languages: ['de'] };
  expect((await ann.next('peer:accepted'))[0]).toMatchObject({ shared });
  expect((await bob.next('peer:found'))[0]).toMatchObject({ shared });
});

test('[S23] peer:widen meets who is there; without a search it is taken and changes nothing', async () => {
  const { ours } = await startTestServer();
  const [ann, bob] = [ours('ann'), ours('bob')];
  await bob.next('session:welcome');
  expect(await bob.ask('peer:widen')).toEqual({ ok: true });
  await ann.ask('peer:find', { mode: 'text' });
  await bob.ask('peer:find', TEA);
  expect((await bob.next('peer:alone'))[0]).toMatchObject({ anyone: false });
  expect(await bob.ask('peer:widen')).toEqual({ ok: true });
  const shared = { interests: [], languages: [] };
  expect((await bob.next('peer:found'))[0]).toMatchObject({ shared });
  expect(await bob.ask('peer:widen')).toEqual({ ok: true });
  await ann.next('peer:accepted');
  expect(bob.names()).toEqual([]);
});

test.for<[string, Record<string, unknown>]>([
  ['interests that are no list', { interests: 'tea' }],
  ['interests as an object', { interests: { 0: 'tea', length: 1 } }],
  ['an interest that is no text', { interests: ['tea', 7] }],
  ['an empty slot', { interests: [null] }],
  ['a nested list', { interests: [['tea']] }],
  ['a binary interest', { interests: [Buffer.from('tea')] }],
  ['eleven interests', { interests: Array.from({ length: 11 }, (_, index) => `band ${index}`) }],
  ['thousands of interests', { interests: Array<string>(5_000).fill('x') }],
  ['an interest of 31 characters', { interests: ['x'.repeat(31)] }],
  ['an interest of 30,000 characters', { interests: ['!'.repeat(30_000)] }],
  ['languages that are no list', { languages: 'de' }],
  ['a language that is none', { languages: ['de', 'no language'] }],
  ['an empty language', { languages: [''] }],
  ['a language that is no text', { languages: [{ toString: 'de' }] }],
  ['a polluting language', { languages: ['__proto__'] }],
  ['six languages', { languages: ['de', 'en', 'fa', 'fr', 'ja', 'pt'] }],
  ['anyone as a text', { anyone: 'true' }],
  ['anyone as nothing', { anyone: null }],
])('[N7] %s are refused whole, and the search goes on', async ([, wrong]) => {
  const { ours, chat } = await startTestServer();
  const [ann, bob] = [ours('ann'), ours('bob')];
  await ann.ask('peer:find', TEA);
  await ann.next('peer:alone');
  expect(await ann.ask('peer:find', { ...TEA, ...wrong })).toEqual({
    error: 'payload-invalid',
    retry: false,
  });
  expect(ann.names()).toEqual([]);
  expect((await chat.count()).waiting.text).toBe(1);
  await bob.ask('peer:find', TEA);
  await ann.next('peer:accepted');
});
