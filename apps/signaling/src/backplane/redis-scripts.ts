import type { RedisClientType } from '@redis/client';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Metrics } from '../core/metrics.ts';

/** The verbs, each a file in `lua/` and one atomic step in Redis. */
const VERBS = [
  'open',
  'claim',
  'confirm',
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

interface Script {
  source: string;
  sha: string;
}

/** The scripts of the backplane, run by their SHA and loaded where Redis does not know them (yet, or any more). */
export class RedisScripts {
  readonly #scripts: ReadonlyMap<Verb, Script>;

  readonly #metrics: Metrics | undefined;

  constructor(metrics?: Metrics) {
    this.#metrics = metrics;
    const read = (name: string): string =>
      readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
    const common = read('common');
    this.#scripts = new Map(
      VERBS.map((verb) => {
        const source = `${common}\n${read(verb)}`;
        return [verb, { source, sha: createHash('sha1').update(source).digest('hex') }];
      }),
    );
  }

  /** Runs one; rejects with the error of Redis or of the connection. */
  async run(client: RedisClientType, verb: Verb, key: string, args: string[]): Promise<unknown> {
    const script = this.#scripts.get(verb);
    if (!script) throw new Error(`no script ${verb}`);
    const options = { keys: [key], arguments: args };
    const asked = performance.now();
    let answered = false;
    try {
      const answer = await client.evalSha(script.sha, options).catch((error: unknown) => {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(script.source, options);
      });
      answered = true;
      return answer;
    } finally {
      this.#metrics?.storeAnswered(performance.now() - asked, answered);
    }
  }
}
