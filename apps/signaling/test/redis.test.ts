import { afterAll, beforeAll } from 'vitest';
import { RedisBackplane } from '../src/backplane/redis.ts';
import type { MatchId } from '../src/core/types.ts';
import { backplaneContract } from './backplane.contract.ts';
import { TestLog, numbered } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';
import { RedisServer } from './support/redis-server.ts';

let redis: RedisServer;
let subjects = 0;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

backplaneContract(
  'redis',
  async (options) => {
    const clock = new TestClock();
    const backplane = new RedisBackplane({
      ...options,
      url: redis.url,
      // Each subject is a deployment of its own.
      prefix: `{${++subjects}}`,
      now: clock.now,
      newMatchId: numbered<MatchId>('match'),
      log: new TestLog(),
    });
    await backplane.ready;
    return { backplane, advance: (ms) => clock.advance(ms) };
  },
  60_000,
);
