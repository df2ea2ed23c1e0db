import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backplane } from '../src/core/ports.ts';
import type { AccountId } from '../src/core/types.ts';
import { memoryBackplane, numbered, testChat } from './support/chat-parts.ts';
import { scene } from './support/chat-scene.ts';
import { TestClock } from './support/clock.ts';
import { seededRandom } from './support/random.ts';
import { deployment } from './support/redis-node.ts';
import { RedisServer } from './support/redis-server.ts';
import { LEASES } from './support/stage.ts';

const ATTEMPTS = 10_000;
const AT_ONCE = 100;
const SEED = 20_260_107;
/** As often as the transport does. */
const RENEW_MS = 5_000;
const QUIET = [
  ['1 second', 1_000],
  ['3 minutes', 180_000],
  ['30 minutes', 1_800_000],
] as const;

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

interface Stored {
  backplane: Backplane;
  clock: TestClock;
}

const memory = async (): Promise<Stored> => {
  const clock = new TestClock();
  return { clock, backplane: memoryBackplane({ now: clock.now }) };
};

interface Try {
  account: AccountId;
  token: string;
}

/** Four people with a current token each, and all the others that must be worth nothing. */
async function tokens(backplane: Backplane, random: () => number) {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const { chat, enter } = scene({ backplane });
  const people = await Promise.all(['ann', 'bob', 'cid', 'dan'].map((name) => enter(name)));
  const used: Try[] = [];
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
  // Somebody of a deployment with another key, in the same store.
  const stranger = testChat({
    backplane,
    newSessionId: numbered('elsewhere'),
    hashSecret: (secret) => createHmac('sha256', 'another key').update(secret).digest('base64url'),
  });
  const eve = 'eve' as AccountId;
  const options = { account: eve, leases: LEASES, resumable: true, takeOver: false };
  const { resumeToken: foreign = '' } = await stranger.start(options);

  const tokenOf = ({ account }: { account: AccountId }) => current.get(account) ?? '';
  const spoiled = (change: (token: string) => string) => (): Try => {
    const one = pick(people);
    const token = change(tokenOf(one));
    return { account: one.account, token: token === tokenOf(one) ? `${token}x` : token };
  };
  const at = (token: string) => Math.floor(random() * token.length);
  const kinds: Record<string, () => Try> = {
    replayed: () => pick(used),
    'of another account': () => {
      const [thief, victim] = [pick(people), pick(people)];
      return { account: thief === victim ? eve : thief.account, token: tokenOf(victim) };
    },
    'of another session': () => {
      const [one, other] = [pick(people), pick(people)];
      const secret = tokenOf(one === other ? { account: eve } : other).split('.')[1] ?? 'none';
      return { account: one.account, token: `${one.id}.${secret}` };
    },
    'of another deployment': () => ({ account: eve, token: foreign }),
    guessed: () => {
      const { id, account } = pick(people);
      return { account, token: `${id}.secret-${String(Math.floor(random() * 1e8)).padStart(8, '9')}` };
    },
    truncated: spoiled((token) => token.slice(0, at(token))),
    changed: spoiled((token) => {
      const place = at(token);
      return `${token.slice(0, place)}${pick([...'aZ09-_.~'])}${token.slice(place + 1)}`;
    }),
    mangled: spoiled((token) => pick([`${token}.`, `.${token}`, `${token}${token}`, token.toUpperCase()])),
  };
  return { chat, people, tokenOf, kinds, stranger, eve, foreign, kind: () => pick(Object.keys(kinds)) };
}

describe.each<[name: string, create: () => Promise<Stored>]>([
  ['memory', memory],
  ['Redis', () => deployment(redis)()],
])('resume tokens in %s', { timeout: 120_000 }, (_, create) => {
  test('[C4] ten thousand stolen, replayed, guessed and mangled ones open nothing and cost nothing', async () => {
    const { backplane } = await create();
    const random = seededRandom(SEED);
    const { chat, people, tokenOf, kinds, kind, stranger, eve, foreign } = await tokens(backplane, random);
    const tried = new Map<string, number>();
    const attempt = async () => {
      const name = kind();
      const { account, token } = kinds[name]?.() ?? { account: eve, token: '' };
      tried.set(name, (tried.get(name) ?? 0) + 1);
      expect(await chat.resume(account, token), `seed ${SEED}: ${name}: ${token}`).toBeUndefined();
    };
    for (let done = 0; done < ATTEMPTS; done += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, attempt));
    }
    expect(tried.size).toBe(Object.keys(kinds).length);
    for (const [name, times] of tried) expect(times, name).toBeGreaterThan(ATTEMPTS / 20);
    for (const one of people)
      expect(await chat.resume(one.account, tokenOf(one))).toMatchObject({ id: one.id });
    expect(await stranger.resume(eve, foreign)).toBeDefined();
  });

  test.each(QUIET)(
    '[J5] after %s of quiet a session is taken up with all that came meanwhile',
    async (_, ms) => {
      const { backplane, clock } = await create();
      const { chat, enter, meet } = scene({ backplane });
      const [ann, bob] = [await enter('ann'), await enter('bob')];
      const matchId = await meet(ann, bob);
      for (let quiet = 0; quiet < ms; quiet += RENEW_MS) {
        clock.advance(Math.min(RENEW_MS, ms - quiet));
        await chat.renew(ann.id);
        await chat.renew(bob.id);
        await chat.sweep();
      }
      await chat.away(ann.id);
      await chat.say(bob.id, 'there?', { matchId, seq: 1 });
      clock.advance(LEASES.matchedMs - 1);
      await chat.renew(bob.id);
      await chat.sweep();
      expect(await chat.resume(ann.account, ann.resumeToken)).toMatchObject({ id: ann.id });
      expect(await chat.back(ann.id)).toBe(true);
      expect(await ann.news()).toEqual([{ type: 'message', matchId, seq: 1, text: 'there?' }]);
      expect((await bob.news()).map(({ type }) => type)).toEqual(['partner-away', 'partner-back']);
      expect(await chat.standing(ann.id)).toEqual({ status: 'matched', matchId });
      expect([...ann.ended, ...bob.ended]).toEqual([]);
    },
  );

  test.each(QUIET)(
    '[J6] after %s of quiet and a lease without a line it is over, and both are told',
    async (_, ms) => {
      const { backplane, clock } = await create();
      const { chat, enter, meet } = scene({ backplane });
      const [ann, bob] = [await enter('ann'), await enter('bob')];
      const matchId = await meet(ann, bob);
      for (let quiet = 0; quiet < ms; quiet += RENEW_MS) {
        clock.advance(Math.min(RENEW_MS, ms - quiet));
        await chat.renew(ann.id);
        await chat.renew(bob.id);
      }
      await chat.away(ann.id);
      clock.advance(LEASES.matchedMs - 1);
      await chat.renew(bob.id);
      clock.advance(1);
      expect(await chat.resume(ann.account, ann.resumeToken)).toBeUndefined();
      await chat.sweep();
      expect(ann.ended).toEqual(['lapsed']);
      expect((await bob.news()).at(-1)).toEqual({ type: 'partner-left', matchId, reason: 'lost' });
      const again = await enter('ann');
      expect(again.id).not.toBe(ann.id);
      expect(await chat.standing(again.id)).toEqual({ status: 'idle' });
    },
  );
});
