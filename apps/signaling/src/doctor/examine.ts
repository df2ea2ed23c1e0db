import { type Config, ConfigError, loadConfig } from '../config.ts';
import { checkDataDir } from './check-data-dir.ts';
import { checkIce } from './check-ice.ts';
import { checkOrigin } from './check-origin.ts';
import { checkRedis } from './check-redis.ts';
import type { Finding } from './finding.ts';

export interface Examination {
  /** What the server would be started with. */
  env: Record<string, string | undefined>;
  /** Where people open it; absent: that is not looked at. */
  origin?: string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** Whom to trust beside the usual authorities (PEM). */
  ca?: string | undefined;
}

/** Looks at everything a deployment needs, one finding after another as they come; changes nothing. */
export async function* examine({ env, ...rest }: Examination): AsyncGenerator<Finding> {
  const read = readConfig(env);
  if ('problems' in read) {
    const advice = 'correct it (.env.example explains each variable); the rest is looked at then';
    for (const detail of read.problems) yield { level: 'fail', subject: 'configuration', detail, advice };
    return;
  }
  const { config } = read;
  yield { level: 'ok', subject: 'configuration', detail: 'every variable is well-formed' };
  if (!config.production) {
    const detail = 'NODE_ENV is not production: unsafe settings are not refused';
    yield {
      level: 'warn',
      subject: 'configuration',
      detail,
      advice: 'set NODE_ENV=production on the internet',
    };
  }
  yield* checkDataDir(config);
  yield* checkRedis(config);
  yield* checkIce({ ice: config.ice, ...rest });
  yield* checkOrigin({ ...rest, origin: rest.origin });
}

function readConfig(env: Examination['env']): { config: Config } | { problems: readonly string[] } {
  try {
    return { config: loadConfig(env) };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}
