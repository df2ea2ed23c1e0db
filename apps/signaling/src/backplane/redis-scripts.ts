import type { RedisClientType } from '@redis/client';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Metrics } from '../core/metrics.ts';
import type { MatchingOptions } from './matching-options.ts';

/** What the verbs are made of, in this order, each a file in `lua/parts/`. */
const PARTS = ['record', 'sessions', 'resuming', 'mailboxes', 'pool', 'matches'];

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

/** The draws are made for each call. */
type ScriptOptions = Omit<MatchingOptions, 'random' | 'newMatchId'>;

/**
 * The scripts of the backplane: one library of functions, called by the SHA of its text, so that several
 * versions can be there, and loaded where Redis does not know it (yet, or any more).
 */
export class RedisScripts {
  readonly #library: string;
  readonly #name: string;
  readonly #metrics: Metrics | undefined;
  #loading: Promise<unknown> | undefined;

  constructor(options: ScriptOptions) {
    this.#metrics = options.metrics;
    const parts = [constants(options), ...PARTS.map((part) => read(`parts/${part}`))];
    const verbs = VERBS.map((verb) => [verb, read(verb)] as const);
    const library = (name: string) =>
      [
        `#!lua name=${name}`,
        ...parts,
        ...verbs.map(
          ([verb, body]) =>
            `redis.register_function('${name}_${verb}', function(keys, args)\nbegin(keys, args)\n${body}end)`,
        ),
      ].join('\n');
    this.#name = `passerby_${createHash('sha1').update(library('')).digest('hex')}`;
    this.#library = library(this.#name);
  }

  /** Runs one; rejects with the error of Redis or of the connection. */
  async run(client: RedisClientType, verb: Verb, key: string, args: string[]): Promise<unknown> {
    const call = () => client.fCall(`${this.#name}_${verb}`, { keys: [key], arguments: args });
    const asked = performance.now();
    let answered = false;
    try {
      const answer = await call().catch(async (error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'ERR Function not found') throw error;
        await this.#load(client);
        return call();
      });
      answered = true;
      return answer;
    } finally {
      this.#metrics?.storeAnswered(performance.now() - asked, answered);
    }
  }

  /** Once for all who miss it; another node may have done so meanwhile. */
  #load(client: RedisClientType): Promise<unknown> {
    this.#loading ??= client
      .functionLoad(this.#library, { REPLACE: true })
      .finally(() => (this.#loading = undefined));
    return this.#loading;
  }
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
  };
  return `local ${Object.keys(values).join(', ')} = ${Object.values(values).join(', ')}`;
}
