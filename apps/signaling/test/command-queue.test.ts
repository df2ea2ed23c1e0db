import { expect, test } from 'vitest';
import { CommandQueue } from '../src/core/command-queue.ts';
import type { SessionId } from '../src/core/types.ts';
import { seededRandom } from './support/random.ts';

const [ann, bob] = ['ann' as SessionId, 'bob' as SessionId];

test('[C1] the commands of a session run one after another, those of others beside them', async () => {
  const queue = new CommandQueue();
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  const command = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise<void>((resolve) => gates.set(name, resolve));
    log.push(`${name} ends`);
    return name;
  };
  const done = [
    queue.run(ann, command('ann 1')),
    queue.run(ann, command('ann 2')),
    queue.run(bob, command('bob 1')),
  ];
  expect(log).toEqual(['ann 1 begins', 'bob 1 begins']);
  gates.get('bob 1')?.();
  await done[2];
  expect(log).toEqual(['ann 1 begins', 'bob 1 begins', 'bob 1 ends']);
  gates.get('ann 1')?.();
  await done[0];
  expect(log.slice(3)).toEqual(['ann 1 ends', 'ann 2 begins']);
  gates.get('ann 2')?.();
  expect(await Promise.all(done)).toEqual(['ann 1', 'ann 2', 'bob 1']);
});

test('[C1] a command that fails fails alone', async () => {
  const queue = new CommandQueue();
  const first = queue.run(ann, () => Promise.reject(new Error('first')));
  const second = queue.run(ann, async () => 'second');
  await expect(first).rejects.toThrow('first');
  expect(await second).toBe('second');
});

test('[C1] any number of commands with any delays keep their order, and nothing is kept of them', async () => {
  const seed = 20_260_105;
  const random = seededRandom(seed);
  const queue = new CommandQueue();
  const order = new Map<SessionId, number[]>();
  const running = new Set<SessionId>();
  const all: Promise<void>[] = [];
  for (let index = 0; index < 2_000; index++) {
    const session = `session ${Math.floor(random() * 20)}` as SessionId;
    const ticks = Math.floor(random() * 6);
    const fails = random() < 0.2;
    const command = async () => {
      expect(running.has(session), `seed ${seed}, command ${index}`).toBe(false);
      running.add(session);
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      running.delete(session);
      order.set(session, [...(order.get(session) ?? []), index]);
      if (fails) throw new Error('as planned');
    };
    all.push(
      queue.run(session, command).catch((error: unknown) => expect(String(error)).toMatch('as planned')),
    );
    if (random() < 0.3) await Promise.resolve();
  }
  await Promise.all(all);
  expect([...order.values()].flat()).toHaveLength(2_000);
  for (const indexes of order.values()) expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
  expect(queue.size).toBe(0);
});
