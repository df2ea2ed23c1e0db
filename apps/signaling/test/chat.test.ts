import { ChatError } from '@passerby/protocol';
import { expect, test, vi } from 'vitest';
import type { MatchId, SessionId } from '../src/core/types.ts';
import { memoryBackplane } from './support/chat-parts.ts';
import { offer, refusal, scene, slowScene } from './support/chat-scene.ts';
import { TestClock } from './support/clock.ts';
import { release, releaseAll } from './support/held-backplane.ts';
import { LEASES } from './support/stage.ts';

test('[C1] the commands of one session take effect in the order in which they were given', async () => {
  const { chat, held, memory, enter, slowDown } = slowScene();
  const ann = await enter('ann');
  slowDown();
  const done = [ann.find(), chat.leave(ann.id, 'current'), ann.find({ mode: 'text' })];
  // However the network orders what it holds, it holds one command of a session at a time.
  expect(held.map(({ verb }) => verb)).toEqual(['find']);
  await releaseAll(held);
  await Promise.all(done);
  expect((await memory.count()).waiting).toEqual({ video: 0, voice: 0, text: 1 });
});

test('[C1] a slow command of one session does not hold up another', async () => {
  const { held, enter, slowDown } = slowScene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  slowDown();
  const [slow, quick] = [ann.find(), bob.find()];
  const [first, second] = held.splice(0);
  if (second) await release(second);
  await quick;
  if (first) await release(first);
  await slow;
});

test('[C5] a signal reaches the partner of the match it names, or of the current one', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  await chat.relay(ann.id, offer('named'), { matchId, seq: 1 });
  await chat.relay(ann.id, offer('unnamed'), { matchId: 'current' });
  await chat.tell(ann.id, { mic: false, cam: true, away: false }, matchId);
  expect(await bob.news()).toEqual([
    { type: 'signal', matchId, seq: 1, signal: offer('named') },
    { type: 'signal', matchId, signal: offer('unnamed') },
    { type: 'partner-state', matchId, state: { mic: false, cam: true, away: false } },
  ]);
  expect(await ann.news()).toEqual([]);
});

test('[C5] a signal or a state of an old match is refused and reaches nobody', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
  const old = await meet(ann, bob);
  await chat.leave(ann.id, 'current');
  await meet(cid, bob);
  await ann.news();
  await bob.news();
  const state = { mic: true, cam: true, away: false };
  for (const person of [ann, bob]) {
    const stale = { matchId: old, seq: 9 };
    await expect(chat.relay(person.id, offer('late'), stale)).rejects.toEqual(refusal('not-matched'));
    await expect(chat.tell(person.id, state, old)).rejects.toEqual(refusal('not-matched'));
  }
  const alone = chat.relay(ann.id, offer('alone'), { matchId: 'current' });
  await expect(alone).rejects.toEqual(refusal('not-matched'));
  for (const person of [ann, bob, cid]) expect(await person.news()).toEqual([]);
});

test('[C6] a signal sent again under the same number arrives once', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  for (const seq of [1, 1, 2, 1, 3]) await chat.relay(ann.id, offer(`number ${seq}`), { matchId, seq });
  expect(await bob.news()).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
});

test('[C7] a find inside a match is a skip: the partner is told, and the search goes on', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  await chat.find(bob.id);
  expect(await ann.news()).toEqual([{ type: 'partner-left', matchId, reason: 'skipped' }]);
  expect(await chat.standing(bob.id)).toEqual({ status: 'waiting' });
  expect(await chat.standing(ann.id)).toEqual({ status: 'idle' });
});

test('[C7] two finds in a row leave no one-sided pair', async () => {
  const { chat, enter } = scene();
  const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
  await ann.find();
  await bob.find();
  await chat.find(bob.id);
  await cid.find();
  expect(await chat.standing(ann.id)).toEqual({ status: 'idle' });
  expect(await chat.standing(bob.id)).toEqual(await chat.standing(cid.id));
  await chat.relay(cid.id, offer('for bob'), { matchId: 'current' });
  expect((await ann.news()).map(({ type }) => type)).toEqual(['waiting', 'matched', 'partner-left']);
  expect((await bob.news()).at(-1)).toMatchObject({ type: 'signal', signal: offer('for bob') });
});

test('[C7] a late skip does not end the next match', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
  const old = await meet(ann, bob);
  await chat.leave(ann.id, old);
  const matchId = await meet(cid, bob);
  for (const reason of ['skipped', 'failed'] as const) {
    await expect(chat.skip(bob.id, old, reason)).rejects.toEqual(refusal('not-matched'));
  }
  await chat.leave(bob.id, old);
  await chat.endMatch(bob.id, old);
  expect(await chat.standing(bob.id)).toEqual({ status: 'matched', matchId });
  expect(await cid.news()).toEqual([]);
});

