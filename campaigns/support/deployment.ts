import { onTestFinished } from 'vitest';
import { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import { type ServerOptions, ServerProcess } from './server-process.ts';

const NODES = 3;

/** Several nodes over a Redis of their own, gone when the test is. */
export async function startDeployment(options: Pick<ServerOptions, 'collects'> = {}) {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.stop());
  const startNode = (port?: number) =>
    ServerProcess.start({ ...options, port, env: { REDIS_URL: redis.url } });
  const nodes = await Promise.all(Array.from({ length: NODES }, () => startNode()));
  return { redis, nodes, urls: nodes.map(({ url }) => url), startNode };
}
