import { expect, test } from 'vitest';
import { type Client, type TestServer, startTestServer } from './support/server.ts';
import { answer, candidate, offer } from './support/signals.ts';

const find = { mode: 'video' };
/** What a match is given; before it there is no TURN server. */
const ICE_SERVERS = [{ urls: ['stun:stun.test'] }, { urls: ['turn:turn.test'], credential: 'c' }];

/** Two of our own clients in a match; ann waited, bob offers. */
async function pair(server: TestServer) {
  const ann = server.ours('ann');
  const [annWelcome] = await ann.next('session:welcome');
  await ann.ask('peer:find', find);
  await ann.next('peer:alone');
  const bob = server.ours('bob');
  const [bobWelcome] = await bob.next('session:welcome');
  await bob.ask('peer:find', find);
  const [match] = await bob.next('peer:found');
  const [accepted] = await ann.next('peer:accepted');
  return { ann, bob, matchId: match.matchId as string, annWelcome, bobWelcome, accepted, match };
}

/** Cuts the line as a broken network does: no goodbye. */
async function cut(client: Client): Promise<void> {
  client.socket.io.engine.close();
  await client.next('disconnect');
}

test('[S1] our client is welcomed with a resume token, its standing and ICE servers', async () => {
  const server = await startTestServer();
  const ann = server.ours('ann');
  const [welcome] = await ann.next('session:welcome');
  expect(welcome).toMatchObject({
    resumed: 'none',
    state: { status: 'idle' },
    iceServers: [{ urls: ['stun:stun.test'] }],
    tokenLeftMs: 3_600_000,
  });
  expect(welcome.resumeToken.length).toBeGreaterThan(20);
});

test('[S2] both are told the same match, opposite roles, and what to connect over', async () => {
  const { match, accepted } = await pair(await startTestServer());
  expect(match).toMatchObject({ role: 'offerer', mode: 'video', relayOnly: false, offset: 1 });
  expect(accepted).toMatchObject({ role: 'answerer', matchId: match.matchId, offset: 2 });
  expect(match.iceServers).toMatchObject(ICE_SERVERS);
});

test('[S3] a signal carries its match, and is refused once that match is over', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId } = await pair(server);
  expect(await bob.ask('peer:offer', offer(), { matchId, seq: 1 })).toEqual({ ok: true });
  const [body, meta] = await ann.next('peer:call');
  expect(body).toEqual(offer());
  expect(meta).toMatchObject({ matchId, seq: 1 });
  expect(await ann.ask('peer:skip', { matchId })).toEqual({ ok: true });
  // Both are in other matches by now.
  const [cid, dan] = [server.ours('cid'), server.ours('dan')];
  await cid.ask('peer:find', find);
  await bob.ask('peer:find', find);
  await dan.ask('peer:find', find);
  expect((await server.chat.count()).matched.video).toBe(4);
  expect(await bob.ask('peer:sent:icecandidate', candidate(1), { matchId, seq: 2 })).toEqual({
    error: 'not-matched',
    retry: false,
  });
  for (const other of [cid, dan]) {
    await other.settled();
    expect(other.names()).not.toContain('peer:sent:icecandidate');
  }
});

test('[S4] R08 a repeated signal is delivered once', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  for (let repeat = 0; repeat < 3; repeat++) await bob.ask('peer:offer', offer(), { matchId, seq: 1 });
  await bob.ask('peer:sent:icecandidate', candidate(9), { matchId, seq: 2 });
  await ann.settled();
  expect(ann.names()).toEqual(['peer:call', 'peer:sent:icecandidate']);
});

test('[S5] a dropped line is told to the partner, and so is its return', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId, annWelcome, accepted } = await pair(server);
  await cut(ann);
  expect((await bob.next('peer:away'))[0]).toMatchObject({ matchId });
  const back = server.ours('ann', { resume: { token: annWelcome.resumeToken, offset: accepted.offset } });
  const [welcome] = await back.next('session:welcome');
  expect(welcome).toMatchObject({ resumed: 'replayed', state: { status: 'matched', matchId } });
  expect((await bob.next('peer:back'))[0]).toMatchObject({ matchId });
});

