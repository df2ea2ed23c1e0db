import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a process can be asked for; a question takes at most one argument, and one is asked at a time. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the least of any such function
type Verbs = Record<string, (argument: any) => unknown>;

/** The messages over the IPC channel. The first of a child says that it is ready. */
type Answer = { answer: unknown } | { failed: string };

export interface ChildOptions {
  execArgv?: string[];
  env?: Record<string, string>;
  cwd?: string;
  /** Where its standard output goes; absent: nowhere. */
  stdout?: number;
}

/** A process that was started to be asked; it ends when it is closed, and with its parent. */
export class Child<Asked extends Verbs> {
  readonly #process: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves with the child and what it said first. */
  static async start<Asked extends Verbs, Ready>(
    file: URL,
    { execArgv = [], env = {}, cwd, stdout }: ChildOptions = {},
  ): Promise<[Child<Asked>, Ready]> {
    const child = fork(file, {
      execArgv,
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', stdout ?? 'ignore', 'inherit', 'ipc'],
    });
    return [new Child<Asked>(child), (await nextAnswer(child)) as Ready];
  }

  /** Asks when what was asked before is answered. Rejects with what went wrong there, or where it is gone. */
  ask<Name extends keyof Asked & string>(
    name: Name,
    ...[argument]: Parameters<Asked[Name]>
  ): Promise<Awaited<ReturnType<Asked[Name]>>> {
    const asked = this.#last.then(() => {
      this.#process.send([name, argument]);
      return nextAnswer(this.#process) as Promise<Awaited<ReturnType<Asked[Name]>>>;
    });
    this.#last = asked.catch(() => {});
    return asked;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const closed = once(this.#process, 'exit');
    this.#process.disconnect();
    await closed;
  }
}

async function nextAnswer(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const exit = once(child, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`a process of the bench ended with ${String(code)}`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal: gone.signal }), exit])) as [
      Answer,
    ];
    if ('failed' in message) throw new Error(message.failed);
    return message.answer;
  } finally {
    exit.catch(() => {}); // Aborted, or told by the race.
    gone.abort();
  }
}

/** The child's side: says that it is ready, answers with `verbs`, and ends with its parent. */
export function answerParent(ready: unknown, verbs: Verbs): void {
  process.on('message', ([name, argument]: [string, unknown]) => {
    void (async () => {
      try {
        tell({ answer: await verbs[name]?.(argument) });
      } catch (error) {
        tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    })();
  });
  process.on('disconnect', () => process.exit());
  tell({ answer: ready });
}

function tell(answer: Answer): void {
  process.send?.(answer);
}
