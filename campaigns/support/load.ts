import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { LoadOptions, LoadVerb, Request, Response } from './load-process.ts';
import type { People } from './people.ts';

type Arguments<Verb extends LoadVerb> = Parameters<People[Verb]>;
type Answer<Verb extends LoadVerb> = Awaited<ReturnType<People[Verb]>>;

/** A process full of people, gone when the test is. */
export class Load {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (response: Response) => void>();
  #asked = 0;

  constructor(options: LoadOptions) {
    const script = new URL('load-process.ts', import.meta.url);
    this.#child = fork(script, [JSON.stringify(options)], {
      // Not those of the test runner.
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => {
      const response = message as Response;
      this.#pending.get(response.number)?.(response);
    });
    this.#child.once('exit', () => {
      for (const [number, answer] of this.#pending) answer({ number, error: 'the load process ended' });
    });
    onTestFinished(() => this.kill());
  }

  /** Has its people do or tell this. Rejects when it cannot be, or the process is gone. */
  ask<Verb extends LoadVerb>(verb: Verb, ...args: Arguments<Verb>): Promise<Answer<Verb>> {
    const request: Request = { number: ++this.#asked, verb, args };
    return new Promise((resolve, reject) => {
      this.#pending.set(request.number, (response) => {
        this.#pending.delete(request.number);
        if ('error' in response) reject(new Error(`${verb}: ${response.error}`));
        else resolve(response.value as Answer<Verb>);
      });
      this.#child.send(request);
    });
  }

  /** Its people are gone at once, and say nothing. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/** Several processes, so that none of them is what everybody waits for. */
export function startLoads(urls: readonly string[], { processes = 2, seed = 1 } = {}): Load[] {
  return Array.from(
    { length: processes },
    (_, index) => new Load({ name: `p${index}-`, urls, seed: seed * processes + index }),
  );
}

/** Asks several at once; their answers in order. */
export function askAll<Verb extends LoadVerb>(
  loads: readonly Load[],
  verb: Verb,
  ...args: Arguments<Verb>
): Promise<Answer<Verb>[]> {
  return Promise.all(loads.map((load) => load.ask(verb, ...args)));
}
