import { ChatError, type ErrorCode, type Mode, type Wishes } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { MemoryBackplane } from '../src/backplane/memory.ts';
import { createChat } from '../src/core/chat.ts';
import type { MatchRef } from '../src/core/ports.ts';
import type { AccountId, ChatEvent, MatchId, Session, SessionEndedReason, SessionId } from '../src/core/types.ts';
import { ChatModel, mark } from './support/chat-model.ts';
import { chatParts, numbered } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';
import { type HeldCall, heldBackplane } from './support/held-backplane.ts';
import { seededRandom } from './support/random.ts';
import { LEASES } from './support/stage.ts';

// People do at random what people, their browsers and their networks do, many things at once. Every
// call of the port waits and is let through in any order, as is its answer; after each one a model
// that knows the rules looks at all that happened. `FUZZ_SEED=n` repeats one run.

const PEOPLE = 60;
const OPERATIONS = 130_000;
const SEEDS = process.env.FUZZ_SEED ? [Number(process.env.FUZZ_SEED)] : (process.env.SS?JSON.parse(process.env.SS):[1, 2, 3, 4, 5, 6, 7, 8]);
/** Shorter than in life, so that more happens. */
const REMATCH = { rematchAfterMs: 2_000, rematchAfterFailureMs: 20_000 };
const RENEW_EVERY_MS = 5_000;

/** One who comes, does things and goes; what it knows it has read from its mailbox. */
interface Somebody {
  readonly account: AccountId;
  id: SessionId | undefined;
  token: string | undefined;
  /** Tokens that a confirmed successor has made void. */
  void: string[];
  online: boolean;
  starting: boolean;
  reading: boolean;
  offset: number;
  matchId: MatchId | undefined;
  past: MatchId[];
  seq: number;
  renewedAt: number;
}

