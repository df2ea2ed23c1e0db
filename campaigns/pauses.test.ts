import { expect, onTestFinished, test } from 'vitest';
import { RedisServer } from '../apps/signaling/test/support/redis-server.ts';
import { ChatNodes } from './support/chat-nodes.ts';
import { pauseRound } from './support/pause-round.ts';

// `PAUSE_TRIALS` makes it a longer run.
const TRIALS = Number(process.env.PAUSE_TRIALS ?? 20);
/** So many nodes are stopped at one time, and each is a trial. */
const AT_ONCE = 10;
/** Held by each node at least. */
const HELD_MIN = 30;
/** A ticket lapses while its node is stopped; a match does not. */
const LEASES = { searchingMs: 8_000, matchedMs: 60_000 };
/** Nobody meets but those who are meant to, who do so in each round. */
const MATCHING = {
  matchWindow: 1,
  interestWaitMs: 600_000,
  rematchAfterMs: 1_000,
  rematchAfterFailureMs: 1_000,
  mailboxMax: 512,
};

test(
  '[J4] a node that goes on after its lease is refused',
  { timeout: 60_000 + TRIALS * 5_000 },
  async () => {
    const redis = await RedisServer.start();
    const bugs: string[] = [];
    const deployment = await ChatNodes.start(redis, Math.min(AT_ONCE, TRIALS) + 1, {
      leases: LEASES,
      matching: MATCHING,
      bug: (what) => void bugs.push(what),
    });
    onTestFinished(async () => {
      await deployment.stop();
      await redis.stop();
    });
    let [trials, held] = [0, 0];
    while (trials < TRIALS) {
      const result = await pauseRound(deployment, redis);
      trials += deployment.nodes.length - 1;
      held += result.held;
      expect(result.breaches).toEqual([]);
    }
    expect(bugs).toEqual([]);
    console.log(
      `PAUSE_TRIALS=${trials}: nodes stopped past their lease with ${held} commands in flight: 0 taken`,
    );
    expect(held).toBeGreaterThanOrEqual(trials * HELD_MIN);
  },
);
