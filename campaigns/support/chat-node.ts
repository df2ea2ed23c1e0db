import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { MatchingOptions } from '../../apps/signaling/src/backplane/matching-options.ts';
import type { Leases } from '../../apps/signaling/src/core/types.ts';
import type { Ack } from '../../packages/protocol/src/socket-events.ts';

export interface NodeOptions {
  redisUrl: string;
  prefix: string;
  /** The deployment's. */
  secret: string;
  leases: Leases;
  matching: Omit<MatchingOptions, 'random' | 'newMatchId' | 'metrics'>;
}

/** What goes to the process of a node; the number is that of a line. */
export type Said =
  | ['open', number, auth: unknown]
  | ['command', number, command: number, name: string, args: unknown[]]
  | ['close', number];

/** What comes from it. */
export type Told =
  | ['ready']
  | ['event', number, name: string, args: unknown[]]
  | ['refused', number, code: string]
  | ['closed', number]
  | ['answer', command: number, answer: unknown]
  | ['bug', string];

export interface LineListener {
  event(name: string, args: unknown[]): void;
  /** Nothing more comes: refused at the handshake, hung up, or the node is dead. */
  over(code?: string): void;
}

/** The client's end of a line to a node. */
export interface Line {
  readonly node: ChatNode;
  /** The answer; undefined if the node died with it. A line that was hung up answers nothing. */
  ask(name: string, ...args: unknown[]): Promise<Ack | undefined>;
  /** Drops it without a word. */
  close(): void;
}

/** A node of a deployment in a process of its own, and its clients' lines to it. */
export class ChatNode {
  readonly #child: ChildProcess;
  readonly #lines = new Map<number, LineListener>();
  readonly #asked = new Map<number, (answer: Ack | undefined) => void>();
  readonly #outbox: Said[] = [];
  readonly #bug: (what: string) => void;
  readonly #ready = Promise.withResolvers<void>();
  #last = 0;
  #isPaused = false;

  private constructor(options: NodeOptions, bug: (what: string) => void) {
    this.#bug = bug;
    const file = new URL('./chat-node-process.ts', import.meta.url);
    this.#child = fork(file, [JSON.stringify(options)], { execArgv: [] });
    this.#child.on('message', (batch) => {
      for (const told of batch as Told[]) this.#hear(told);
    });
    // A channel that breaks under a message is told by `exit`, too.
    this.#child.on('error', () => {});
    this.#child.once('exit', () => this.#gone());
    this.#ready.promise.catch(() => undefined);
  }

  /** `bug` hears of everything that a node must never log. Resolves when the node is part of its deployment. */
  static async start(options: NodeOptions, bug: (what: string) => void): Promise<ChatNode> {
    const node = new ChatNode(options, bug);
    await node.#ready.promise;
    return node;
  }

  get isAlive(): boolean {
    return this.#child.connected;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  open(auth: unknown, listener: LineListener): Line {
    const id = ++this.#last;
    if (this.isAlive) this.#lines.set(id, listener);
    else queueMicrotask(() => listener.over());
    this.#say(['open', id, auth]);
    return {
      node: this,
      ask: (name, ...args) => {
        const command = ++this.#last;
        const { promise, resolve } = Promise.withResolvers<Ack | undefined>();
        if (this.isAlive) this.#asked.set(command, resolve);
        else resolve(undefined);
        this.#say(['command', id, command, name, args]);
        return promise;
      },
      close: () => {
        this.#lines.delete(id);
        this.#say(['close', id]);
      },
    };
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** SIGSTOP for so long; what is said to it meanwhile waits. */
  async pauseFor(ms: number): Promise<void> {
    this.pause();
    await pause(ms);
    this.goOn();
  }

  /** SIGSTOP. */
  pause(): void {
    this.#isPaused = true;
    this.#child.kill('SIGSTOP');
  }

  /** SIGCONT. */
  goOn(): void {
    this.#isPaused = false;
    this.#child.kill('SIGCONT');
  }

  #say(said: Said): void {
    if (this.#outbox.push(said) > 1) return;
    setImmediate(() => {
      const batch = this.#outbox.splice(0);
      if (this.isAlive) this.#child.send(batch, () => {});
    });
  }

  #hear(told: Told): void {
    switch (told[0]) {
      case 'ready':
        this.#ready.resolve();
        return;
      case 'event':
        this.#lines.get(told[1])?.event(told[2], told[3]);
        return;
      case 'refused':
        this.#over(told[1], told[2]);
        return;
      case 'closed':
        this.#over(told[1]);
        return;
      case 'answer':
        this.#asked.get(told[1])?.(told[2] as Ack);
        this.#asked.delete(told[1]);
        return;
      case 'bug':
        this.#bug(told[1]);
    }
  }

  #over(id: number, code?: string): void {
    const listener = this.#lines.get(id);
    this.#lines.delete(id);
    listener?.over(code);
  }

  #gone(): void {
    this.#ready.reject(new Error('a node ended before it was ready'));
    for (const id of [...this.#lines.keys()]) this.#over(id);
    for (const resolve of this.#asked.values()) resolve(undefined);
    this.#asked.clear();
  }
}
