import { expect, test } from 'vitest';
import { MemoryBackplane } from '../src/backplane/memory.ts';
import { createChat } from '../src/core/chat.ts';
import type {
  AccountId,
  ChatEvent,
  MatchId,
  Session,
  SessionEndedReason,
  SessionId,
} from '../src/core/types.ts';
import { ChatModel } from './support/chat-model.ts';
import { chatParts, numbered } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';
import { createCrowd } from './support/crowd.ts';
import { type HeldCall, heldBackplane } from './support/held-backplane.ts';
import { seededRandom } from './support/random.ts';
import { LEASES } from './support/stage.ts';

// A crowd does at random what people do, many things at once. Every call of the port waits and is let
// through in any order, and so is its answer; after each one a model that knows the rules looks at
// everything that happened. `FUZZ_SEED=n` repeats the run of one seed.

const PEOPLE = 60;
const OPERATIONS = 130_000;
const SEEDS = process.env.FUZZ_SEED ? [Number(process.env.FUZZ_SEED)] : [1, 2, 3, 4, 5, 6, 7, 8];
/** Shorter than in life, so that more happens. */
const WAITS = { interestWaitMs: 3_000, rematchAfterMs: 2_000, rematchAfterFailureMs: 20_000 };
/** What all runs together must have done at least: a run in which nothing happens breaks no rule. */
const AT_LEAST = {
  operations: 1_000_000,
  matches: 30_000,
  relays: 20_000,
  'relays without addresses': 5_000,
  'stale signals refused': 50_000,
  'left: skipped': 20_000,
  'left: left': 5_000,
  'left: failed': 400,
  'left: lost': 500,
  'left: ended': 500,
  'put back': 10_000,
  'kept apart': 300,
  'met when their time came': 30,
  'met for what they share': 3_000,
  widened: 1_500,
  'kept waiting': 5_000,
  'crossed polls': 1_000,
  'partner-away': 5_000,
  'partner-back': 3_000,
  resumes: 20_000,
  'resumes refused': 5_000,
  takeovers: 10_000,
  'own sessions taken over': 1_000,
  'refused: overtaken': 500,
  'ended lapsed': 2_000,
  'ended slow': 250,
  'late owners refused': 10_000,
} as const;

/** One run. Resolves with how often what happened. */
async function fuzz(seed: number): Promise<Record<string, number>> {
  const random = seededRandom(seed);
  const chance = (probability: number) => random() < probability;
  const clock = new TestClock();
  const memory = new MemoryBackplane({
    ...WAITS,
    now: clock.now,
    random,
    newMatchId: numbered<MatchId>('match'),
    matchWindow: 1 + (seed % 8),
    mailboxMax: 16,
  });
  const held: HeldCall[] = [];
  const answers: (() => void)[] = [];
  const chat = createChat(chatParts({ backplane: heldBackplane(memory, held) }));
  const model = new ChatModel({ ...WAITS, now: clock.now, mayEnd: (id, match) => crowd.mayEnd(id, match) });
  const crowd = createCrowd({ chat, clock, size: PEOPLE, random, count: (what) => model.count(what) });

  const mailboxes = new Map<SessionId, { offset: number; acknowledged: number }>();
  const woken = new Set<SessionId>();
  let ended: { id: SessionId; account: AccountId; reason: SessionEndedReason }[] = [];

  /** Everything that was posted since the last look. Reading it here acknowledges nothing. */
  async function newEvents(): Promise<Map<SessionId, ChatEvent[]>> {
    const posted = new Map<SessionId, ChatEvent[]>();
    for (const id of woken) {
      const mailbox = mailboxes.get(id);
      if (!mailbox) throw new Error(`${id} was never opened`);
      const events = await memory.drain(id, Math.min(mailbox.acknowledged, mailbox.offset));
      const fresh = events.filter(({ offset }) => offset > mailbox.offset);
      for (const { offset } of fresh) expect(offset, `gap in the mailbox of ${id}`).toBe(++mailbox.offset);
      if (fresh.length > 0)
        posted.set(
          id,
          fresh.map(({ event }) => event),
        );
    }
    woken.clear();
    return posted;
  }

  /** One call of the port takes effect, whole, and the model looks at what it did. */
  async function letThrough(call: HeldCall): Promise<void> {
    const { verb, args } = call;
    const result = await call.run();
    if (verb === 'open' && result === 'opened') {
      const { id, account } = args[0] as Session;
      mailboxes.set(id, { offset: 0, acknowledged: 0 });
      memory.watch(id, {
        wake: () => void woken.add(id),
        ended: (reason) => void ended.push({ id, account, reason }),
      });
    }
    const read = verb === 'drain' ? mailboxes.get(args[0] as SessionId) : undefined;
    if (read) read.acknowledged = Math.max(read.acknowledged, args[1] as number);
    const step = { verb, args, result, posted: await newEvents(), ended };
    ended = [];
    for (const id of model.step(step)) {
      const [says, knows] = [JSON.stringify(await memory.standing(id)), JSON.stringify(model.standing(id))];
      if (says !== knows) throw new Error(`C16: ${id} is ${says}, not ${knows}, after ${verb}`);
    }
    if (chance(0.3)) answers.push(() => call.answer(result));
    else call.answer(result);
  }

  /** Lets everything come to rest. */
  async function quiet(): Promise<void> {
    while (held.length + answers.length > 0) {
      for (const answer of answers.splice(0)) answer();
      const call = held.shift();
      if (call) await letThrough(call);
      await new Promise(setImmediate);
    }
    if (crowd.failure) throw crowd.failure;
    model.atRest();
  }

  try {
    while (crowd.issued < OPERATIONS && !crowd.failure) {
      const underWay = held.length + answers.length;
      if (chance(underWay / (underWay + 40))) {
        const call = chance(0.5) ? undefined : draw(held, random);
        if (call) await letThrough(call);
        else draw(answers, random)?.();
      } else if (chance(0.01)) crowd.passTime();
      else crowd.act();
      if (chance(0.0005)) await quiet();
    }
    await quiet();
    crowd.sweep();
    crowd.count();
    await quiet();

    // Everybody walks away: nothing may outlive its lease.
    clock.advance(LEASES.matchedMs);
    crowd.sweep();
    await quiet();
    const none = { video: 0, voice: 0, text: 0 };
    expect(await memory.count()).toEqual({ online: 0, waiting: none, matched: none });
    expect(model.people.size).toBe(0);
  } catch (error) {
    throw new Error(`FUZZ_SEED=${seed}, after ${crowd.issued} operations: ${String(error)}`, {
      cause: error,
    });
  }
  return { ...model.tally, operations: crowd.issued };
}

/** Takes any one out; the order of the others does not matter. */
function draw<T>(from: T[], random: () => number): T | undefined {
  const index = Math.floor(random() * from.length);
  const drawn = from[index];
  const last = from.pop();
  if (last !== undefined && index < from.length) from[index] = last;
  return drawn;
}

const happened: Record<string, number> = {};

test.for(SEEDS)(
  '[C15] [C16] [C17] [C18] [C19] [C20] whatever the order of events, the rules hold: seed %i',
  { timeout: 120_000 },
  async (seed) => {
    for (const [what, times] of Object.entries(await fuzz(seed))) {
      happened[what] = (happened[what] ?? 0) + times;
    }
  },
);

test.skipIf(process.env.FUZZ_SEED)('[C21] and much has happened in those runs', () => {
  for (const [what, least] of Object.entries(AT_LEAST)) {
    expect(happened[what] ?? 0, what).toBeGreaterThanOrEqual(least);
  }
});
