import { expect, test } from 'vitest';
import type { MatchId, Wishes } from '../src/core/types.ts';
import { accept, drawWishes, insists } from './support/acceptance.ts';
import { seededRandom } from './support/random.ts';
import {
  type CreateSubject,
  INTEREST_WAIT_MS,
  type Person,
  REMATCH_AFTER_MS,
  WISHES,
  stage,
} from './support/stage.ts';

/** Crowds with all kinds of wishes: who may meet does, who may not does not, and nobody is forgotten. */
export function crowdRules(create: CreateSubject): void {
  test.for([1, 2, 3, 4])(
    '[B41] no two wait who accept each other, and everybody whom they meet does: seed %i',
    async (seed) => {
      const happened = await randomCrowd(create, seed);
      // A run in which nothing happens breaks no rule.
      expect(happened.matches, `seed ${seed}`).toBeGreaterThan(200);
      expect(happened.shared, `seed ${seed}`).toBeGreaterThan(50);
      expect(happened.widened, `seed ${seed}`).toBeGreaterThan(50);
    },
  );

  test.for([
    [1, 2 * INTEREST_WAIT_MS + 2_000],
    [8, 6 * INTEREST_WAIT_MS],
  ] as const)('[B41] nobody starves, with a window of %i', async ([matchWindow, waitMax]) => {
    const seed = 20_260_106;
    const random = seededRandom(seed);
    const { backplane, enter, advance } = await stage(create, { matchWindow, random });
    const waiting = new Map<Person, number>();
    let longest = 0;
    for (let second = 0; second < 600; second++) {
      const person = await enter(`person ${second}`);
      await person.find(drawWishes(random));
      waiting.set(person, second);
      await advance(1_000);
      await backplane.due();
      for (const [one, since] of waiting) {
        await backplane.renew(one.id);
        longest = Math.max(longest, (second + 1 - since) * 1_000);
        if ((await one.standing())?.status !== 'waiting') waiting.delete(one);
      }
    }
    expect(longest, `seed ${seed}`).toBeGreaterThan(INTEREST_WAIT_MS);
    expect(longest, `seed ${seed}`).toBeLessThanOrEqual(waitMax);
  });
}

/** Somebody of the random crowd, as the plain definition sees it. */
interface Known {
  person: Person;
  wishes: Wishes;
  since: number;
  /** What the last `waiting` said; undefined: it does not wait. */
  anyone: boolean | undefined;
  away: boolean;
  matchId: MatchId | undefined;
}

/** People come and go at random for ten minutes, and the plain definition is asked about everybody after each step. */
async function randomCrowd(create: CreateSubject, seed: number) {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const { backplane, enter, advance } = await stage(create, { matchWindow: seed, random });
  const happened = { matches: 0, shared: 0, widened: 0 };
  const apart = new Map<string, number>();
  const pairOf = (one: Known, other: Known) => [one.person.account, other.person.account].sort().join();
  let now = 0;
  const crowd: Known[] = [];
  for (let index = 0; index < 24; index++) {
    const person = await enter(`person ${index}`);
    crowd.push({ person, wishes: WISHES, since: 0, anyone: undefined, away: false, matchId: undefined });
  }

  /** Reads all mailboxes and holds what they say against the definition. */
  async function look(after: string): Promise<void> {
    const made = new Map<string, Known[]>();
    // All at once: one mailbox after the other is 50,000 times there and back.
    const news = await Promise.all(crowd.map(({ person }) => person.news()));
    for (const [index, known] of crowd.entries()) {
      for (const event of news[index] ?? []) {
        if (event.type === 'waiting') {
          if (known.anyone === false && event.anyone) happened.widened++;
          known.anyone = event.anyone;
        } else if (event.type === 'matched')
          made.set(event.matchId, [...(made.get(event.matchId) ?? []), known]);
        else if (event.type === 'partner-left') known.matchId = undefined;
      }
    }
    for (const [matchId, [one, other]] of made) {
      if (!one || !other) throw new Error(`seed ${seed}: a match with one side, after ${after}`);
      const seekers = [one, other].map((known) => ({ ...known, anyone: isWide(known) }));
      const [a, b] = seekers as [(typeof seekers)[0], (typeof seekers)[0]];
      const why = `seed ${seed}, after ${after}: ${JSON.stringify([a.wishes, b.wishes])}`;
      expect(accept(a, b), why).toBe(true);
      expect(apart.get(pairOf(one, other)) ?? 0, why).toBeLessThanOrEqual(now);
      happened.matches++;
      if (!a.anyone || !b.anyone) happened.shared++;
      for (const known of [one, other]) Object.assign(known, { matchId, anyone: undefined });
    }
    const waiting = crowd.flatMap((known) =>
      known.anyone === undefined || known.away ? [] : [{ ...known, anyone: known.anyone }],
    );
    for (const [index, one] of waiting.entries()) {
      // The time of the one being widened is looked at after `due`.
      if (after === 'due') expect(one.anyone, `seed ${seed}`).toBe(isWide(one));
      for (const other of waiting.slice(index + 1)) {
        if ((apart.get(pairOf(one, other)) ?? 0) > now) continue;
        const why = `seed ${seed}, after ${after}: ${JSON.stringify([one.wishes, other.wishes])}`;
        expect(accept(one, other), why).toBe(false);
      }
    }
  }
  const isWide = ({ wishes, since, anyone }: Known) =>
    !insists(wishes) || anyone === true || now >= since + INTEREST_WAIT_MS;

  for (let step = 0; step < 2_400; step++) {
    const known = pick(crowd);
    const { person, matchId } = known;
    const roll = random();
    if (roll < 0.5 && known.anyone === undefined) {
      if (matchId) {
        const partner = crowd.find((other) => other !== known && other.matchId === matchId) as Known;
        apart.set(pairOf(known, partner), now + REMATCH_AFTER_MS);
        await backplane.leave(person.id, matchId, 'left');
      }
      known.wishes = { ...WISHES, mode: random() < 0.8 ? 'video' : 'text', ...drawWishes(random) };
      known.since = now;
      await person.find(known.wishes);
      await look('find');
    } else if (roll < 0.6 && known.anyone !== undefined) {
      if (!known.anyone) known.since = -INTEREST_WAIT_MS; // from now on anyone will do
      await backplane.widen(person.id);
      await look('widen');
    } else if (roll < 0.7) {
      known.away = !known.away;
      await backplane[known.away ? 'away' : 'back'](person.id);
      await look('back');
    }
    if (step % 4 > 0) continue;
    await advance(1_000);
    now += 1_000;
    await Promise.all(crowd.map(({ person: one }) => backplane.renew(one.id)));
    await backplane.due();
    await look('due');
  }
  return happened;
}
