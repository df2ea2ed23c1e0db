import { MemoryBackplane } from '../src/backplane/memory.ts';
import type { MatchId } from '../src/core/types.ts';
import { backplaneContract } from './backplane.contract.ts';
import { numbered } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';

backplaneContract('memory', (options) => {
  const clock = new TestClock();
  const backplane = new MemoryBackplane({
    ...options,
    now: clock.now,
    newMatchId: numbered<MatchId>('match'),
  });
  return { backplane, advance: (ms) => clock.advance(ms) };
});
