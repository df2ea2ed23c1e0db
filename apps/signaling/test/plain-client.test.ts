import { expect, test } from 'vitest';
import type { SessionId } from '../src/core/types.ts';
import { type TestServer, startTestServer } from './support/server.ts';
import { answer, candidate, offer } from './support/signals.ts';

// These clients are written from the wire table alone: bare signals, no match id, no acknowledgement.

test('[W1] a plain client finds, is called, answers, trickles, skips and stops', async () => {
  const { plain } = await startTestServer();
  const ann = plain('ann');
  ann.send('peer:find');
  await ann.next('peer:alone');
  const bob = plain('bob');
  bob.send('peer:find');
  await bob.next('peer:found');
  await ann.next('peer:accepted');

  bob.send('peer:offer', offer());
  expect((await ann.next('peer:call'))[0]).toEqual(offer());
  ann.send('peer:answer', answer());
  expect((await bob.next('peer:answer'))[0]).toEqual(answer());
  ann.send('peer:sent:icecandidate', candidate(1));
  bob.send('peer:sent:icecandidate', candidate(2));
  expect((await bob.next('peer:sent:icecandidate'))[0]).toEqual(candidate(1));
  expect((await ann.next('peer:sent:icecandidate'))[0]).toEqual(candidate(2));

  bob.send('peer:find');
  expect((await ann.next('peer:disconnected'))[0]).toMatchObject({ reason: 'skipped' });
  await bob.next('peer:alone');

  const cid = plain('cid');
  cid.send('peer:find');
  await cid.next('peer:found');
  await bob.next('peer:accepted');
  bob.socket.disconnect();
  expect((await cid.next('peer:disconnected'))[0]).toMatchObject({ reason: 'left' });
});

test('[W2] polling every 7 seconds while alone does no harm', async () => {
  const { plain, clock, chat } = await startTestServer();
  const ann = plain('ann');
  for (let poll = 0; poll < 10; poll++) {
    ann.send('peer:find');
    await ann.settled();
    clock.advance(7_000);
    await chat.sweep();
    await chat.renew(sessions[0]);
  }
  expect((await chat.count()).waiting.video).toBe(1);
  expect(ann.names()).toEqual(['connect', 'peer:alone']);
  const bob = plain('bob');
  bob.send('peer:find');
  await bob.next('peer:found');
  await ann.next('peer:accepted');
  expect(ann.names()).not.toContain('peer:accepted');
});

test('[W7] a poll that crosses peer:accepted does not end the match', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  ann.send('peer:find');
  await ann.settled();
  expect(bob.names()).not.toContain('peer:disconnected');
  bob.send('peer:offer', offer());
  await ann.next('peer:call');
});

test('[W7] two seconds later, or after a signal, a find is a skip', async () => {
  const late = await startTestServer();
  const first = await pair(late);
  late.clock.advance(2_000);
  first.ann.send('peer:find');
  await first.bob.next('peer:disconnected');

  const signalled = await startTestServer();
  const second = await pair(signalled);
  second.ann.send('peer:sent:icecandidate', candidate(1));
  await second.bob.next('peer:sent:icecandidate');
  second.ann.send('peer:find');
  await second.bob.next('peer:disconnected');
});

test('[W7] the one who did not wait skips at once', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  bob.send('peer:find');
  await ann.next('peer:disconnected');
});

test('[W3] who stays is not handed to a third person unasked', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  const cid = server.plain('cid');
  cid.send('peer:find');
  await cid.next('peer:alone');
  bob.socket.disconnect();
  await ann.next('peer:disconnected');
  await ann.settled();
  expect(ann.names()).not.toContain('peer:found');
});

test('[W4] the two who parted meet again after a while, not at once, and without asking again', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  bob.send('peer:find');
  await ann.next('peer:disconnected');
  ann.send('peer:find');
  await bob.next('peer:alone');
  await ann.next('peer:alone');
  await server.chat.sweep();
  await ann.settled();
  expect(ann.names()).toEqual([]);
  for (let waited = 0; waited < 3; waited++) {
    server.clock.advance(10_000);
    await server.chat.renew(sessions[0]);
    await server.chat.renew(sessions[1]);
  }
  await server.chat.sweep();
  await ann.next('peer:found');
  await bob.next('peer:accepted');
});

test('[W5] signals reach nobody without a match and never the next partner', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  bob.send('peer:find');
  await ann.next('peer:disconnected');
  const cid = server.plain('cid');
  cid.send('peer:find');
  await cid.next('peer:found');
  await bob.next('peer:accepted');
  ann.send('peer:answer', answer());
  ann.send('peer:sent:icecandidate', candidate(3));
  await ann.settled();
  await bob.settled();
  expect(bob.names()).toEqual([]);
});

test('[W6] a plain client takes its account over; the older place is told', async () => {
  const { plain } = await startTestServer();
  const first = plain('ann');
  await first.next('connect');
  const second = plain('ann');
  await second.next('connect');
  expect((await first.next('session:elsewhere'))[0]).toEqual({ reason: 'elsewhere' });
  await first.next('disconnect');
});

async function pair(server: TestServer) {
  const ann = server.plain('ann');
  ann.send('peer:find');
  await ann.next('peer:alone');
  const bob = server.plain('bob');
  bob.send('peer:find');
  await bob.next('peer:found');
  await ann.next('peer:accepted');
  return { ann, bob };
}

/** The ids that the test server gives out, in order. */
const sessions = ['session-00000001', 'session-00000002'] as [SessionId, SessionId];