test('[C7] a skip that crosses the partner’s own is a find', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  await chat.skip(bob.id, matchId, 'skipped');
  await chat.skip(ann.id, matchId, 'skipped');
  for (const { id } of [ann, bob]) expect(await chat.standing(id)).toEqual({ status: 'waiting' });
});

test('[C8] where either side hides its address, none is relayed', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob, { relayOnly: true });
  const candidate = (typ: string) => ({ candidate: `candidate:1 1 udp 1 192.0.2.7 5000 typ ${typ}` });
  const sdp = `v=0\r\nc=IN IP4 192.0.2.7\r\na=${candidate('host').candidate}\r\n`;
  await chat.relay(ann.id, { kind: 'offer', body: { type: 'offer', sdp } }, { matchId, seq: 1 });
  await chat.relay(ann.id, { kind: 'candidate', body: candidate('host') }, { matchId, seq: 2 });
  await chat.relay(ann.id, { kind: 'candidate', body: candidate('srflx') }, { matchId: 'current' });
  await chat.relay(ann.id, { kind: 'candidate', body: { candidate: '' } }, { matchId, seq: 3 });
  const news = await bob.news();
  expect(news).toMatchObject([{ signal: { kind: 'offer' } }, { signal: { body: { candidate: '' } } }]);
  expect(JSON.stringify(news)).not.toContain('192.0.2.7');
});

test('[C9] a session that is over is refused by name', async () => {
  const { chat, enter } = scene();
  const ann = await enter('ann');
  await chat.end(ann.id);
  const match = 'match-1' as MatchId;
  await expect(chat.find(ann.id)).rejects.toEqual(refusal('session-unknown'));
  await expect(chat.skip(ann.id, match, 'skipped')).rejects.toEqual(refusal('session-unknown'));
  await expect(chat.relay(ann.id, offer('x'), { matchId: 'current' })).rejects.toEqual(
    refusal('not-matched'),
  );
  await expect(chat.renewIceServers(ann.id, match)).rejects.toEqual(refusal('not-matched'));
  expect(await chat.renew(ann.id)).toBe(false);
  expect(await chat.standing(ann.id)).toBeUndefined();
  expect(await chat.resume(ann.account, ann.resumeToken)).toBeUndefined();
  for (const done of [chat.leave(ann.id, 'current'), chat.endMatch(ann.id, 'current'), chat.end(ann.id)]) {
    expect(await done).toBeUndefined();
  }
});

test('[C10] goodbye tells the partner at once', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  await chat.end(ann.id);
  expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'left' }]);
  expect(ann.ended).toEqual([]);
  expect((await chat.count()).online).toBe(1);
});

test('[C10] who is expelled is told why, and so is the partner', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  await chat.expel(ann.id, 'token-expired');
  expect(ann.ended).toEqual(['token-expired']);
  expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'ended' }]);
});

test('[C11] leave withdraws the ticket or ends the match; the session stays', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  await ann.find();
  await chat.leave(ann.id, 'current');
  expect(await chat.standing(ann.id)).toEqual({ status: 'idle' });
  const matchId = await meet(ann, bob);
  await chat.leave(ann.id, matchId);
  expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'left' }]);
  expect(await chat.standing(ann.id)).toEqual({ status: 'idle' });
});

test('[C11] endMatch ends the match and never withdraws a ticket', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  await ann.find();
  await chat.endMatch(ann.id, 'current');
  expect(await chat.standing(ann.id)).toEqual({ status: 'waiting' });
  const matchId = await meet(ann, bob);
  await chat.endMatch(ann.id, 'another' as MatchId);
  expect(await chat.standing(ann.id)).toEqual({ status: 'matched', matchId });
  await chat.endMatch(ann.id, matchId);
  expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'skipped' }]);
  expect(await chat.standing(ann.id)).toEqual({ status: 'idle' });
});

test('[C11] nor does it when the partner’s own skip comes between', async () => {
  const { chat, held, memory, enter, meet, slowDown } = slowScene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob, { requeue: true });
  slowDown();
  const done = chat.endMatch(ann.id, matchId);
  while (held[0]?.verb === 'standing') await releaseAll(held.splice(0, 1));
  await memory.find(bob.id, { ending: matchId });
  expect(await memory.standing(ann.id)).toEqual({ status: 'waiting' });
  await releaseAll(held);
  await done;
  expect(await memory.standing(ann.id)).toEqual({ status: 'waiting' });
});

test('[C12] the sweep ends whose lease has run out; both sides are told', async () => {
  const { chat, clock, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  clock.advance(LEASES.matchedMs - 1);
  expect(await chat.renew(bob.id)).toBe(true);
  await chat.sweep();
  expect(ann.ended).toEqual([]);
  clock.advance(1);
  await chat.sweep();
  expect(ann.ended).toEqual(['lapsed']);
  expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'lost' }]);
  expect((await chat.count()).online).toBe(1);
  await chat.sweep();
  expect(ann.ended).toEqual(['lapsed']);
});

