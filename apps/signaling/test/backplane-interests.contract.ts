import { expect, test } from 'vitest';
import type { MatchId, Wishes } from '../src/core/types.ts';
import { seededRandom } from './support/random.ts';
import {
  type CreateSubject,
  INTEREST_WAIT_MS,
  type Person,
  REMATCH_AFTER_MS,
  stage,
} from './support/stage.ts';
import { expectUniform } from './support/uniform.ts';

const TEA = { interests: ['tea'] };
const GO = { interests: ['go'] };
const GERMAN = { languages: ['de'] };
const ENGLISH = { languages: ['en'] };

/** Interests and languages: who insists on what, for how long, and what is told of it. */
export function interestRules(create: CreateSubject): void {
  const pairs: [what: string, one: Partial<Wishes>, other: Partial<Wishes>, meet: boolean][] = [
    ['the same interest', TEA, TEA, true],
    ['one of several interests', TEA, { interests: ['go', 'tea'] }, true],
    ['different interests', TEA, GO, false],
    ['an interest and none', TEA, {}, false],
    ['an interest and none, but anyone will do', { ...TEA, anyone: true }, {}, true],
    ['different interests where anyone will do for one', TEA, { ...GO, anyone: true }, false],
    [
      'different interests where anyone will do for both',
      { ...TEA, anyone: true },
      { ...GO, anyone: true },
      true,
    ],
    ['the same interest where anyone will do for one', TEA, { ...TEA, anyone: true }, true],
    ['the same language', GERMAN, { languages: ['en', 'de'] }, true],
    ['different languages', GERMAN, ENGLISH, false],
    ['a language and none', GERMAN, {}, false],
    ['a language and an interest of that name', GERMAN, { interests: ['de'] }, false],
    ['an interest and a language, both shared', { ...TEA, ...GERMAN }, { ...TEA, ...GERMAN }, true],
    ['the same interest in different languages', { ...TEA, ...GERMAN }, { ...TEA, ...ENGLISH }, false],
    ['the same interest where only one names a language', { ...TEA, ...GERMAN }, TEA, false],
    ['the same language where only one names an interest', { ...TEA, ...GERMAN }, GERMAN, false],
    ['two interests crossed with two languages', { ...TEA, ...GERMAN }, { ...GO, ...ENGLISH }, false],
  ];
  for (const [what, one, other, meet] of pairs) {
    test(`[B37] ${what}: ${meet ? 'they meet' : 'they wait'}, whoever comes first`, async () => {
      for (const [first, second] of [
        [one, other],
        [other, one],
      ] as const) {
        const { enter } = await stage(create);
        const [ann, bob] = [await enter('ann'), await enter('bob')];
        await ann.find(first);
        await bob.find(second);
        for (const person of [ann, bob]) {
          expect(await person.standing()).toMatchObject({ status: meet ? 'matched' : 'waiting' });
        }
      }
    });
  }

  test('[B38] who insists is told so, and after INTEREST_WAIT_MS that anyone will do', async () => {
    const { backplane, enter, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await bob.find();
    await ann.find(TEA);
    const [waiting] = await ann.news();
    expect(waiting).toEqual({ type: 'waiting', since: expect.any(Number), anyone: false });
    await backplane.leave(bob.id, 'current', 'left');
    await pass(INTEREST_WAIT_MS - 1, ann);
    await backplane.due();
    expect(await ann.news()).toEqual([]);
    await pass(1, ann);
    await backplane.due();
    await backplane.due();
    expect(await ann.news()).toEqual([{ ...waiting, anyone: true }]);
    expect((await backplane.count()).waiting.video).toBe(1);
    await bob.find();
    expect(await bob.match()).toBe(await ann.match());
  });

  test('[B38] whose time has come meets who is already there, and is told of that alone', async () => {
    const { backplane, enter, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find(TEA);
    await pass(1, ann, bob);
    await bob.find();
    await pass(INTEREST_WAIT_MS - 1, ann, bob);
    for (const person of [ann, bob]) await person.news();
    await backplane.due();
    expect(await ann.news()).toMatchObject([{ type: 'matched', role: 'answerer' }]);
    expect(await bob.news()).toMatchObject([{ type: 'matched', role: 'offerer' }]);
  });

  test('[B38] two who insist on different things meet when the time of both has come', async () => {
    const { backplane, enter, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find(TEA);
    await pass(1_000, ann, bob);
    await bob.find(GERMAN);
    await pass(INTEREST_WAIT_MS - 1_000, ann, bob);
    await backplane.due();
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    await pass(1_000, ann, bob);
    await backplane.due();
    expect(await ann.match()).toBe(await bob.match());
    expect((await ann.news()).map(({ type }) => type)).toEqual(['waiting', 'waiting', 'matched']);
    expect((await bob.news()).map(({ type }) => type)).toEqual(['waiting', 'matched']);
  });

  test('[B38] of those whose time has come the longest waiting comes first', async () => {
    const { backplane, enter, advance, pass } = await stage(create);
    const people: Person[] = [];
    for (const name of ['ann', 'bob', 'cid']) {
      const person = await enter(name);
      await person.find({ interests: [name] });
      await advance(1);
      people.push(person);
    }
    await pass(INTEREST_WAIT_MS, ...people);
    await backplane.due();
    const [ann, bob, cid] = people as [Person, Person, Person];
    expect(await ann.match()).toBe(await bob.match());
    expect(await cid.standing()).toEqual({ status: 'waiting' });
    expect((await cid.news()).at(-1)).toMatchObject({ type: 'waiting', anyone: true });
  });

  test.for(['while the line is down', 'as the line returns'] as const)(
    '[B38] time that passes without a line counts: widened %s',
    async (when) => {
      const { backplane, enter, pass } = await stage(create);
      const [ann, bob] = [await enter('ann'), await enter('bob')];
      await ann.find(TEA);
      const [waiting] = await ann.news();
      await pass(4_000, ann, bob);
      await backplane.away(ann.id);
      await bob.find();
      await pass(INTEREST_WAIT_MS - 4_000, ann, bob);
      if (when === 'while the line is down') {
        await backplane.due();
        expect(await ann.news()).toEqual([{ ...waiting, anyone: true }]);
        expect(await ann.standing()).toEqual({ status: 'waiting' });
      }
      await backplane.back(ann.id);
      expect(await ann.match()).toBe(await bob.match());
      expect(await ann.news()).toMatchObject([{ type: 'matched' }]);
    },
  );

  test('[B38] a line that drops just as the time has come loses nothing', async () => {
    const { backplane, enter, pass } = await stage(create);
    const ann = await enter('ann');
    await ann.find(TEA);
    await pass(INTEREST_WAIT_MS, ann);
    await backplane.away(ann.id);
    await backplane.due();
    await backplane.back(ann.id);
    expect(await ann.news()).toMatchObject([{ anyone: false }, { anyone: true }]);
  });

  test('[B38] a line that returns in time leaves the rest of the time', async () => {
    const { backplane, enter, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find(TEA);
    await pass(2_000, ann, bob);
    await backplane.away(ann.id);
    await pass(2_000, ann, bob);
    await backplane.back(ann.id);
    await bob.find();
    await pass(INTEREST_WAIT_MS - 4_001, ann, bob);
    await backplane.due();
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    await pass(1, ann, bob);
    await backplane.due();
    expect(await ann.match()).toBe(await bob.match());
  });

  test('[B38] the time of a match that failed to connect counts, and what was widened stays so', async () => {
    for (const widened of [false, true]) {
      const { backplane, enter, pass } = await stage(create);
      const [ann, bob] = [await enter('ann'), await enter('bob')];
      await ann.find(TEA);
      await pass(2_000, ann, bob);
      if (widened) await backplane.widen(ann.id);
      await bob.find({ ...TEA, anyone: true });
      await pass(3_000, ann, bob);
      const since = Number(((await ann.news())[0] as { since?: number }).since);
      await ann.skip(await ann.match(), 'failed');
      expect(await ann.news()).toEqual([{ type: 'waiting', since, anyone: widened }]);
      await pass(INTEREST_WAIT_MS - 5_000, ann, bob);
      await backplane.due();
      expect(await ann.news()).toEqual(widened ? [] : [{ type: 'waiting', since, anyone: true }]);
    }
  });

  test('[B38] after a skip, and put back in the pool, one insists anew', async () => {
    const { backplane, enter, meet, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob, { ...TEA, requeue: true });
    await pass(INTEREST_WAIT_MS, ann, bob);
    await ann.skip(matchId);
    expect(await ann.news()).toMatchObject([{ type: 'waiting', anyone: false }]);
    expect(await bob.news()).toMatchObject([{ type: 'partner-left' }, { type: 'waiting', anyone: false }]);
    await backplane.due();
    expect([...(await ann.news()), ...(await bob.news())]).toEqual([]);
  });

  test('[B39] who asks for anyone meets who is there, at once', async () => {
    const { backplane, enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await bob.find();
    await ann.find(TEA);
    await backplane.widen(ann.id);
    expect(await ann.match()).toBe(await bob.match());
    expect((await bob.news()).map(({ type }) => type)).toEqual(['waiting', 'matched']);
    expect((await ann.news()).map(({ type }) => type)).toEqual(['waiting', 'matched']);
  });

  test('[B39] with nobody there it is told once more, in its old place, and meets the next', async () => {
    const { backplane, enter, advance } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    await ann.find(TEA);
    await advance(100);
    await cid.find(GO);
    const [waiting] = await ann.news();
    await advance(100);
    await backplane.widen(ann.id);
    await backplane.widen(ann.id);
    expect(await ann.news()).toEqual([{ ...waiting, anyone: true }]);
    await bob.find({ interests: ['tea', 'go'] });
    expect(await bob.match()).toBe(await ann.match());
    expect(await cid.standing()).toEqual({ status: 'waiting' });
  });

  test('[B39] it changes nothing for who does not wait or does not insist', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob, cid, dan] = [
      await enter('ann'),
      await enter('bob'),
      await enter('cid'),
      await enter('dan'),
    ];
    await backplane.widen(ann.id);
    expect(await ann.standing()).toEqual({ status: 'idle' });
    const matchId = await meet(ann, bob, TEA);
    await backplane.widen(ann.id);
    expect(await ann.match()).toBe(matchId);
    await cid.find({ ...TEA, anyone: true });
    await dan.find({ mode: 'text' });
    expect(await cid.news()).toMatchObject([{ type: 'waiting', anyone: true }]);
    expect(await dan.news()).toMatchObject([{ type: 'waiting', anyone: true }]);
    for (const { id } of [cid, dan]) await backplane.widen(id);
    for (const person of [ann, bob, cid, dan]) expect(await person.news()).toEqual([]);
  });

  test('[B39] without a line one is widened as well, and still taken by nobody', async () => {
    const { backplane, enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find(TEA);
    await backplane.away(ann.id);
    await bob.find();
    await backplane.widen(ann.id);
    expect(await ann.news()).toMatchObject([{ anyone: false }, { anyone: true }]);
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    await backplane.back(ann.id);
    expect(await bob.match()).toBe(await ann.match());
  });

  test('[B15] asking again for the same neither widens nor begins anew', async () => {
    const { backplane, enter, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find({ interests: ['tea', 'go'] });
    await bob.find();
    await ann.news();
    await pass(7_000, ann, bob);
    await ann.find({ interests: ['go', 'tea'] });
    await backplane.find(ann.id, { ending: 'current' });
    expect(await ann.news()).toEqual([]);
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    await backplane.leave(bob.id, 'current', 'left');
    await pass(INTEREST_WAIT_MS - 7_000, ann, bob);
    await backplane.due();
    expect(await ann.news()).toHaveLength(1);
    await ann.find({ interests: ['tea', 'go'] });
    expect(await ann.news()).toEqual([]);
    await bob.find();
    expect(await bob.match()).toBe(await ann.match());
  });

  test('[B15] other interests replace the ticket and are insisted on for the whole time', async () => {
    const { backplane, enter, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find(TEA);
    await pass(INTEREST_WAIT_MS, ann, bob);
    await ann.find(GO);
    expect((await ann.news()).at(-1)).toMatchObject({ type: 'waiting', anyone: false });
    await backplane.due();
    await bob.find(TEA);
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    await bob.find(GO);
    expect(await bob.match()).toBe(await ann.match());
  });

  test('[B40] both are told what both named, in the same order, and nothing else', async () => {
    const { enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find({ interests: ['tea', 'go', 'jazz'], languages: ['fa', 'en'] });
    await bob.find({ interests: ['jazz', 'moss', 'tea'], languages: ['en', 'de', 'fa'], anyone: true });
    const shared = { interests: ['tea', 'jazz'], languages: ['fa', 'en'] };
    for (const person of [ann, bob]) {
      expect((await person.news()).at(-1)).toMatchObject({ type: 'matched', shared });
    }
  });

  test('[B40] two who share nothing are told so', async () => {
    const { enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find({ ...TEA, ...ENGLISH, anyone: true });
    await bob.find({ ...GO, ...GERMAN, anyone: true });
    const shared = { interests: [], languages: [] };
    for (const person of [ann, bob]) {
      expect((await person.news()).at(-1)).toMatchObject({ type: 'matched', shared });
    }
  });

  test('[B13] a withheld ticket is found by no interest', async () => {
    const { backplane, enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find(TEA);
    await backplane.away(ann.id);
    await bob.find(TEA);
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    expect((await backplane.count()).waiting.video).toBe(2);
    await backplane.back(ann.id);
    expect(await bob.match()).toBe(await ann.match());
  });

  test('[B17] an interest is shared within a mode alone', async () => {
    const { enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find({ ...TEA, mode: 'video' });
    await bob.find({ ...TEA, mode: 'voice' });
    expect(await bob.standing()).toEqual({ status: 'waiting' });
  });

  test('[B18] a window of 1 is strict among different interests and those who wait for anyone', async () => {
    const { enter, crowd } = await fans(create, { matchWindow: 1 });
    for (const [index, expected] of crowd.entries()) {
      const newcomer = await enter(`newcomer ${index}`);
      await newcomer.find({ interests: crowd.map(({ account }) => account), anyone: true });
      expect(await newcomer.match()).toBe(await expected.match());
    }
  });

  test('[B18] the choice is uniform among the longest waiting of all with whom one shares anything', async () => {
    const [matchWindow, rounds, seed] = [4, 400, 20_260_105];
    const random = seededRandom(seed);
    const chosen = Array<number>(6).fill(0);
    for (let round = 0; round < rounds; round++) {
      const { enter, crowd } = await fans(create, { matchWindow, random });
      await (await enter('newcomer')).find({ interests: crowd.map(({ account }) => account).reverse() });
      for (const [index, person] of crowd.entries()) {
        if ((await person.standing())?.status === 'matched') chosen[index] = (chosen[index] ?? 0) + 1;
      }
    }
    expectUniform(chosen, matchWindow, rounds, seed);
  });

  test('[B21] two who share an interest and just parted meet when that time is over', async () => {
    const { backplane, enter, meet, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await bob.skip(await meet(ann, bob, TEA));
    await ann.find(TEA);
    for (let passed = 0; passed < REMATCH_AFTER_MS; passed += 1_000) {
      await backplane.due();
      expect(await ann.standing()).toEqual({ status: 'waiting' });
      await pass(1_000, ann, bob);
    }
    await backplane.due();
    expect(await bob.match()).toBe(await ann.match());
  });

  test('[B33] a session that its widening makes too slow meets nobody any more', async () => {
    const { backplane, enter, meet, pass } = await stage(create, { mailboxMax: 8 });
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const matchId = await meet(ann, cid);
    const state = { mic: true, cam: true, away: false };
    for (let seq = 1; seq <= 6; seq++) {
      const event = (match: MatchId) => ({ type: 'partner-state', matchId: match, state }) as const;
      await backplane.send(cid.id, event, { matchId, seq });
    }
    await backplane.leave(cid.id, matchId, 'left');
    await ann.find(TEA);
    await bob.find(GO);
    await bob.news();
    await pass(INTEREST_WAIT_MS, ann, bob);
    await backplane.due();
    expect(ann.ended).toEqual(['slow']);
    expect(await bob.news()).toMatchObject([{ type: 'waiting', anyone: true }]);
    expect(await bob.standing()).toEqual({ status: 'waiting' });
  });
}

/** Six who wait, the first one longest, each for an interest of its own: its account's name. */
async function fans(create: CreateSubject, options: { matchWindow: number; random?: () => number }) {
  const scene = await stage(create, options);
  const crowd: Person[] = [];
  for (let index = 0; index < 6; index++) {
    const person = await scene.enter(`fan ${index}`);
    await person.find({ interests: [person.account] });
    await scene.advance(10);
    crowd.push(person);
  }
  return { ...scene, crowd };
}