async function fuzz(seed: number, operations: number): Promise<Record<string, number>> {
  const random = seededRandom(seed);
  const clock = new TestClock();
  const chance = (probability: number) => random() < probability;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  /** Takes any one out, fast. */
  const draw = <T>(from: T[]): T => {
    const index = Math.floor(random() * from.length);
    const drawn = from[index] as T;
    from[index] = from.at(-1) as T;
    from.pop();
    return drawn;
  };

  const memory = new MemoryBackplane({
    ...REMATCH,
    now: clock.now,
    random,
    newMatchId: numbered<MatchId>('match'),
    matchWindow: 1 + (seed % 8),
    mailboxMax: 16,
  });
  const held: HeldCall[] = [];
  const answers: (() => void)[] = [];
  const chat = createChat(chatParts({ backplane: heldBackplane(memory, held) }));

  // ---- What goes on, and what was asked for.
  const asked = new Map<SessionId, Set<{ match: MatchRef }>>();
  const mayEnd = (id: SessionId, match: MatchId) =>
    [...(asked.get(id) ?? [])].some((command) => command.match === 'current' || command.match === match);
  const model = new ChatModel({ ...REMATCH, now: clock.now, mayEnd });
  let issued = 0;
  let failure: unknown;

  /** Sends a command off; nobody waits for it. `ends`: the match it may end. */
  function command<T>(
    sent: Promise<T>,
    { id, ends, expects = [] }: { id?: SessionId; ends?: MatchRef; expects?: ErrorCode[] } = {},
    then: (result: T) => void = () => {},
  ): void {
    issued++;
    const note = ends && { match: ends };
    if (id && note) asked.set(id, (asked.get(id) ?? new Set()).add(note));
    const done = () => void (id && note && asked.get(id)?.delete(note));
    sent.then(
      (result) => {
        done();
        then(result);
      },
      (error: unknown) => {
        done();
        if (error instanceof ChatError && expects.includes(error.code)) model.count(`refused: ${error.code}`);
        else failure ??= error;
      },
    );
  }

  // ---- One call of the port is let through, and the model looks.
  const seen = new Map<SessionId, { offset: number; acknowledged: number }>();
  const woken = new Set<SessionId>();
  let ended: { id: SessionId; account: AccountId; reason: SessionEndedReason }[] = [];

  async function letThrough(call: HeldCall): Promise<void> {
    const { verb, args } = call;
    const result = await call.run();
    if (verb === 'open' && result === true) {
      const { id, account } = args[0] as Session;
      seen.set(id, { offset: 0, acknowledged: 0 });
      memory.watch(id, {
        wake: () => void woken.add(id),
        ended: (reason) => void ended.push({ id, account, reason }),
      });
    }
    const reader = verb === 'drain' ? seen.get(args[0] as SessionId) : undefined;
    if (reader) reader.acknowledged = Math.max(reader.acknowledged, args[1] as number);
    const posted = new Map<SessionId, ChatEvent[]>();
    for (const id of woken) {
      const state = seen.get(id);
      if (!state) throw new Error('a mailbox nobody opened');
      const events = await memory.drain(id, Math.min(state.acknowledged, state.offset));
      const news = events.filter(({ offset }) => offset > state.offset);
      for (const { offset } of news) {
        if (offset !== ++state.offset) throw new Error(`C15: ${id} has a gap at ${offset}`);
      }
      if (news.length > 0) posted.set(id, news.map(({ event }) => event));
    }
    woken.clear();
    const step = { verb, args, result, posted, ended };
    ended = [];
    for (const id of model.step(step)) {
      const [says, knows] = [await memory.standing(id), model.standing(id)];
      if (says?.status !== knows?.status || matchOf(says) !== matchOf(knows)) {
        throw new Error(`M2: ${id} is ${JSON.stringify(says)}, not ${JSON.stringify(knows)}, after ${verb}`);
      }
    }
    if (chance(0.3)) answers.push(() => call.answer(result));
    else call.answer(result);
  }

  // ---- What somebody can do.
  const people: Somebody[] = Array.from({ length: PEOPLE }, (_, index) => ({
    account: `account-${index}` as AccountId,
    ...{ id: undefined, token: undefined, void: [], online: false, starting: false, reading: false },
    ...{ offset: 0, matchId: undefined, past: [], seq: 0, renewedAt: 0 },
  }));

  function start(who: Somebody): void {
    if (who.starting) return;
    who.starting = true;
    const options = { account: who.account, leases: LEASES, resumable: chance(0.8), takeOver: chance(0.5) };
    const sent = chat.start(options).finally(() => void (who.starting = false));
    command(sent, { expects: ['elsewhere'] }, ({ id, resumeToken }) => {
      Object.assign(who, { id, token: resumeToken, void: [], online: true, offset: 0, matchId: undefined });
      who.renewedAt = clock.now();
    });
  }

  /** Reads its mailbox as a client does: one request at a time, acknowledging what it has. */
  function read(who: Somebody, id: SessionId): void {
    if (who.reading) return;
    who.reading = true;
    const sent = chat.drain(id, who.offset).finally(() => void (who.reading = false));
    command(sent, {}, (events) => {
      if (who.id !== id) return;
      for (const { offset, event } of events) {
        if (offset <= who.offset) continue;
        who.offset = offset;
        if (event.type === 'matched') {
          who.matchId = event.matchId;
          who.past = [event.matchId, ...who.past.slice(0, 4)];
          who.seq = 0;
        } else if (event.type === 'partner-left') who.matchId = undefined;
      }
    });
  }

  function resume(who: Somebody, id: SessionId): void {
    const thief = pick(people);
    const victimToken = thief === who ? undefined : thief.token;
    const nothing = (started: unknown) => {
      if (started) failure ??= new Error(`C4: ${who.account} resumed what is not its own`);
      model.count('resumes refused');
    };
    if (chance(0.2) && victimToken) command(chat.resume(who.account, victimToken), {}, nothing);
    else if (chance(0.2) && who.void.length > 0) command(chat.resume(who.account, pick(who.void)), {}, nothing);
    else if (who.token === undefined) who.id = undefined;
    else {
      const used = who.token;
      command(chat.resume(who.account, used), {}, (started) => {
        if (who.id !== id || who.token !== used) return; // it has moved on meanwhile
        if (!started) {
          who.id = undefined;
          return;
        }
        model.count('resumes');
        if (chance(0.2)) return; // the answer was lost on the way
        who.token = started.resumeToken;
        who.online = true;
        command(chat.confirm(id), {}, () => who.void.push(used));
      });
    }
  }

  const actions: [weight: number, act: (who: Somebody, id: SessionId) => void][] = [
    [7, (_, id) => command(chat.find(id, wishes()), { id, ends: 'current', expects: ['session-unknown'] })],
    [7, (_, id) => command(chat.find(id), { id, ends: 'current', expects: ['session-unknown'] })],
    [
      8,
      (who, id) => {
        // Now and then the button of a match that is long over.
        const ends = chance(0.3) ? pick(who.past) : (who.matchId ?? pick(who.past));
        if (!ends) return;
        const reason = chance(0.2) ? 'failed' : 'skipped';
        command(chat.skip(id, ends, reason), { id, ends, expects: ['session-unknown', 'not-matched'] });
      },
    ],
    [
      40,
      (who, id) => {
        const matchId: MatchRef | undefined =
          chance(0.15) ? pick(who.past) : chance(0.2) ? 'current' : who.matchId;
        if (!matchId) return;
        const seq = chance(0.1) ? who.seq : ++who.seq;
        const signal = mark(pick(['offer', 'answer', 'host', 'relay'] as const), id, matchId);
        const reference = { matchId, ...(matchId !== 'current' && seq > 0 && { seq }) };
        command(chat.relay(id, signal, reference), { expects: ['not-matched'] });
      },
    ],
    [
      3,
      (who, id) => {
        const matchId = who.matchId ?? pick(who.past);
        const state = { mic: true, cam: true, away: false };
        if (matchId) command(chat.tell(id, state, matchId), { expects: ['not-matched'] });
      },
    ],
    [
      2,
      (who, id) => {
        const ends = chance(0.5) ? 'current' : (pick(who.past) ?? 'current');
        command(chat.leave(id, ends), { id, ends });
      },
    ],
    [
      2,
      (who, id) => {
        const ends = chance(0.5) ? 'current' : (pick(who.past) ?? 'current');
        command(chat.endMatch(id, ends), { id, ends });
      },
    ],
    [30, read],
    [
      4,
      (who, id) => {
        command(chat.away(id));
        who.online = false;
      },
    ],
    [2, resume],
    [1, (who, id) => (command(chat.end(id), { id, ends: 'current' }), (who.id = undefined))],
    [0.3, (who, id) => (command(chat.expel(id, 'token-expired'), { id, ends: 'current' }), (who.id = undefined))],
    [1, start], // in another tab
    [0.7, (who) => void (who.id = undefined)], // a crash: nobody says goodbye
    [1, (who) => void (who.online = false)], // a line that is dead without anybody knowing
    [1, () => command(chat.count())],
  ];
  const total = actions.reduce((sum, [weight]) => sum + weight, 0);

  function wishes(): Wishes {
    const mode: Mode = pick(['video', 'video', 'video', 'voice', 'text']);
    return { mode, requeue: chance(0.3), relayOnly: chance(0.2) };
  }

  function act(): void {
    const who = pick(people);
    const { id } = who;
    if (!id) return start(who);
    if (!who.online) return chance(0.3) ? resume(who, id) : undefined;
    let roll = random() * total;
    for (const [weight, action] of actions) {
      roll -= weight;
      if (roll < 0) return action(who, id);
    }
  }

  function passTime(): void {
    clock.advance(Math.floor(random() * (chance(0.02) ? 20_000 : 1_000)));
    for (const who of people) {
      if (!who.id || !who.online || clock.now() - who.renewedAt < RENEW_EVERY_MS) continue;
      who.renewedAt = clock.now();
      command(chat.renew(who.id));
    }
    command(chat.sweep());
  }

  async function quiet(): Promise<void> {
    while (held.length + answers.length > 0 && !failure) {
      for (const answer of answers.splice(0)) answer();
      const call = held.shift();
      if (call) await letThrough(call);
      await new Promise(setImmediate);
    }
    if (failure) throw failure;
  }

  // ---- The run.
  try {
    while (issued < operations && !failure) {
      const crowded = held.length + answers.length;
      if (chance(crowded / (crowded + 40))) {
        if (answers.length > 0 && chance(0.5)) draw(answers)();
        else if (held.length > 0) await letThrough(draw(held));
      } else if (chance(0.01)) passTime();
      else act();
      if (chance(0.0005)) {
        await quiet();
        model.allClosed();
      }
    }
    await quiet();
    command(chat.sweep());
    command(chat.count());
    await quiet();
    model.allClosed();

    // Everybody walks away: nothing may outlive its lease.
    clock.advance(LEASES.matchedMs);
    command(chat.sweep());
    await quiet();
    const none = { video: 0, voice: 0, text: 0 };
    expect(await memory.count()).toEqual({ online: 0, waiting: none, matched: none });
    expect(model.people.size).toBe(0);
  } catch (error) {
    throw new Error(`FUZZ_SEED=${seed} after ${issued} operations: ${String(error)}`, { cause: error });
  }
  return { ...model.tally, operations: issued };
}

function matchOf(standing: { status: string; matchId?: MatchId } | undefined): MatchId | undefined {
  return standing?.matchId;
}

const total: Record<string, number> = {};

test.for(SEEDS)('[C15] the rules hold in any order of events: seed %i', { timeout: 120_000 }, async (seed) => {
  for (const [what, times] of Object.entries(await fuzz(seed, OPERATIONS))) {
    total[what] = (total[what] ?? 0) + times;
  }
});

test.skipIf(process.env.FUZZ_SEED)('[C21] and a great deal has happened in those runs', () => {
  console.log(total);
});