test('[S6] what was missed is replayed in order behind the last offset the client had', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId, annWelcome, accepted } = await pair(server);
  await cut(ann);
  await bob.ask('peer:offer', offer(), { matchId, seq: 1 });
  for (const port of [1, 2, 3]) {
    await bob.ask('peer:sent:icecandidate', candidate(port), { matchId, seq: port + 1 });
  }
  const back = server.ours('ann', { resume: { token: annWelcome.resumeToken, offset: accepted.offset } });
  expect((await back.next('peer:call'))[1]).toMatchObject({ offset: 3 });
  for (const port of [1, 2, 3]) {
    const [body, meta] = await back.next('peer:sent:icecandidate');
    expect(body).toEqual(candidate(port));
    expect(meta.offset).toBe(3 + port);
  }
});

test('[S7] what was acknowledged is not replayed, whatever offset is claimed', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId, annWelcome } = await pair(server);
  await bob.ask('peer:offer', offer(), { matchId, seq: 1 });
  await ann.next('peer:call');
  await ann.ask('session:ack', { upTo: 3 });
  await cut(ann);
  await bob.next('peer:away');
  const back = server.ours('ann', { resume: { token: annWelcome.resumeToken, offset: 0 } });
  await back.next('session:welcome');
  await back.settled();
  expect(back.names()).toEqual([]);
});

test('[S27] [S7] a command acknowledges beside what it does, also one that is refused', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId, annWelcome } = await pair(server);
  await bob.ask('chat:message', { matchId, seq: 1, text: 'hello' });
  await ann.next('chat:message');
  expect(await ann.ask('chat:typing', { matchId: 'another-match', on: true }, { upTo: 3 })).toMatchObject({
    error: 'not-matched',
  });
  expect((await bob.next('chat:delivered'))[0]).toMatchObject({ matchId, seq: 1 });
  for (const wrong of [{ upTo: -1 }, {}, null, 3]) {
    expect(await ann.ask('chat:typing', { matchId, on: true }, wrong)).toMatchObject({
      error: 'payload-invalid',
    });
  }
  expect(await ann.ask('chat:typing', { matchId, on: true }, { upTo: 3 }, { upTo: 3 })).toMatchObject({
    error: 'payload-invalid',
  });
  await cut(ann);
  const back = server.ours('ann', { resume: { token: annWelcome.resumeToken, offset: 0 } });
  await back.next('session:welcome');
  await back.settled();
  expect(back.names()).toEqual([]);
});

test('[S27] [W7] a find that was sent before its match was known says so', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId } = await pair(server);
  server.clock.advance(2_000);
  // As if it had waited at a bad line: it tells of nothing behind `peer:alone`.
  await ann.ask('peer:find', {}, { upTo: 1 });
  await bob.ask('chat:message', { matchId, seq: 1, text: 'still here' });
  expect((await ann.next('chat:message'))[0]).toMatchObject({ matchId });
  await ann.ask('peer:find', {}, { upTo: 3 });
  expect((await bob.next('peer:disconnected'))[0]).toMatchObject({ matchId });
});

test('[S8] a resume token works once the newer one has not arrived, and never after', async () => {
  const server = await startTestServer();
  const { ann, annWelcome } = await pair(server);
  const resume = { token: annWelcome.resumeToken, offset: 2 };
  await cut(ann);
  const lost = server.ours('ann', { resume });
  await lost.next('session:welcome');
  await cut(lost);
  const second = server.ours('ann', { resume });
  const [welcome] = await second.next('session:welcome');
  expect(welcome.resumed).toBe('replayed');
  await second.ask('session:ack', { upTo: 2 });
  await cut(second);
  const replayed = server.ours('ann', { resume });
  expect((await replayed.next('session:welcome'))[0].resumed).toBe('none');
});

test('[S9] a resume token is worth nothing to another account', async () => {
  const server = await startTestServer();
  const { ann, bob, annWelcome } = await pair(server);
  await cut(ann);
  const thief = server.ours('eve', { resume: { token: annWelcome.resumeToken, offset: 0 } });
  expect((await thief.next('session:welcome'))[0]).toMatchObject({
    resumed: 'none',
    state: { status: 'idle' },
  });
  await bob.settled();
  expect(bob.names()).not.toContain('peer:back');
});

