import { DEFAULT_WISHES } from '@passerby/protocol';
import { onTestFinished } from 'vitest';
import type { Metrics } from '../../src/core/metrics.ts';
import type { Backplane, FindRequest } from '../../src/core/ports.ts';
import type {
  AccountId,
  ChatEvent,
  Leases,
  MatchId,
  Session,
  SessionEndedReason,
  SessionId,
  Standing,
  Wishes,
} from '../../src/core/types.ts';

/** What a backplane is made with, whichever it is. */
export interface SubjectOptions {
  matchWindow: number;
  interestWaitMs: number;
  rematchAfterMs: number;
  rematchAfterFailureMs: number;
  mailboxMax: number;
  /** Uniform in [0, 1). An implementation that draws its own numbers may ignore it. */
  random(): number;
  metrics?: Metrics;
}

interface Subject {
  backplane: Backplane;
  /** Moves the clock of this backplane and of no other. */
  advance(ms: number): void | Promise<void>;
}

export type CreateSubject = (options: SubjectOptions) => Subject | Promise<Subject>;

export const LEASES: Leases = { searchingMs: 15_000, matchedMs: 75_000 };
export const WISHES: Wishes = DEFAULT_WISHES;
export const INTEREST_WAIT_MS = 10_000;
export const REMATCH_AFTER_MS = 30_000;
export const REMATCH_AFTER_FAILURE_MS = 600_000;

/** Somebody who entered. */
export interface Person {
  readonly id: SessionId;
  readonly account: AccountId;
  /** What the watcher was told. */
  readonly ended: SessionEndedReason[];
  readonly woken: { times: number };
  find(wishes?: Partial<Wishes>, request?: FindRequest): ReturnType<Backplane['find']>;
  /** Ends a match and looks again with the same wishes. */
  skip(ending: MatchId, reason?: 'skipped' | 'failed'): ReturnType<Backplane['find']>;
  /** What came since the last call; reading acknowledges. */
  news(): Promise<ChatEvent[]>;
  standing(): Promise<Standing | undefined>;
  /** The match that is on. */
  match(): Promise<MatchId>;
}

/** An empty backplane, and people who enter it. It is closed when the test ends. */
export async function stage(create: CreateSubject, options: Partial<SubjectOptions> = {}) {
  const { backplane, advance } = await create({
    matchWindow: 1,
    interestWaitMs: INTEREST_WAIT_MS,
    rematchAfterMs: REMATCH_AFTER_MS,
    rematchAfterFailureMs: REMATCH_AFTER_FAILURE_MS,
    mailboxMax: 64,
    random: () => 0,
    ...options,
  });
  onTestFinished(() => backplane.close());
  let entered = 0;

  /** Opens a session for an account of that name and watches it. */
  async function enter(
    name: string,
    {
      takeOver = false,
      ...more
    }: { takeOver?: boolean } & Pick<Session, 'resumeHash' | 'client' | 'away'> = {},
  ): Promise<Person> {
    const id = `${name}-${++entered}` as SessionId;
    const account = name as AccountId;
    const opened = await backplane.open({ id, account, leases: LEASES, ...more }, { takeOver });
    if (opened !== 'opened') throw new Error(`${name} may not enter: ${opened}`);
    const ended: SessionEndedReason[] = [];
    const woken = { times: 0 };
    backplane.watch(id, { wake: () => void woken.times++, ended: (reason) => void ended.push(reason) });
    let read = 0;

    return {
      id,
      account,
      ended,
      woken,
      find: (wishes = {}, request = {}) =>
        backplane.find(id, { wishes: { ...WISHES, ...wishes }, ...request }),
      skip: (ending, reason = 'skipped') => backplane.find(id, { ending, reason }),
      async news() {
        const events = await backplane.drain(id, read);
        read = events.at(-1)?.offset ?? read;
        await backplane.drain(id, read);
        return events.map(({ event }) => event);
      },
      standing: () => backplane.standing(id),
      async match() {
        const standing = await backplane.standing(id);
        if (standing?.status !== 'matched') throw new Error(`${name} is not in a match`);
        return standing.matchId;
      },
    };
  }

  return {
    backplane,
    advance,
    enter,

    /** Time passes in steps that the leases of these people survive. */
    async pass(ms: number, ...people: Pick<Person, 'id'>[]): Promise<void> {
      for (let left = ms; left > 0; left -= 10_000) {
        await advance(Math.min(left, 10_000));
        for (const { id } of people) await backplane.renew(id);
      }
    },

    /** Pairs two who are alone in the pool, the first one waiting for the second; nothing is left unread. */
    async meet(first: Person, second: Person, wishes: Partial<Wishes> = {}): Promise<MatchId> {
      await first.find(wishes);
      await second.find(wishes);
      await Promise.all([first.news(), second.news()]);
      return first.match();
    },
  };
}
