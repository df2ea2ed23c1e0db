import { type Fate, FaultProxy } from '../../apps/signaling/test/support/fault-proxy.ts';
import { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { CuttableNetwork } from '../support/network.ts';
import { opens } from '../support/opened.ts';
import { Pair } from '../support/pair.ts';
import { Stranger } from '../support/stranger.ts';
import { type TurnServer, startTurnServer } from '../support/turn-server.ts';

/** All that a call goes through, each part where a fault can have it. */
export interface Scene {
  pair: Pair;
  redis: RedisServer;
  turn: TurnServer;
  /** Bob is at its other end. */
  network: CuttableNetwork;
  /** Each stranger's way to the server leads to the node of that number, and to another while that is gone. */
  nodes: readonly [Node, Node];
  /** Ann's and Bob's. */
  ways: readonly [FaultProxy, FaultProxy];
}

/** One node of the deployment, with a process or without. */
class Node {
  readonly app: RunningApp;
  isUp = true;

  constructor(app: RunningApp) {
    this.app = app;
  }

  async replace(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.isUp = false;
    await this.app.kill(signal);
    await this.app.restart();
    this.isUp = true;
  }
}

const UNHARMED: Fate = { pace: { kind: 'plain' }, end: 'close', afterBytes: Infinity };

/** A relayed call between two browsers by two nodes over Redis. */
export async function openScene(): Promise<Scene> {
  const redis = opens(await RedisServer.start(), (one) => one.stop());
  const network = opens(CuttableNetwork.create(), (one) => one.remove());
  const { hostAddress } = network;
  const turn = opens(await startTurnServer(hostAddress), (one) => one.stop());
  const startNode = async (): Promise<Node> => {
    const app = await startApp({
      REDIS_URL: redis.url,
      DEPLOYMENT_SECRET: 'the secret of a deployment of two nodes',
      TURN_URLS: `turn:${hostAddress}:${turn.port}?transport=udp`,
      TURN_SECRET: turn.secret,
    });
    return opens(new Node(app), () => app.stop());
  };
  const nodes = [await startNode(), await startNode()] as const;
  const openWay = async (number: 0 | 1, host?: string): Promise<FaultProxy> => {
    const target = () => [nodes[number], ...nodes].find(({ isUp }) => isUp)?.app.port ?? 0;
    const way = await FaultProxy.start(target, () => UNHARMED, host);
    return opens(way, (one) => one.close());
  };
  const ways = [await openWay(0), await openWay(1, hostAddress)] as const;
  const inside = network.browser(ways[1].port);
  const [ann, bob] = await Promise.all([
    Stranger.open({ colour: 'red' }),
    Stranger.open({ ...inside, colour: 'blue' }),
  ]);
  const urls = [`http://localhost:${ways[0].port}`, network.urlOf(ways[1].port)] as const;
  const pair = await Pair.meet(ann, urls[0], bob, urls[1], { relayed: true });
  return { pair, redis, turn, network, nodes, ways };
}
