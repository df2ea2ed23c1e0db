import { expect, test } from 'vitest';
import { seededRandom } from './support/random.ts';
import {
  type CreateSubject,
  type Person,
  REMATCH_AFTER_FAILURE_MS,
  REMATCH_AFTER_MS,
  stage,
} from './support/stage.ts';
import { expectUniform } from './support/uniform.ts';

/** The pool: who waits, who meets whom. */
export function poolRules(create: CreateSubject): void {
  test('[B15] who finds nobody waits, and is told so once however often it asks', async () => {
    const { backplane, enter, advance } = await stage(create);
    const ann = await enter('ann');
    expect(await ann.find()).toBe('done');
    const [waiting, ...rest] = await ann.news();
    expect(waiting).toEqual({ type: 'waiting', since: expect.any(Number), anyone: true });
    expect(rest).toEqual([]);
    await advance(7_000);
    expect(await ann.find()).toBe('done');
    expect(await backplane.find(ann.id, { ending: 'current' })).toBe('done');
    expect(await ann.news()).toEqual([]);
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    expect((await backplane.count()).waiting.video).toBe(1);
  });

  test('[B15] other wishes replace the ticket', async () => {
    const { backplane, enter } = await stage(create);
    const ann = await enter('ann');
    await ann.find({ mode: 'video' });
    await ann.find({ mode: 'text' });
    expect(await ann.news()).toMatchObject([{ type: 'waiting' }, { type: 'waiting' }]);
    expect((await backplane.count()).waiting).toEqual({ video: 0, voice: 0, text: 1 });
    // A bare find keeps what was wished.
    await backplane.leave(ann.id, 'current', 'left');
    await backplane.find(ann.id, {});
    expect((await backplane.count()).waiting).toEqual({ video: 0, voice: 0, text: 1 });
  });

  test('[B16] two who meet are told the same match; who waited longer answers, the newcomer offers', async () => {
    const { backplane, enter, advance } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find();
    await ann.news();
    await advance(1);
    await bob.find();
    const matchId = await ann.match();
    const matched = {
      type: 'matched',
      matchId,
      mode: 'video',
      shared: { interests: [], languages: [] },
      relayOnly: false,
    };
    expect(await ann.news()).toEqual([{ ...matched, role: 'answerer' }]);
    expect(await bob.news()).toEqual([{ ...matched, role: 'offerer' }]);
    for (const { id } of [ann, bob]) {
      expect(await backplane.standing(id)).toEqual({ status: 'matched', matchId });
      expect(await backplane.matched(id, matchId)).toBe(true);
    }
  });

  test('[B16] in the same millisecond the newcomer still offers', async () => {
    const { enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find();
    await bob.find();
    expect((await ann.news()).at(-1)).toMatchObject({ type: 'matched', role: 'answerer' });
    expect((await bob.news()).at(-1)).toMatchObject({ type: 'matched', role: 'offerer' });
  });

  test.for(['video', 'voice', 'text'] as const)('[B17] %s is a pool of its own', async (mode) => {
    const { enter } = await stage(create);
    for (const other of (['video', 'voice', 'text'] as const).filter((known) => known !== mode)) {
      await (await enter(other)).find({ mode: other });
    }
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find({ mode });
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    await bob.find({ mode });
    expect((await bob.news()).at(-1)).toMatchObject({ type: 'matched', mode });
    expect(await ann.match()).toBe(await bob.match());
  });

  test('[B18] a window of 1 is strict: first come, first matched', async () => {
    const { enter, crowd } = await crowded(create, { matchWindow: 1 });
    for (const [index, expected] of crowd.entries()) {
      const newcomer = await enter(`newcomer ${index}`);
      await newcomer.find();
      expect(await newcomer.match()).toBe(await expected.match());
    }
  });

  test('[B18] the choice is uniform among the window of the longest waiting', async () => {
    const [matchWindow, rounds, seed] = [4, 400, 20_260_101];
    const random = seededRandom(seed);
    const chosen = Array<number>(6).fill(0);
    for (let round = 0; round < rounds; round++) {
      const { backplane, enter, crowd } = await crowded(create, { matchWindow, random });
      await (await enter('newcomer')).find();
      const standings = await Promise.all(crowd.map(({ id }) => backplane.standing(id)));
      const index = standings.findIndex((standing) => standing?.status === 'matched');
      chosen[index] = (chosen[index] ?? 0) + 1;
    }
    expectUniform(chosen, matchWindow, rounds, seed);
  });

  test('[B19] an account never meets itself', async () => {
    const { backplane, enter, advance } = await stage(create);
    for (let tab = 0; tab < 20; tab++) {
      const before = await backplane.count();
      const ann = await enter('ann', { takeOver: true });
      await ann.find();
      expect(await ann.standing(), `after ${before.online} tabs`).toEqual({ status: 'waiting' });
      await advance(100);
    }
    expect(await backplane.count()).toMatchObject({ online: 1, waiting: { video: 1 } });
  });

  test('[B20] two who parted do not meet again for a while, not in new sessions either', async () => {
    const scene = await stage(create);
    const { backplane, enter, meet } = scene;
    let [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await bob.skip(matchId);
    await ann.find();
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    for (const { id } of [ann, bob]) await backplane.end(id, 'left');
    [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find();
    await expectApart(scene, ann, bob, REMATCH_AFTER_MS);
  });

  test('[B20] two who could not connect are kept apart longer', async () => {
    const scene = await stage(create);
    const [ann, bob] = [await scene.enter('ann'), await scene.enter('bob')];
    await ann.skip(await scene.meet(ann, bob), 'failed');
    await expectApart(scene, ann, bob, REMATCH_AFTER_FAILURE_MS);
  });

  test('[B21] two who wait only because they just parted meet when that time is over', async () => {
    const { backplane, enter, meet, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await bob.skip(await meet(ann, bob));
    await ann.find();
    await pass(REMATCH_AFTER_MS - 1, ann, bob);
    await backplane.due();
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    await pass(1, ann, bob);
    await backplane.due();
    expect(await bob.match()).toBe(await ann.match());
    // Bob has waited longer: he was back in the pool first.
    expect((await bob.news()).at(-1)).toMatchObject({ type: 'matched', role: 'answerer' });
    expect((await ann.news()).at(-1)).toMatchObject({ type: 'matched', role: 'offerer' });
  });

  test('[B21] due disturbs nobody else', async () => {
    const { backplane, enter, meet, pass } = await stage(create);
    const people = [await enter('ann'), await enter('bob'), await enter('cid')] as const;
    const [ann, bob, cid] = people;
    await bob.skip(await meet(ann, bob));
    await ann.find();
    await backplane.away(ann.id);
    await cid.find({ mode: 'text' });
    await pass(REMATCH_AFTER_MS, ...people);
    for (const person of people) await person.news();
    await backplane.due();
    for (const person of people) {
      expect(await person.standing()).toEqual({ status: 'waiting' });
      expect(await person.news()).toEqual([]);
    }
  });

  test('[B22] who says so twice running keeps no place the second time', async () => {
    const { enter, meet, advance } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const waitingSince = async () =>
      (await ann.news()).flatMap((event) => (event.type === 'waiting' ? [event.since] : [])).at(-1);
    const first = await meet(ann, bob);
    await advance(1_000);
    await ann.skip(first, 'failed');
    // Kept: a second before now.
    const since = (await waitingSince()) ?? 0;
    await cid.find();
    const second = await ann.match();
    if (!second) throw new Error('cid and ann have not met');
    await advance(1_000);
    await ann.skip(second, 'failed');
    expect(await waitingSince()).toBe(since + 2_000);
  });

  test('[B22] a match of 20 seconds has connected, whatever is said of it', async () => {
    const { enter, meet, advance } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await advance(20_000);
    await bob.skip(matchId, 'failed');
    const left = (await ann.news()).find(({ type }) => type === 'partner-left');
    expect(left).toEqual({ type: 'partner-left', matchId, reason: 'skipped' });
  });

  test('[B22] R07 both of a match that failed to connect keep their place in time', async () => {
    const { enter, meet, advance, pass } = await stage(create);
    const people = [await enter('ann'), await enter('bob'), await enter('cid'), await enter('dan')] as const;
    const [ann, bob, cid, dan] = people;
    await advance(1_000);
    const matchId = await meet(ann, bob);
    await pass(10_000, ...people);
    // Cid and Dan wait as well, barred from one another.
    await dan.skip(await meet(cid, dan));
    await cid.find();
    await advance(1_000);
    for (const person of people) await person.news();

    await bob.skip(matchId, 'failed');
    const left = (await ann.news()).find(({ type }) => type === 'partner-left');
    expect(left).toEqual({ type: 'partner-left', matchId, reason: 'failed' });
    // Bob has waited longest of the three, so he answers.
    expect(await bob.news()).toMatchObject([{ type: 'matched', role: 'answerer' }]);
    expect(await bob.match()).toBe(await dan.match());
    // Ann's own report of the same failure is the find that brings her back.
    expect(await ann.skip(matchId, 'failed')).toBe('done');
    expect(await ann.news()).toMatchObject([{ type: 'matched', role: 'answerer' }]);
    expect(await ann.match()).toBe(await cid.match());
  });

  test('[B22] who is skipped does not keep a place', async () => {
    const { enter, meet, advance } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const matchId = await meet(ann, bob);
    await advance(1_000);
    await cid.find();
    await cid.news();
    await advance(1_000);
    await bob.skip(matchId);
    expect((await bob.news()).at(-1)).toMatchObject({ type: 'matched', role: 'offerer' });
  });

  test('[B23] however many look at once, everybody is in one match with one other', async () => {
    const { enter } = await stage(create, { matchWindow: 8, random: seededRandom(7) });
    const people: Person[] = [];
    for (let index = 0; index < 100; index++) people.push(await enter(`person ${index}`));
    await Promise.all(people.flatMap((person) => [person.find(), person.find()]));
    const inMatch = new Map<string, number>();
    for (const person of people) {
      const matched = (await person.news()).filter(({ type }) => type === 'matched');
      expect(matched).toHaveLength(1);
      const matchId = await person.match();
      expect(matched[0]).toMatchObject({ matchId });
      inMatch.set(matchId, (inMatch.get(matchId) ?? 0) + 1);
    }
    expect([...inMatch.values()]).toEqual(Array(50).fill(2));
  });
}

/** The seeker cannot meet the one who waits until this time, from now, has passed to the millisecond. */
async function expectApart(
  { backplane, pass }: Awaited<ReturnType<typeof stage>>,
  waiting: Person,
  seeker: Person,
  ms: number,
): Promise<void> {
  await pass(ms - 1, waiting, seeker);
  await seeker.find();
  expect(await seeker.standing()).toEqual({ status: 'waiting' });
  await backplane.leave(seeker.id, 'current', 'left');
  await pass(1, waiting, seeker);
  await seeker.find();
  expect(await seeker.match()).toBe(await waiting.match());
}

/** Six who wait together, the first one longest, because each has just parted from each. */
async function crowded(create: CreateSubject, options: { matchWindow: number; random?: () => number }) {
  const scene = await stage(create, options);
  const crowd: Person[] = [];
  for (let index = 0; index < 6; index++) {
    const newcomer = await scene.enter(`waiting ${index}`);
    for (const other of crowd) {
      await scene.backplane.leave(newcomer.id, await scene.meet(other, newcomer), 'left');
    }
    crowd.push(newcomer);
  }
  for (const person of crowd) {
    await person.find();
    await scene.advance(10);
  }
  return { ...scene, crowd };
}