test('[S10] a second connection that resumes replaces the first without the partner noticing', async () => {
  const server = await startTestServer();
  const { ann, bob, annWelcome } = await pair(server);
  const again = server.ours('ann', { resume: { token: annWelcome.resumeToken, offset: 2 } });
  await again.next('session:welcome');
  await ann.next('disconnect');
  await bob.settled();
  expect(bob.names()).toEqual([]);
});

test('[S11] R09 a second tab of an account is refused until it asks to take over; then the first is told', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  const second = server.ours('ann');
  const [error] = await second.next('connect_error');
  expect(error.data).toEqual({ code: 'elsewhere', retry: false });
  const taking = server.ours('ann', { takeOver: true });
  await taking.next('session:welcome');
  expect((await ann.next('session:elsewhere'))[0]).toEqual({ reason: 'elsewhere' });
  expect((await bob.next('peer:disconnected'))[0].reason).toBe('left');
});

test('[S12] a session without a line is taken over without asking', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  await cut(ann);
  await bob.next('peer:away');
  await server.ours('ann').next('session:welcome');
  expect((await bob.next('peer:disconnected'))[0].reason).toBe('lost');
});

test('[S13] the goodbye ends the session at once', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  ann.send('session:end');
  expect((await bob.next('peer:disconnected'))[0].reason).toBe('left');
  expect((await server.chat.count()).online).toBe(1);
});

test('[S14] a line that stays away is given up when its lease ends', async () => {
  const server = await startTestServer();
  const { ann, bob } = await pair(server);
  await cut(ann);
  await bob.next('peer:away');
  server.clock.advance(74_000);
  await server.chat.sweep();
  await bob.settled();
  expect(bob.names()).toEqual([]);
  // The test's clock leaps, the transport's own renewing does not: bob's lease is kept by hand.
  await server.chat.renew('session-00000002' as Parameters<typeof server.chat.renew>[0]);
  server.clock.advance(1_000);
  await server.chat.sweep();
  expect((await bob.next('peer:disconnected'))[0].reason).toBe('lost');
});

test('[S15] skip ends that match and looks again; a late skip of an old match does nothing', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId } = await pair(server);
  expect(await bob.ask('peer:skip', { matchId })).toEqual({ ok: true });
  expect((await ann.next('peer:disconnected'))[0]).toMatchObject({ matchId, reason: 'skipped' });
  await bob.next('peer:alone');
  const cid = server.ours('cid');
  await cid.ask('peer:find', find);
  await cid.next('peer:found');
  expect(await bob.ask('peer:skip', { matchId })).toEqual({ error: 'not-matched', retry: false });
  await cid.settled();
  expect(cid.names()).toEqual([]);
});

test('[S16] leave ends the match or withdraws the ticket; the session stays', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId } = await pair(server);
  await bob.ask('peer:leave', { matchId });
  expect((await ann.next('peer:disconnected'))[0].reason).toBe('left');
  await bob.ask('peer:find', find);
  await bob.ask('peer:leave');
  expect(await server.chat.count()).toMatchObject({ online: 2, waiting: { video: 0 } });
});

test('[S17] with requeue the one who stays goes back to the pool at once', async () => {
  const server = await startTestServer();
  const ann = server.ours('ann');
  await ann.ask('peer:find', { mode: 'video', requeue: true });
  const bob = server.ours('bob');
  await bob.ask('peer:find', find);
  const cid = server.ours('cid');
  await cid.ask('peer:find', find);
  await cid.next('peer:alone');
  await bob.ask('session:end');
  await ann.next('peer:disconnected');
  expect((await ann.next('peer:found'))[0].role).toBe('offerer');
  await cid.next('peer:accepted');
});

test('[S18] R07 two who could not connect keep their place and are told so', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId } = await pair(server);
  const cid = server.ours('cid');
  server.clock.advance(5_000);
  await cid.ask('peer:find', find);
  server.clock.advance(5_000);
  await bob.ask('peer:skip', { matchId, reason: 'failed' });
  expect((await ann.next('peer:disconnected'))[0].reason).toBe('failed');
  // bob has waited longer than cid, so cid makes the offer.
  await cid.next('peer:found');
  await bob.next('peer:accepted');
});

