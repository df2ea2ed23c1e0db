import { fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Asked } from './text-server-process.ts';

export interface TextServerChild extends Asked {
  readonly port: number;
}

/** A server with the text API, without limits, in a process that ends with the test. */
export async function startTextServerChild(): Promise<TextServerChild> {
  const file = new URL('./text-server-process.ts', import.meta.url);
  const child = fork(file, { execArgv: ['--expose-gc'] });
  onTestFinished(() => void child.kill());
  const [port] = (await once(child, 'message')) as [number];
  const ask = async (name: keyof Asked, argument?: number): Promise<number> => {
    child.send([name, argument]);
    const [answer] = await once(child, 'message');
    return answer as number;
  };
  return {
    port,
    waiting: async (count) => void (await ask('waiting', count)),
    pass: async (ms) => void (await ask('pass', ms)),
    memory: () => ask('memory'),
  };
}
