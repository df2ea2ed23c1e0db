import { expect, test } from 'vitest';
import type { Backplane } from '../src/core/ports.ts';
import type { AccountId, SessionId } from '../src/core/types.ts';
import { offer, refusal, scene } from './support/chat-scene.ts';
import { seededRandom } from './support/random.ts';

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
      await chat.confirm(id, token);
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
      const mangled = [
        token.slice(0, at),
        `${token}.`,
        `.${token}`,
        `${token.slice(0, at)}~${token.slice(at)}`,
      ];
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