test('[S19] fresh ICE servers are given for a running match only', async () => {
  const { ann, matchId } = await pair(await startTestServer());
  expect(await ann.ask('peer:ice', { matchId })).toEqual({
    ok: true,
    iceServers: ICE_SERVERS.map((server) => expect.objectContaining(server)),
  });
  await ann.ask('peer:leave');
  expect(await ann.ask('peer:ice', { matchId })).toEqual({ error: 'not-matched', retry: false });
});

test('[S20] what a microphone and camera do is passed on', async () => {
  const { ann, bob, matchId } = await pair(await startTestServer());
  await ann.ask('peer:state', { matchId, mic: false, cam: true });
  expect((await bob.next('peer:state'))[0]).toMatchObject({ matchId, mic: false, cam: true, away: false });
});

test('[S21] where either side hides its address only relayed candidates pass, without what lies behind them', async () => {
  const server = await startTestServer();
  const ann = server.ours('ann');
  await ann.ask('peer:find', { ...find, relayOnly: true });
  const bob = server.plain('bob');
  bob.send('peer:find');
  expect((await bob.next('peer:found'))[0].relayOnly).toBe(true);
  bob.send('peer:sent:icecandidate', candidate(1, 'host'));
  bob.send('peer:sent:icecandidate', candidate(2, 'srflx'));
  const relayed = candidate(3, 'relay');
  bob.send('peer:sent:icecandidate', {
    ...relayed,
    candidate: `${relayed.candidate} raddr 198.51.100.9 rport 4444`,
  });
  const [body] = await ann.next('peer:sent:icecandidate');
  expect(body.candidate).toBe(`${relayed.candidate} raddr 0.0.0.0 rport 0`);
  bob.send('peer:offer', {
    type: 'offer',
    sdp: `v=0\r\nc=IN IP4 198.51.100.9\r\na=candidate:1 1 udp 1 198.51.100.9 5 typ host\r\na=mid:0\r\n`,
  });
  expect((await ann.next('peer:call'))[0].sdp).toBe('v=0\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n');
});

test('[S22] answers go both ways and modes do not mix', async () => {
  const server = await startTestServer();
  const { ann, bob, matchId } = await pair(server);
  await ann.ask('peer:answer', answer(), { matchId, seq: 1 });
  expect((await bob.next('peer:answer'))[0]).toEqual(answer());
  const text = server.ours('cid');
  await text.ask('peer:find', { mode: 'text' });
  const voice = server.ours('dan');
  await voice.ask('peer:find', { mode: 'voice' });
  await text.next('peer:alone');
  await voice.next('peer:alone');
});

const attempt = (number: number) => ({ id: 'client-of-ann-00000001', attempt: number });

test('[S24] whose first welcome was lost comes in again at once; another client does not', async () => {
  const server = await startTestServer();
  const lost = server.ours('ann', { client: attempt(1) });
  await lost.next('session:welcome');
  const other = server.ours('ann', { client: { ...attempt(2), id: 'another-client-0000001' } });
  expect((await other.next('connect_error'))[0].data.code).toBe('elsewhere');
  const again = server.ours('ann', { client: attempt(2) });
  expect((await again.next('session:welcome'))[0].resumed).toBe('none');
  await lost.next('session:elsewhere');
});

test.each(['up', 'down'])(
  '[S24] a late request of a line that was given up costs nothing, with the line %s',
  async (line) => {
    const server = await startTestServer();
    const { ann, bob, annWelcome, matchId } = await pair(server);
    const resume = { token: annWelcome.resumeToken as string, offset: 2 };
    await cut(ann);
    await bob.next('peer:away');
    const back = server.ours('ann', { resume, client: attempt(5) });
    const [{ resumeToken }] = await back.next('session:welcome');
    await bob.next('peer:back');
    if (line === 'down') {
      await cut(back);
      await bob.next('peer:away');
    }
    for (const auth of [{ resume }, { takeOver: true }, { resume, takeOver: true }, {}]) {
      const late = server.ours('ann', { ...auth, client: attempt(4) });
      const [error] = await late.next('connect_error');
      expect([error.message, error.data]).toEqual(['overtaken', { code: 'overtaken', retry: false }]);
    }
    await bob.settled();
    expect(bob.names()).toEqual([]);
    const again = server.ours('ann', { resume: { token: resumeToken, offset: 2 }, client: attempt(6) });
    expect((await again.next('session:welcome'))[0]).toMatchObject({
      resumed: 'replayed',
      state: { status: 'matched', matchId },
    });
  },
);

