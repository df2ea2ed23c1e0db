import type { RedisServer } from '../apps/signaling/test/support/redis-server.ts';

/** Seconds of processor time that Redis has used, by itself and in the kernel. */
export async function processorTime(redis: RedisServer): Promise<number> {
  const info = String(await redis.ask('INFO', 'cpu'));
  const of = (name: string) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]);
  return of('used_cpu_sys') + of('used_cpu_user');
}
