import { createClient } from '@redis/client';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A Redis of the test's own, which keeps nothing over a restart unless it is told to. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  readonly #keeps: boolean;
  readonly #dir = mkdtempSync(join(tmpdir(), 'passerby-redis-'));
  #child: ChildProcess | undefined;

  private constructor(port: number, keeps: boolean) {
    this.#port = port;
    this.#keeps = keeps;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** `keeps`: whatever it answered is there again after a kill, until `forget`. */
  static async start({ keeps = false } = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), keeps);
    await server.start();
    return server;
  }

  /** Starts it where it was before, with what it kept. */
  async start(): Promise<void> {
    const options = {
      port: this.#port,
      bind: '127.0.0.1',
      save: '',
      appendonly: this.#keeps ? 'yes' : 'no',
      // Written before it answers, and never put off for a slow disk: it outlives the process, not the machine.
      appendfsync: 'no',
      dir: this.#dir,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`Redis did not start: ${said}`)));
      child.stdout.on('data', (data: Buffer) => {
        said += data.toString();
        if (said.includes('Ready to accept connections')) resolve();
      });
    });
  }

  /** It is gone at once, with all that it does not keep. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** What it kept is gone, too. While it is down. */
  forget(): void {
    rmSync(join(this.#dir, 'appendonlydir'), { recursive: true, force: true });
  }

  /** What it answers to one command, asked behind the back of every backplane. */
  async ask(...command: string[]): Promise<unknown> {
    const client = createClient({ url: this.url });
    await client.connect();
    try {
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  }

  /** It answers nobody, and keeps its connections. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