test('[S25] a server that has forgotten everything gives the match back to both, under its id', async () => {
  const { ann, bob, matchId, match, accepted, annWelcome } = await pair(await startTestServer());
  expect(JSON.stringify([match, accepted])).not.toMatch(/"partner"|"account"/);
  for (const client of [ann, bob]) client.socket.disconnect();

  const reborn = await startTestServer();
  const restore = (proof: string) => ({ restore: { proof, wishes: find } });
  const annAgain = reborn.ours('ann', {
    ...restore(accepted.proof),
    resume: { token: annWelcome.resumeToken, offset: 2 },
  });
  const [welcome] = await annAgain.next('session:welcome');
  expect(welcome).toMatchObject({
    resumed: 'restored',
    sessionId: annWelcome.sessionId,
    state: { status: 'matched', matchId },
  });
  const [away] = await annAgain.next('peer:away');
  expect(away).toMatchObject({ matchId });
  // It may already speak to the place that is held.
  expect(await annAgain.ask('chat:message', { matchId, seq: 5, text: 'still there?' })).toEqual({ ok: true });
  const bobAgain = reborn.ours('bob', restore(match.proof));
  expect((await bobAgain.next('session:welcome'))[0]).toMatchObject({ resumed: 'restored' });
  expect((await bobAgain.next('chat:message'))[0]).toMatchObject({ matchId, seq: 5, text: 'still there?' });
  expect((await annAgain.next('peer:back'))[0]).toMatchObject({ matchId });
  expect(await bobAgain.ask('peer:offer', offer(), { matchId, seq: 9 })).toEqual({ ok: true });
  expect((await annAgain.next('peer:call'))[0]).toEqual(offer());
  // The new session resumes as any other.
  await cut(annAgain);
  const third = reborn.ours('ann', { resume: { token: welcome.resumeToken, offset: away.offset } });
  expect((await third.next('session:welcome'))[0]).toMatchObject({ resumed: 'replayed' });
});

test('[S25] who does not return within 15 s is lost to the other', async () => {
  const { ann, bob, matchId, accepted } = await pair(await startTestServer());
  for (const client of [ann, bob]) client.socket.disconnect();
  const reborn = await startTestServer();
  const annAgain = reborn.ours('ann', { restore: { proof: accepted.proof, wishes: find } });
  await annAgain.next('session:welcome');
  reborn.clock.advance(15_000);
  await reborn.chat.sweep();
  expect((await annAgain.next('peer:disconnected'))[0]).toMatchObject({ matchId, reason: 'lost' });
});

test('[S25] a proof is worth nothing to others; with one that does not hold a new session begins', async () => {
  const { ann, bob, accepted } = await pair(await startTestServer());
  for (const client of [ann, bob]) client.socket.disconnect();
  const reborn = await startTestServer();
  for (const [account, proof] of [
    ['eve', accepted.proof],
    ['ann', `${accepted.proof.slice(0, -2)}AA`],
  ]) {
    const client = reborn.ours(account, { restore: { proof, wishes: find } });
    expect((await client.next('session:welcome'))[0]).toMatchObject({
      resumed: 'none',
      state: { status: 'idle' },
    });
  }
});

test('[S25] a match with a plain client comes without a proof', async () => {
  const server = await startTestServer();
  const plain = server.plain('ann');
  plain.send('peer:find');
  await plain.next('peer:alone');
  const bob = server.ours('bob');
  await bob.ask('peer:find', find);
  for (const [match] of [await bob.next('peer:found'), await plain.next('peer:accepted')])
    expect(match).not.toHaveProperty('proof');
});
