import { ChatError } from '@passerby/protocol';
import { expect, test } from 'vitest';
import type { Backplane } from '../src/core/ports.ts';
import type { SessionId } from '../src/core/types.ts';
import { memoryBackplane, numbered } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';
import { PAUSE_MS, startTextServer } from './support/text-server.ts';

/** A server whose backplane can fail at some verbs, before or after they did their work. */
async function setUp() {
  const clock = new TestClock();
  const failing = new Map<keyof Backplane, 'before' | 'after'>();
  const memory = memoryBackplane({ now: clock.now });
  const backplane = new Proxy<Backplane>(memory, {
    get(target, name: keyof Backplane) {
      const verb = (target[name] as (...args: unknown[]) => unknown).bind(target);
      return async (...args: unknown[]) => {
        if (failing.get(name) === 'before') throw new ChatError('unavailable');
        const answer = await verb(...args);
        if (failing.get(name) === 'after') throw new ChatError('unavailable');
        return answer;
      };
    },
  });
  // What is not a promise in the port must not become one.
  const watch: Backplane['watch'] = (...args) => memory.watch(...args);
  const shared = { ...bound(backplane), watch };
  const server = await startTextServer(
    {},
    {},
    { backplane: shared, clock, newSessionId: numbered<SessionId>('session') },
  );
  return { server, memory, failing, clock };
}

function bound(backplane: Backplane): Backplane {
  const verbs = Object.getOwnPropertyNames(Object.getPrototypeOf(memoryBackplane())) as (keyof Backplane)[];
  return Object.fromEntries(verbs.map((verb) => [verb, backplane[verb]])) as unknown as Backplane;
}

test.each(['before', 'after'] as const)(
  '[X32] a text that the backplane could not take, failing %s its work, comes once and before the next',
  async (when) => {
    const { server, failing } = await setUp();
    const ann = await server.startLater();
    const bob = server.ours('bob');
    await bob.next('session:welcome');
    await bob.ask('peer:find', { mode: 'text' });
    await bob.next('peer:found');
    failing.set('send', when);
    expect(await ann.ask('/send', { msg: 'one' })).toBe('win');
    expect(await ann.ask('/send', { msg: 'two' })).toBe('win');
    failing.clear();
    expect(await ann.ask('/send', { msg: 'three' })).toBe('win');
    const heard = [];
    for (let seq = 1; seq <= 3; seq++) heard.push((await bob.next('chat:message'))[0]);
    expect(heard).toMatchObject([
      { seq: 1, text: 'one' },
      { seq: 2, text: 'two' },
      { seq: 3, text: 'three' },
    ]);
  },
);

test.each(['find', 'drain', 'count'] as const)(
  '[X33] a start that fails at %s leaves nobody to be met',
  async (verb) => {
    const { server, memory, failing } = await setUp();
    failing.set(verb, 'after');
    const [reply] = await Promise.all([
      server.post('/start?firstevents=1'),
      server.timers.reached(1).then(() => server.timers.pass(PAUSE_MS)),
    ]);
    expect(reply.status).toBe(503);
    failing.clear();
    expect(await memory.count()).toMatchObject({ online: 0, waiting: { text: 0 } });
  },
);

test('[X33] a conversation that the backplane has forgotten is forgotten here, too', async () => {
  const { server, memory } = await setUp();
  const ann = await server.start();
  const waiting = server.timers.size;
  await memory.end('session-00000001' as SessionId, 'lost');
  const poll = ann.poll();
  await server.timers.reached(waiting + 1);
  server.timers.pass(PAUSE_MS);
  expect(await poll).toBeNull();
  expect(await ann.ask('/send', { msg: 'anybody?' })).toBe('');
});
