import { expect, test } from 'vitest';
import { type TestServer, startTestServer } from './support/server.ts';

/** Two in a text match. */
async function pair(server: TestServer) {
  const ann = server.ours('ann');
  await ann.ask('peer:find', { mode: 'text' });
  const bob = server.ours('bob');
  await bob.ask('peer:find', { mode: 'text' });
  const [{ matchId }] = await bob.next('peer:found');
  await ann.next('peer:accepted');
  return { ann, bob, matchId: matchId as string };
}

test('[T1] a text reaches the partner with its number, whatever is in it', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  const texts = ['hi', '<b>not bold</b>', '\u202eright to left', '👩🏽‍🚀'.repeat(100), ' two\nlines '];
  for (const [index, text] of texts.entries()) {
    expect(await ann.ask('chat:message', { matchId, seq: index + 1, text })).toEqual({ ok: true });
    expect((await bob.next('chat:message'))[0]).toMatchObject({ matchId, seq: index + 1, text });
  }
});

test('[T2] an empty, broken or over-long text is refused', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  for (const text of ['', '  ', 'x'.repeat(501), '\udc00', 7, null]) {
    expect(await ann.ask('chat:message', { matchId, seq: 1, text })).toEqual({
      error: 'payload-invalid',
      retry: false,
    });
  }
  expect(await ann.ask('chat:message', { matchId, seq: 1, text: '😀'.repeat(500) })).toEqual({ ok: true });
  await bob.settled();
  expect(bob.names()).toEqual(['chat:message']);
});

test('[T3] a repeated text is delivered once', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  for (const seq of [1, 1, 2, 1, 2, 3]) {
    expect(await ann.ask('chat:message', { matchId, seq, text: String(seq) })).toEqual({ ok: true });
  }
  await bob.settled();
  expect(bob.received.map(({ args }) => (args[0] as { text: string }).text)).toEqual(['1', '2', '3']);
});

test('[T4] texts and signals are numbered apart', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  const candidate = { candidate: '' };
  await ann.ask('peer:sent:icecandidate', candidate, { matchId, seq: 5 });
  await ann.ask('chat:message', { matchId, seq: 1, text: 'hi' });
  await bob.settled();
  expect(bob.names()).toEqual(['peer:sent:icecandidate', 'chat:message']);
});

test("[T5] delivered is said when the partner's client has acknowledged the text, and not before", async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  await ann.ask('chat:message', { matchId, seq: 1, text: 'hi' });
  const [{ offset }] = await bob.next('chat:message');
  await ann.settled();
  expect(ann.names()).toEqual([]);
  await bob.ask('session:ack', { upTo: offset });
  expect((await ann.next('chat:delivered'))[0]).toMatchObject({ matchId, seq: 1 });
});

test('[T5] a text to a plain client is delivered when it is written, and nothing else has to happen', async () => {
  const server = await startTestServer();
  const bob = server.plain('bob');
  await bob.ask('peer:find', { mode: 'text' });
  const ann = server.ours('ann');
  await ann.ask('peer:find', { mode: 'text' });
  const [{ matchId }] = await ann.next('peer:found');
  await ann.ask('chat:message', { matchId, seq: 1, text: 'hi' });
  await bob.next('chat:message');
  expect((await ann.next('chat:delivered'))[0]).toMatchObject({ matchId, seq: 1 });
});

test('[T6] typing is passed on, on and off', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  for (const on of [true, false]) {
    await ann.ask('chat:typing', { matchId, on });
    expect((await bob.next('chat:typing'))[0]).toMatchObject({ matchId, on });
  }
});

test('[T7] nothing is said after the match is over', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  await bob.ask('peer:leave');
  const over = { error: 'not-matched', retry: false };
  expect(await ann.ask('chat:message', { matchId, seq: 1, text: 'hi' })).toEqual(over);
  expect(await ann.ask('chat:typing', { matchId, on: true })).toEqual(over);
});

test('[T8] texts never reach the log', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId } = await pair(server);
  await ann.ask('chat:message', { matchId, seq: 1, text: 'CANARY' });
  await bob.ask('session:end');
  expect(JSON.stringify(server.log.lines)).not.toContain('CANARY');
});
