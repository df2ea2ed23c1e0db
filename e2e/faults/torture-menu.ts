import { setTimeout } from 'node:timers/promises';
import type { Stranger } from '../support/stranger.ts';
import { claimFailure } from './claim-failure.ts';
import type { Scene } from './torture-scene.ts';

/** What can happen to a call. Each is over when it resolves, and the call should recover. */
export const FAULTS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'media is cut for 3 s': ({ network }) => lose(network, 'udp', 3_000),
  'media is cut for 8 s': ({ network }) => lose(network, 'udp', 8_000),
  'everything is cut for 5 s': ({ network }) => lose(network, 'all', 5_000),
  'one packet in seven is lost for 5 s': ({ network }) => lose(network, { percent: 15 }, 5_000),
  'another address': async ({ network }) => {
    network.unplug();
    await setTimeout(1_000);
    network.plugInElsewhere();
  },
  'the TURN server is replaced': async ({ turn }) => {
    await turn.kill();
    await turn.restart();
  },
  "one side's line is reset": async ({ ways }) => ways[0].end('reset'),
  'both lines are reset': async ({ ways }) => {
    for (const way of ways) way.end('reset');
  },
  "one side's line is dead without a sign": async ({ ways }) => ways[1].end('half-open'),
  'both lines stall for 3 s': async ({ ways }) => {
    for (const way of ways) way.stall(3_000);
    await setTimeout(3_000);
  },
  'a node is killed and replaced': ({ nodes }) => nodes[0].replace('SIGKILL'),
  'a node is told to end and replaced': ({ nodes }) => nodes[1].replace('SIGTERM'),
  'Redis answers nobody for 3 s': async ({ redis }) => {
    redis.freeze();
    await setTimeout(3_000);
    redis.thaw();
  },
  'Redis drops its connections': async ({ redis }) => {
    for (const type of ['normal', 'pubsub']) await redis.ask('CLIENT', 'KILL', 'TYPE', type);
  },
  'a browser says that it is offline, and online': async ({ pair: { ann } }) => {
    await ann.page.context().setOffline(true);
    await setTimeout(1_000);
    await ann.page.context().setOffline(false);
  },
  'a page is frozen for 3 s': async ({ pair: { bob } }) => {
    const session = await bob.page.context().newCDPSession(bob.page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await setTimeout(3_000);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await session.detach();
  },
  'a browser has a quarter of its processor for 4 s': async ({ pair: { ann } }) => {
    const session = await ann.page.context().newCDPSession(ann.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await setTimeout(4_000);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await session.detach();
  },
  'both sides restart ICE': async ({ pair }) => {
    await pair.both(({ page }) => claimFailure(page));
  },
  'a camera is switched off and on': async ({ pair: { bob } }) => {
    await camera(bob).click();
    await camera(bob).click();
  },
  // Nobody has to do anything: another camera takes its place, or the same one that is there again.
  'a camera is pulled out and back': async ({ pair: { ann } }) => {
    await ann.page.evaluate(() => {
      const track = window.recording.tracks.findLast(
        ({ kind, readyState }) => kind === 'video' && readyState === 'live',
      );
      if (!track) throw new Error('no camera');
      // A browser ends the track and says so; a page that ends it hears nothing.
      track.stop();
      track.dispatchEvent(new Event('ended'));
    });
  },
};

async function lose(
  network: Scene['network'],
  loss: Parameters<Scene['network']['cut']>[0],
  ms: number,
): Promise<void> {
  network.cut(loss);
  await setTimeout(ms);
  network.heal();
}

function camera({ page }: Stranger) {
  return page.getByRole('button', { name: 'Camera', exact: true });
}
