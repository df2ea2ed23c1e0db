import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployment } from './support/redis-node.ts';
import { RedisServer } from './support/redis-server.ts';
import { createTalker, transports } from './support/talkers.ts';
import { startTextServer } from './support/text-server.ts';

// Each scenario is written once; who takes part comes in by every pair of ways, to one node or to two.
const ways = transports.flatMap((first) => transports.map((second) => [first, second] as const));
const topologies = ['one node', 'two nodes over Redis'] as const;
const cases = topologies.flatMap((topology) => ways.map((way) => [...way, topology] as const));

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

describe.each(cases)('%s and %s, %s', (first, second, topology) => {
  async function strangers() {
    const node = topology === 'one node' ? undefined : deployment(redis);
    const server = await startTextServer({}, {}, await node?.());
    const other = node ? await startTextServer({}, {}, await node()) : server;
    const ann = createTalker(server, first, 'ann');
    const bob = createTalker(other, second, 'bob');
    return { server, ann, bob };
  }

  async function together() {
    const { server, ann, bob } = await strangers();
    await ann.find();
    expect(await ann.hear()).toBe('waiting');
    await bob.find();
    expect(await ann.hear()).toBe('connected');
    if (second === 'poll of 2010') expect(await bob.hear()).toBe('waiting');
    expect(await bob.hear()).toBe('connected');
    return { server, ann, bob };
  }

  test('[X24] the one who waits meets the one who comes', async () => {
    const { server } = await together();
    expect((await server.chat.count()).matched.text).toBe(2);
  });

  test('[X24] texts go both ways, as they were written and in order', async () => {
    const { ann, bob } = await together();
    const texts = ['Hi!', 'a&b=c+d 100%', '<b>"quoted"\\</b>', 'two\nlines', 'שלום 👩🏽‍🚀', ' x '];
    for (const [from, to] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      for (const text of texts) await from.say(text);
      for (const said of texts) expect(await to.hear()).toEqual({ said });
    }
  });

  test('[X24] typing is seen on and off, and a text ends it', async () => {
    const { ann, bob } = await together();
    for (const [from, to] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      await from.typing(true);
      expect(await to.hear()).toBe('typing');
      await from.typing(false);
      expect(await to.hear()).toBe('stopped typing');
      await from.typing(true);
      expect(await to.hear()).toBe('typing');
      await from.say('so');
      expect(await to.hear()).toEqual({ said: 'so' });
      await from.typing(true);
      expect(await to.hear()).toBe('typing');
      await from.say('end');
      expect(await to.hear()).toEqual({ said: 'end' });
    }
  });

  test.each(['first', 'second'])(
    '[X24] when the %s leaves, the other is told, after all texts',
    async (who) => {
      const { server, ann, bob } = await together();
      const [leaver, stayer] = who === 'first' ? [ann, bob] : [bob, ann];
      await leaver.say('bye');
      await leaver.leave();
      expect(await stayer.hear()).toEqual({ said: 'bye' });
      expect(await stayer.hear()).toBe('left');
      expect((await server.chat.count()).matched.text).toBe(0);
    },
  );

  test('[X24] who stayed is not given to a third person, and what it says reaches nobody', async () => {
    const { server, ann, bob } = await together();
    await ann.leave();
    const cid = createTalker(server, 'later poll', 'cid');
    await cid.find();
    expect(await cid.hear()).toBe('waiting');
    await bob.say('anybody?');
    expect(await bob.hear()).toBe('left');
    expect(await cid.rest()).toEqual([]);
  });
});
