import { randomBytes } from 'node:crypto';
import type { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import { ChatNode, type NodeOptions } from './chat-node.ts';

let deployments = 0;

/** Nodes of one deployment, each a process. One that is killed is replaced by a new one. */
export class ChatNodes {
  readonly prefix: string;
  readonly #options: NodeOptions;
  readonly #bug: (what: string) => void;
  #nodes: ChatNode[] = [];

  private constructor(redis: RedisServer, options: ChatNodesOptions) {
    const { bug, ...rest } = options;
    this.prefix = `{campaign-${++deployments}}`;
    const secret = randomBytes(32).toString('base64url');
    this.#options = { ...rest, redisUrl: redis.url, prefix: this.prefix, secret };
    this.#bug = bug;
  }

  static async start(redis: RedisServer, size: number, options: ChatNodesOptions): Promise<ChatNodes> {
    const deployment = new ChatNodes(redis, options);
    await Promise.all(Array.from({ length: size }, () => deployment.add()));
    return deployment;
  }

  /** Those that are not dead. */
  get nodes(): readonly ChatNode[] {
    return this.#nodes;
  }

  /** Resolves when the new node is there. */
  async add(): Promise<ChatNode> {
    const node = await ChatNode.start(this.#options, this.#bug);
    this.#nodes.push(node);
    return node;
  }

  /** kill -9. */
  async kill(node: ChatNode): Promise<void> {
    this.#nodes = this.#nodes.filter((other) => other !== node);
    await node.kill();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()));
  }
}

export type ChatNodesOptions = Omit<NodeOptions, 'redisUrl' | 'prefix' | 'secret'> & {
  /** Hears of everything that a node must never log. */
  bug(what: string): void;
};
