import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePort } from '../../apps/signaling/test/support/free-port.ts';
import { SECRET } from './deployment-secret.ts';

export interface ServerOptions {
  /** Absent: any free one. */
  port?: number | undefined;
  env?: Record<string, string>;
  /** Its memory can be asked for, which has it collect its garbage first. */
  collects?: boolean;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds since 1970. */
  at: number;
}

const MAIN = new URL('../../apps/signaling/src/main.ts', import.meta.url);
const COLLECTOR = new URL('collector.ts', import.meta.url);
const READY_WITHIN_MS = 30_000;
/** Everybody comes from one address here; what limits accounts and connections stays as it is. */
const ONE_ADDRESS = { CONNECTIONS_PER_ADDRESS_MAX: '0', CONNECTIONS_PER_MINUTE: '0' };

/** A server as operators run it, in a process of its own; gone when the test is. */
export class ServerProcess {
  readonly port: number;
  /** Milliseconds from its start to the first 200 of `/ready`. */
  readyMs = 0;
  readonly exited: Promise<Exit>;
  readonly #metricsPort: number;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];

  private constructor(port: number, metricsPort: number, { env, collects = false }: ServerOptions) {
    this.port = port;
    this.#metricsPort = metricsPort;
    this.#child = fork(MAIN, [], {
      execArgv: collects ? ['--expose-gc', '--import', COLLECTOR.href] : [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        ...ONE_ADDRESS,
        NODE_ENV: '',
        HOST: '127.0.0.1',
        PORT: `${port}`,
        METRICS_PORT: `${metricsPort}`,
        SERVE_WEB: 'false',
        REDIS_URL: '',
        DEPLOYMENT_SECRET: SECRET,
        ...env,
      },
    });
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output) createInterface({ input: output }).on('line', (line) => this.#lines.push(line));
    }
    this.exited = once(this.#child, 'exit').then(([code, signal]) => ({
      code: code as Exit['code'],
      signal: signal as Exit['signal'],
      at: Date.now(),
    }));
  }

  /** Resolves when it is ready. */
  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const began = performance.now();
    const server = new ServerProcess(options.port ?? (await freePort()), await freePort(), options);
    onTestFinished(() => server.kill());
    while ((await server.status('/ready')) !== 200) {
      if (server.isOver || performance.now() - began > READY_WITHIN_MS) {
        throw new Error(`the server did not start:\n${server.#lines.join('\n')}`);
      }
      await wait(5);
    }
    server.readyMs = performance.now() - began;
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The status of a GET; 0: no answer. */
  async status(path: string): Promise<number> {
    const answer = await fetch(`${this.url}${path}`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status ?? 0;
  }

  /** The sum over all series of a metric. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.#metricsPort}/metrics`)).text();
    const series = text
      .split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    if (series.length === 0) throw new Error(`no metric ${name}`);
    return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** Bytes of its memory that are resident once all garbage is collected. */
  async memory(): Promise<number> {
    this.#child.send('memory');
    const over = this.exited.then(() => Promise.reject(new Error('the server is over')));
    const [bytes] = (await Promise.race([once(this.#child, 'message'), over])) as [number];
    return bytes;
  }

  /** As `| tee` does that is gone: what the server says from now on, nobody takes. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** It is gone at once. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** What it said that an operator would have to look at. */
  complaints(): string[] {
    return this.#lines.filter((line) => /"level":[56]0|unhandled|warning/i.test(line));
  }
}
