import { expect, test } from 'vitest';
import type { Backplane } from '../src/core/ports.ts';
import type { AccountId, MatchClaim, MatchId, SessionId } from '../src/core/types.ts';
import { createMatchProofs } from '../src/match-proof.ts';
import { offer, refusal, scene } from './support/chat-scene.ts';
import { LEASES, WISHES } from './support/stage.ts';

test('[C2] start gives a session; a resume token only to who can resume', async () => {
  const { chat, enter } = scene();
  const ann = await enter('ann');
  const plain = await enter('plain', { resumable: false });
  expect(ann.resumeToken).not.toBe('');
  expect(plain.resumeToken).toBe('');
  expect(ann.id).not.toBe(plain.id);
  expect(await chat.standing(ann.id)).toEqual({ status: 'idle' });
  expect((await chat.count()).online).toBe(2);
});

test('[C2] a second place of an account is refused unless it takes over', async () => {
  const { chat, enter } = scene();
  const ann = await enter('ann');
  await expect(enter('ann')).rejects.toEqual(refusal('elsewhere'));
  expect(await chat.standing(ann.id)).toEqual({ status: 'idle' });
  await enter('ann', { takeOver: true });
  expect(ann.ended).toEqual(['elsewhere']);
  expect((await chat.count()).online).toBe(1);
});

test('[C3] a resume token takes its session up where it stood', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  await chat.away(ann.id);
  expect(await bob.news()).toEqual([{ type: 'partner-away', matchId }]);
  const resumed = await chat.resume(ann.account, ann.resumeToken);
  expect(resumed?.id).toBe(ann.id);
  expect(resumed?.resumeToken).not.toBe(ann.resumeToken);
  // The proof alone changes nothing: there may be no line yet.
  expect(await bob.news()).toEqual([]);
  await chat.back(ann.id);
  expect(await bob.news()).toEqual([{ type: 'partner-back', matchId }]);
  expect(await chat.standing(ann.id)).toEqual({ status: 'matched', matchId });
  expect(ann.ended).toEqual([]);
});

test('[C3] events missed meanwhile are still there', async () => {
  const { chat, enter, meet } = scene();
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const matchId = await meet(ann, bob);
  await chat.away(ann.id);
  await chat.relay(bob.id, offer('missed'), { matchId, seq: 1 });
  await chat.resume(ann.account, ann.resumeToken);
  expect(await ann.news()).toEqual([{ type: 'signal', matchId, seq: 1, signal: offer('missed') }]);
});

test('[C4] a resume token is good once, from when its successor was seen to arrive', async () => {
  const { chat, enter } = scene();
  const { id, account, resumeToken } = await enter('ann');
  const lost = await chat.resume(account, resumeToken);
  const second = await chat.resume(account, resumeToken);
  await chat.confirm(id, second?.resumeToken ?? '');
  expect(await chat.resume(account, resumeToken)).toBeUndefined();
  expect(await chat.resume(account, lost?.resumeToken ?? '')).toBeUndefined();
  expect(await chat.resume(account, second?.resumeToken ?? '')).toMatchObject({ id });
});

test('[C4] what is stored of a resume token is a keyed hash', async () => {
  const seen: unknown[] = [];
  const port = (memory: Backplane) =>
    new Proxy(memory, {
      get: (target, name) => {
        const verb = target[name as keyof Backplane].bind(target) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => (seen.push(...args), verb(...args));
      },
    });
  const { chat, enter } = scene({ port });
  const ann = await enter('ann');
  const next = await chat.resume(ann.account, ann.resumeToken);
  for (const token of [ann.resumeToken, next?.resumeToken ?? '']) {
    const secret = token.split('.')[1] ?? '';
    expect(secret).not.toBe('');
    expect(JSON.stringify(seen)).not.toContain(secret);
  }
});

const key = (fill: number) => new Uint8Array(32).fill(fill);
const ann = { id: 'session-ann' as SessionId, account: 'ann' as AccountId };
const bob = { id: 'session-bob' as SessionId, account: 'bob' as AccountId };
const CLAIM: MatchClaim = {
  matchId: 'match-of-old' as MatchId,
  mode: 'text',
  role: 'offerer',
  relayOnly: false,
  me: ann,
  partner: bob,
};
const DAY_MS = 24 * 3_600_000;

test('[C22] a proof brings its match back for either of its accounts, until it is a day old', async () => {
  const { chat, clock, log } = scene();
  const proof = createMatchProofs(key(0), clock.now).seal(CLAIM);
  const restore = (account: AccountId) => chat.restore({ account, proof, wishes: WISHES, leases: LEASES });
  expect(await restore('eve' as AccountId)).toBeUndefined();
  const restored = await restore(ann.account);
  expect(restored).toMatchObject({ id: ann.id });
  expect(await chat.standing(ann.id)).toEqual({ status: 'matched', matchId: CLAIM.matchId });
  expect(await chat.resume(ann.account, restored?.resumeToken ?? '')).toMatchObject({ id: ann.id });
  expect(await restore(bob.account)).toMatchObject({ id: bob.id });
  await chat.end(ann.id);
  await chat.end(bob.id);
  clock.advance(DAY_MS);
  expect(await restore(ann.account)).toBeUndefined();
  expect(JSON.stringify(log.lines)).not.toContain(proof);
});

test('[C22] a chat gives a proof to who is in a match that both can come back to', async () => {
  const { chat, clock, enter, memory } = scene();
  const [one, other] = [await enter('ann'), await enter('bob')];
  for (const person of [one, other]) await person.find();
  const matched = (await memory.drain(one.id, 0)).at(-1)?.event;
  if (matched?.type !== 'matched') throw new Error('not matched');
  const proof = chat.matchProof(one, matched) ?? '';
  expect(createMatchProofs(key(0), clock.now).open(proof, one.account)).toEqual({
    matchId: matched.matchId,
    mode: 'video',
    role: 'answerer',
    relayOnly: false,
    me: { id: one.id, account: 'ann' },
    partner: { id: other.id, account: 'bob' },
  });
  const { partner: _, ...alone } = matched;
  expect(chat.matchProof(one, alone)).toBeUndefined();
});

test('[C22] what is forged, changed, cut or sealed elsewhere opens nothing, and says nothing', () => {
  const now = () => 0;
  const proofs = createMatchProofs(key(1), now);
  const proof = proofs.seal(CLAIM);
  const open = (its: string) => proofs.open(its, ann.account);
  expect(open(proof)).toEqual(CLAIM);
  expect(proofs.open(proof, bob.account)).toEqual({ ...CLAIM, role: 'answerer', me: bob, partner: ann });
  expect(proofs.open(proof, 'eve' as AccountId)).toBeUndefined();
  expect(createMatchProofs(key(1), now).seal(CLAIM)).not.toBe(proof);
  expect(open(proofs.seal({ ...CLAIM, matchId: 'another-match' as MatchId }))?.matchId).toBe('another-match');
  expect(createMatchProofs(key(2), now).open(proof, ann.account)).toBeUndefined();
  const bytes = Buffer.from(proof, 'base64url');
  for (const word of ['bob', 'session', 'match']) expect(bytes.includes(word)).toBe(false);
  for (const at of bytes.keys()) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(open(changed.toString('base64url')), `byte ${at}`).toBeUndefined();
    expect(open(bytes.subarray(0, at).toString('base64url')), `cut at ${at}`).toBeUndefined();
  }
});