test('[C12] the sweep brings those together whose time apart is over', async () => {
  const { chat, clock, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  await chat.skip(bob.id, await meet(ann, bob), 'skipped');
  await ann.find();
  for (let second = 0; second < 30; second++) {
    expect(await chat.standing(ann.id), `after ${second} s`).toEqual({ status: 'waiting' });
    clock.advance(1_000);
    for (const { id } of [ann, bob]) await chat.renew(id);
    await chat.sweep();
  }
  expect(await chat.standing(ann.id)).toMatchObject({ status: 'matched' });
  expect(await chat.standing(ann.id)).toEqual(await chat.standing(bob.id));
});

test('[C13] ICE servers are given anew for a running match alone', async () => {
  const iceServers = (tag: string) => [{ urls: ['turn:relay.test'], username: tag }];
  const { chat, enter, meet } = scene({ iceServers });
  const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
  const matchId = await meet(ann, bob);
  expect(await chat.renewIceServers(ann.id, matchId)).toEqual(iceServers(ann.id));
  await expect(chat.renewIceServers(cid.id, matchId)).rejects.toEqual(refusal('not-matched'));
  await chat.leave(ann.id, matchId);
  await expect(chat.renewIceServers(bob.id, matchId)).rejects.toEqual(refusal('not-matched'));
});

test('[C14] logs say what happened and hold no id, token, account, description or candidate', async () => {
  let ids = 0;
  const canary = (name: string) => `${name}${String(++ids).padStart(4, '0')}-canary-${name}`;
  const clock = new TestClock();
  const { chat, log, enter, meet } = scene({
    backplane: memoryBackplane({ now: clock.now, newMatchId: () => canary('m') as MatchId }),
    newSessionId: () => canary('s') as SessionId,
    newSecret: () => canary('secret'),
  });
  const [ann, bob] = [await enter('canary-account-ann'), await enter('canary-account-bob')];
  const matchId = await meet(ann, bob);
  await chat.relay(ann.id, offer('canary-sdp'), { matchId, seq: 1 });
  const candidate = {
    candidate: 'candidate:1 1 udp 1 192.0.2.7 5000 typ host',
    usernameFragment: 'canary-ufrag',
  };
  await chat.relay(bob.id, { kind: 'candidate', body: candidate }, { matchId: 'current' });
  await chat.tell(ann.id, { mic: true, cam: true, away: false }, matchId);
  await chat.away(ann.id);
  const resumed = await chat.resume(ann.account, ann.resumeToken);
  expect(resumed).toBeDefined();
  await chat.confirm(ann.id, resumed?.resumeToken ?? '');
  await chat.resume(bob.account, ann.resumeToken);
  await chat.relay(ann.id, offer('canary-late'), { matchId: 'canary-match' as MatchId }).catch(() => {});
  await chat.skip(ann.id, matchId, 'failed');
  await chat.leave(ann.id, 'current');
  await chat.expel(ann.id, 'token-expired');
  clock.advance(LEASES.matchedMs);
  await chat.sweep();
  const carol = await enter('canary-account-carol');
  await chat.end(carol.id);

  const written = JSON.stringify(log.lines);
  for (const told of [
    'session started',
    'session resumed',
    'find',
    'match ended',
    'lapsed',
    'token-expired',
  ]) {
    expect(written).toContain(told);
  }
  expect(written).not.toMatch(/canary|192\.0\.2\.7|candidate:|v=0/);
});

test('[C23] a goodbye that the backplane could not hear is said again, once it is back', async () => {
  const { chat, memory, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  const end = vi.spyOn(memory, 'end').mockRejectedValue(new ChatError('unavailable'));
  await expect(chat.end(ann.id)).rejects.toEqual(refusal('unavailable'));
  await chat.sweep();
  expect(await bob.news()).toEqual([]);
  end.mockRestore();
  await chat.sweep();
  expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'left' }]);
  // And no more.
  const again = vi.spyOn(memory, 'end');
  await chat.sweep();
  expect(again).not.toHaveBeenCalled();
});

test('[C23] a line that dropped meanwhile counts, unless its client is back', async () => {
  const { chat, memory, enter, meet } = scene();
  const people = [await enter('ann'), await enter('bob'), await enter('cid'), await enter('dan')] as const;
  const [ann, bob, cid, dan] = people;
  const matchId = await meet(ann, bob);
  await meet(cid, dan);
  const away = vi.spyOn(memory, 'away').mockRejectedValue(new ChatError('unavailable'));
  for (const { id } of [ann, cid]) await expect(chat.away(id)).rejects.toEqual(refusal('unavailable'));
  away.mockRestore();
  await chat.back(cid.id);
  await chat.sweep();
  expect(await bob.news()).toEqual([{ type: 'partner-away', matchId }]);
  expect(await dan.news()).toEqual([]);
});
