import { onTestFinished } from 'vitest';
import { RedisBackplane, type RedisBackplaneOptions } from '../../src/backplane/redis.ts';
import type { MatchId, SessionId } from '../../src/core/types.ts';
import { TestLog, numbered } from './chat-parts.ts';
import { TestClock } from './clock.ts';
import type { RedisServer } from './redis-server.ts';
import type { NodeParts } from './server.ts';

let deployments = 0;
let nodes = 0;

/** A deployment of its own in this Redis: every call of the result is one more node of it. */
export function deployment(redis: RedisServer, options: Partial<RedisBackplaneOptions> = {}) {
  const prefix = options.prefix ?? `{${++deployments}}`;
  const clock = new TestClock();
  return async (): Promise<NodeParts> => {
    const node = ++nodes;
    const backplane = new RedisBackplane({
      url: redis.url,
      prefix,
      now: clock.now,
      random: () => 0,
      newMatchId: numbered<MatchId>(`match-${node}`),
      matchWindow: 1,
      interestWaitMs: 10_000,
      rematchAfterMs: 30_000,
      rematchAfterFailureMs: 600_000,
      mailboxMax: 512,
      log: new TestLog(),
      ...options,
    });
    onTestFinished(() => backplane.close());
    await backplane.ready;
    return { backplane, clock, newSessionId: numbered<SessionId>(`session-${node}`) };
  };
}
