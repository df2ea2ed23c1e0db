import type { ErrorCode, Wishes } from '@passerby/protocol';
import { expect, test } from 'vitest';
import type { ChatParts } from '../src/core/chat.ts';
import type { Backplane } from '../src/core/ports.ts';
import type { AccountId, ChatEvent, MatchId, SessionEndedReason, SessionId, Signal } from '../src/core/types.ts';
import { TestLog, memoryBackplane, testChat } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';
import { type HeldCall, heldBackplane, release, releaseAll } from './support/held-backplane.ts';
import { seededRandom } from './support/random.ts';
import { LEASES, WISHES } from './support/stage.ts';

/** A chat in memory and people who come to it. `port`: what the chat sees of that memory. */
function scene(options: Partial<ChatParts> & { port?: (memory: Backplane) => Backplane } = {}) {
  const { port = (memory) => memory, ...parts } = options;
  const clock = new TestClock();
  const log = new TestLog();
  const memory = parts.backplane ?? memoryBackplane({ now: clock.now });
  const chat = testChat({ log, ...parts, backplane: port(memory) });

  async function enter(name: string, { takeOver = false, resumable = true } = {}) {
    const account = name as AccountId;
    const { id, resumeToken = '' } = await chat.start({ account, leases: LEASES, resumable, takeOver });
    const ended: SessionEndedReason[] = [];
    chat.watch(id, { wake: () => {}, ended: (reason) => void ended.push(reason) });
    let read = 0;
    return {
      id,
      account,
      resumeToken,
      ended,
      find: (wishes: Partial<Wishes> = {}) => chat.find(id, { ...WISHES, ...wishes }),
      async news(): Promise<ChatEvent[]> {
        const events = await memory.drain(id, read);
        read = events.at(-1)?.offset ?? read;
        return events.map(({ event }) => event);
      },
    };
  }
  type Person = Awaited<ReturnType<typeof enter>>;

  /** Pairs the two; nothing is left unread. */
  async function meet(first: Person, second: Person, wishes: Partial<Wishes> = {}): Promise<MatchId> {
    await first.find(wishes);
    await second.find(wishes);
    const matched = [...(await first.news()), ...(await second.news())].findLast(
      ({ type }) => type === 'matched',
    );
    if (matched?.type !== 'matched') throw new Error('they did not meet');
    return matched.matchId;
  }
  return { chat, clock, log, memory, enter, meet };
}

/** The same, where after `slowDown` the calls of the port wait in `held`. */
function slowScene() {
  const held: HeldCall[] = [];
  let slow = false;
  const port = (memory: Backplane) => {
    const slowed = heldBackplane(memory, held);
    return new Proxy(memory, {
      get: (target, name) => {
        const verb = name as keyof Backplane;
        return slow ? slowed[verb] : target[verb].bind(target);
      },
    });
  };
  return { ...scene({ port }), held, slowDown: () => void (slow = true) };
}

const offer = (mark: string): Signal => ({ kind: 'offer', body: { type: 'offer', sdp: `v=0\r\ns=${mark}\r\n` } });
const refusal = (code: ErrorCode) => expect.objectContaining({ name: 'ChatError', code });

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
  await chat.confirm(id);
  expect(await chat.resume(account, resumeToken)).toBeUndefined();
  expect(await chat.resume(account, lost?.resumeToken ?? '')).toBeUndefined();
  expect(await chat.resume(account, second?.resumeToken ?? '')).toMatchObject({ id });
});

test('[C4] ten thousand stolen, replayed, guessed and mangled resume tokens open nothing', async () => {
  const seed = 20_260_107;
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const { chat, enter } = scene();
  const people = await Promise.all(['ann', 'bob', 'cid', 'dan'].map((name) => enter(name)));
  const used: { account: AccountId; token: string }[] = [];
  const current = new Map<AccountId, string>();
  for (const { account, id, resumeToken } of people) {
    let token = resumeToken;
    for (let times = 0; times < 5; times++) {
      used.push({ account, token });
      token = (await chat.resume(account, token))?.resumeToken ?? '';
      await chat.confirm(id);
    }
    current.set(account, token);
  }
  const attempts: Record<string, () => { account: AccountId; token: string }> = {
    replayed: () => pick(used),
    stolen: () => {
      const [thief, victim] = [pick(people), pick(people)];
      const account = thief === victim ? ('eve' as AccountId) : thief.account;
      return { account, token: current.get(victim.account) ?? '' };
    },
    guessed: () => {
      const { id, account } = pick(people);
      return { account, token: `${id}.secret-${String(Math.floor(random() * 1e8)).padStart(8, '9')}` };
    },
    swapped: () => {
      const [one, other] = [pick(people), pick(people.slice(1))];
      const secret = current.get(other.account)?.split('.')[1] ?? '';
      const id = one === other ? ('session-99999999' as SessionId) : one.id;
      return { account: one.account, token: `${id}.${secret}` };
    },
    mangled: () => {
      const { account } = pick(people);
      const token = current.get(account) ?? '';
      const at = Math.floor(random() * token.length);
      const mangled = [token.slice(0, at), `${token}.`, `.${token}`, `${token.slice(0, at)}~${token.slice(at)}`];
      return { account, token: pick(mangled) };
    },
  };
  for (let round = 0; round < 10_000; round++) {
    const kind = pick(Object.keys(attempts));
    const attempt = attempts[kind]?.() ?? used[0];
    if (!attempt) throw new Error('nothing to attempt');
    expect(await chat.resume(attempt.account, attempt.token), `seed ${seed}, round ${round}: ${kind}`).toBe(
      undefined,
    );
  }
  // None of it has cost the owners anything.
  for (const { id, account } of people) {
    expect(await chat.resume(account, current.get(account) ?? '')).toMatchObject({ id });
  }
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
  await expect(chat.relay(ann.id, offer('x'), { matchId: 'current' })).rejects.toEqual(refusal('not-matched'));
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
  const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.7 5000 typ host', usernameFragment: 'canary-ufrag' };
  await chat.relay(bob.id, { kind: 'candidate', body: candidate }, { matchId: 'current' });
  await chat.tell(ann.id, { mic: true, cam: true, away: false }, matchId);
  await chat.away(ann.id);
  const resumed = await chat.resume(ann.account, ann.resumeToken);
  expect(resumed).toBeDefined();
  await chat.confirm(ann.id);
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
  for (const told of ['session started', 'session resumed', 'find', 'match ended', 'lapsed', 'token-expired']) {
    expect(written).toContain(told);
  }
  expect(written).not.toMatch(/canary|192\.0\.2\.7|candidate:|v=0/);
});
