import { expect, test } from 'vitest';
import { MemoryBackplane } from '../src/backplane/memory.ts';
import type { AccountId, MatchId, Session, SessionId, Wishes } from '../src/core/types.ts';
import { backplaneContract } from './backplane.contract.ts';
import { memoryBackplane, numbered } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';
import { LEASES, WISHES } from './support/stage.ts';
import { countSteps } from './support/steps.ts';

backplaneContract('memory', (options) => {
  const clock = new TestClock();
  const backplane = new MemoryBackplane({
    ...options,
    now: clock.now,
    newMatchId: numbered<MatchId>('match'),
  });
  return { backplane, advance: (ms) => clock.advance(ms) };
});

test('[B35] a find, a widening and a sweep cost the same however many wait for something else', async () => {
  const costs = async (crowd: number) => {
    const clock = new TestClock();
    const backplane = memoryBackplane({ now: clock.now });
    const enter = async (name: string, wishes: Partial<Wishes>) => {
      const session = { id: name as SessionId, account: name as AccountId, leases: LEASES };
      await backplane.open(session, { takeOver: false });
      await backplane.find(session.id, { wishes: { ...WISHES, ...wishes } });
      return session.id;
    };
    await enter('before', { interests: ['before'] });
    for (let index = 0; index < crowd; index++) await enter(`fan ${index}`, { interests: [`band ${index}`] });
    await backplane.away('before' as SessionId);
    await backplane.drain('fan 0' as SessionId, 1);
    const verbs = {
      finding: () =>
        backplane.open({ id: 'ann', account: 'ann', leases: LEASES } as Session, { takeOver: false }),
      found: () =>
        backplane.find('ann' as SessionId, { wishes: { ...WISHES, interests: ['tea', 'band 1'] } }),
      widened: () => backplane.widen('fan 0' as SessionId),
      returned: () => backplane.back('before' as SessionId),
      swept: () => backplane.due(),
    };
    clock.advance(8_000);
    const steps: Record<string, number> = {};
    for (const [name, verb] of Object.entries(verbs)) {
      let done: Promise<unknown> = Promise.resolve();
      steps[name] = countSteps(() => (done = verb()));
      await done;
    }
    expect(await backplane.standing('ann' as SessionId)).toMatchObject({ status: 'matched' });
    expect(await backplane.standing('fan 0' as SessionId)).toMatchObject({ status: 'waiting' });
    return steps;
  };
  expect(await costs(2_000)).toEqual(await costs(3));
});

test('[B35] a find costs the same however many are there, idle, matched or waiting', async () => {
  const cost = async (crowd: number) => {
    const backplane = memoryBackplane();
    const enter = async (name: string, mode: 'video' | 'text' | 'none') => {
      const session = { id: name as SessionId, account: name as AccountId, leases: LEASES };
      await backplane.open(session, { takeOver: false });
      if (mode !== 'none') await backplane.find(session.id, { wishes: { ...WISHES, mode } });
      return session.id;
    };
    for (let index = 0; index < crowd; index++) {
      await enter(`idle ${index}`, 'none');
      await enter(`caller ${index}`, 'video');
      await enter(`called ${index}`, 'video');
    }
    // A pool holds many only where each is barred from each.
    const waiting: SessionId[] = [];
    for (let index = 0; index < Math.min(crowd, 40); index++) {
      const newcomer = await enter(`waiting ${index}`, 'none');
      for (const other of waiting) {
        await backplane.find(other, { wishes: { ...WISHES, mode: 'text' } });
        await backplane.find(newcomer, { wishes: { ...WISHES, mode: 'text' } });
        await backplane.leave(newcomer, 'current', 'left');
      }
      waiting.push(newcomer);
    }
    for (const id of waiting) await backplane.find(id, {});
    expect((await backplane.count()).waiting.text).toBe(waiting.length);

    const ann = await enter('ann', 'none');
    let found: Promise<unknown> = Promise.resolve();
    const steps = countSteps(() => {
      found = backplane.find(ann, { wishes: { ...WISHES, mode: 'text' } });
    });
    await found;
    expect(await backplane.standing(ann)).toMatchObject({ status: 'matched' });
    return steps;
  };
  expect(await cost(500)).toBe(await cost(3));
});
