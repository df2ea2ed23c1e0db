import { ErrorReply, type RedisClientType } from '@redis/client';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EVENT_WEIGHT_MAX } from './entry.ts';
import type { MatchingOptions } from './matching-options.ts';

/** What the verbs are made of, in this order, each a file in `lua/parts/`. */
const PARTS = ['record', 'sessions', 'resuming', 'mailboxes', 'pool', 'matches', 'calls'];

/** The verbs, each a file in `lua/` and one atomic step in Redis. */
const VERBS = [
  'open',
  'claim',
  'confirm',
  'restore',
  'renew',
  'away',
  'back',
  'find',
  'widen',
  'due',
  'leave',
  'send',
  'end',
  'standing',
  'drain',
  'lapsed',
  'count',
] as const;
export type Verb = (typeof VERBS)[number];

interface ScriptOptions extends MatchingOptions {
  /** Milliseconds since 1970. Absent: the clock of Redis. */
  now?(): number;
}

/** They make a session: where memory is full, they alone are refused. */
const GROWING: ReadonlySet<Verb> = new Set(['open', 'restore']);

/** So many verbs in one call at most, for Redis does nothing else meanwhile: it takes them about a millisecond. */
const VERBS_MAX = 32;

/** A verb that was asked for in this turn of the event loop. */
interface Asked {
  readonly verb: Verb;
  readonly args: readonly string[];
  resolve(answer: unknown[]): void;
  reject(error: unknown): void;
}

/**
 * The scripts of the backplane: a library of one function, called by the SHA of its text, so that several
 * versions can be there, and loaded where Redis does not know it (yet, or any more). All verbs of one turn
 * go out in one call, in the order in which they were asked for.
 */
export class RedisScripts {
  readonly #client: RedisClientType;
  readonly #prefix: string;
  readonly #node: string;
  readonly #options: ScriptOptions;
  readonly #library: string;
  readonly #name: string;
  #asked: Asked[] = [];
  #loading: Promise<unknown> | undefined;

  /** `prefix`: what every key begins with. `node`: who asks. */
  constructor(client: RedisClientType, prefix: string, node: string, options: ScriptOptions) {
    this.#client = client;
    this.#prefix = prefix;
    this.#node = node;
    this.#options = options;
    const parts = [constants(options), ...PARTS.map((part) => read(`parts/${part}`))];
    const verbs = VERBS.map((verb) => [verb, read(verb)] as const);
    const library = (name: string) =>
      [
        `#!lua name=${name}`,
        ...parts,
        ...verbs.map(([verb, body]) => `verbs['${verb}'] = function(...)\n${body}end`),
        // What ends or goes on must not be refused when memory is full, or nothing would ever make room again.
        `redis.register_function{ function_name = '${name}', callback = call, flags = { 'allow-oom' } }`,
        `redis.register_function('${grown(name)}', call)`,
      ].join('\n');
    this.#name = `passerby_${sha1(library(''))}`;
    this.#library = library(this.#name);
  }

  /** Runs one with the end of this turn; rejects with the error of Redis or of the connection. */
  async run(verb: Verb, args: readonly string[]): Promise<unknown[]> {
    const { random, newMatchId, metrics } = this.#options;
    const asked = performance.now();
    let answered = false;
    try {
      const answer = await new Promise<unknown[]>((resolve, reject) => {
        this.#asked.push({ verb, args: [newMatchId(), `${random()}`, ...args], resolve, reject });
        if (this.#asked.length === 1) setImmediate(() => this.#askAll());
      });
      answered = true;
      return answer;
    } finally {
      metrics?.storeAnswered(performance.now() - asked, answered);
    }
  }

  #askAll(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (let from = 0; from < asked.length; from += VERBS_MAX) {
      void this.#ask(asked.slice(from, from + VERBS_MAX));
    }
  }

  async #ask(asked: readonly Asked[]): Promise<void> {
    const { now } = this.#options;
    const verbs = asked.flatMap(({ verb, args }) => [verb, `${args.length - 2}`, ...args]);
    const grows = asked.some(({ verb }) => GROWING.has(verb));
    try {
      const name = grows ? grown(this.#name) : this.#name;
      const answers = await this.#call(name, [now ? `${now()}` : '', this.#node, ...verbs]);
      for (const [index, { resolve, reject }] of asked.entries()) {
        const answer = answers[index];
        if (answer instanceof Error) reject(answer);
        else resolve(answer as unknown[]);
      }
    } catch (error) {
      const refused = grows && isFull(error) ? asked.filter(({ verb }) => GROWING.has(verb)) : asked;
      for (const { reject } of refused) reject(error);
      // Nothing of the call was done: the others go on without them.
      if (refused.length < asked.length) await this.#ask(asked.filter(({ verb }) => !GROWING.has(verb)));
    }
  }

  async #call(name: string, args: string[]): Promise<unknown[]> {
    const call = () => this.#client.fCall(name, { keys: [this.#prefix], arguments: args });
    const answers = await call().catch(async (error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'ERR Function not found') throw error;
      await this.#load();
      return call();
    });
    return answers as unknown[];
  }

  /** Once for all who miss it; another node may have done so meanwhile. */
  #load(): Promise<unknown> {
    this.#loading ??= this.#client
      .functionLoad(this.#library, { REPLACE: true })
      .finally(() => (this.#loading = undefined));
    return this.#loading;
  }
}

/** The function of that library for calls with a verb that needs more memory. */
function grown(name: string): string {
  return `${name}_growing`;
}

/** Whether Redis refused because its memory is full. */
export function isFull(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith('OOM ');
}

/** What reads and writes the record of a session. */
export function recordScript(): string {
  return read('parts/record');
}

/** The files that say in which form something is stored. */
const FORMS = ['record', 'resuming', 'mailboxes'];

/**
 * What every key of the deployment of this prefix begins with. It bears the SHA of the forms in which things are
 * stored, so that a version with others has keys of its own: neither takes anything of the other for its own, nor
 * takes it away.
 */
export function keyspaceOf(prefix: string): string {
  const code = FORMS.map((part) => read(`parts/${part}`).replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' '));
  return `${prefix}${sha1(code.join('\n')).slice(0, 8)}:`;
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function read(name: string): string {
  return readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
}

/** What the operator has set is the same at every call, so it stands in the scripts. */
function constants(options: ScriptOptions): string {
  const values = {
    MATCH_WINDOW: options.matchWindow,
    INTEREST_WAIT_MS: options.interestWaitMs,
    REMATCH_AFTER_MS: options.rematchAfterMs,
    REMATCH_AFTER_FAILURE_MS: options.rematchAfterFailureMs,
    MAILBOX_MAX: options.mailboxMax,
    EVENT_WEIGHT_MAX,
  };
  return `local ${Object.keys(values).join(', ')} = ${Object.values(values).join(', ')}`;
}
