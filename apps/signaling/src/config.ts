import type { IceConfig } from './ice-servers.ts';

type Environment = Record<string, string | undefined>;

export type Config = ReturnType<typeof loadConfig>;

/** All that is wrong with the environment, one line a variable. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads every variable of `.env.example`; nothing else reads the environment. Pure: the same
 * environment gives the same frozen object. Throws ConfigError with all problems at once.
 */
export function loadConfig(env: Environment) {
  const problems: string[] = [];
  const read = reader(env, problems);
  const production = env['NODE_ENV'] === 'production';

  const auth = readAuth(read, problems, production);
  const serveWeb = read.flag('SERVE_WEB', true);
  checkWebSignIn(read, problems, { production, serveWeb, firebase: auth.kind === 'firebase' });
  const admin = readAdmin(read, problems);
  const ice: IceConfig = {
    stunUrls: read.list('STUN_URLS', /^stuns?:[^\s,]+$/),
    turnUrls: read.list('TURN_URLS', /^turns?:[^\s,]+$/),
    turnSecret: read.text('TURN_SECRET'),
    turnTtlMs: read.count('TURN_TTL_SECONDS', 3_600, 60) * 1_000,
  };
  if (ice.turnUrls.length > 0 && ice.turnSecret === '') {
    problems.push('TURN_SECRET is required with TURN_URLS (the static-auth-secret of the TURN server)');
  }
  if (production && ice.turnSecret !== '' && ice.turnSecret.length < 32) {
    problems.push('TURN_SECRET must have at least 32 characters in production');
  }
  if (ice.turnTtlMs > 3_600_000) problems.push('TURN_TTL_SECONDS must be at most 3600');

  const allowedOrigins = read.list('ALLOWED_ORIGINS', /^\S+$/);
  for (const origin of allowedOrigins) {
    if (origin === '*')
      problems.push('ALLOWED_ORIGINS must name origins; * would let any page use the server');
    else if (URL.parse(origin)?.origin !== origin) {
      problems.push(`ALLOWED_ORIGINS: ${origin} is not an origin like https://chat.example.org`);
    } else if (production && !origin.startsWith('https://')) {
      problems.push(`ALLOWED_ORIGINS: ${origin} must be https in production`);
    }
  }

  const secret = read.text('DEPLOYMENT_SECRET');
  if (secret !== '' && secret.length < 32)
    problems.push('DEPLOYMENT_SECRET must have at least 32 characters');

  const redisUrl = read.text('REDIS_URL');
  if (redisUrl !== '' && !/^rediss?:$/.test(URL.parse(redisUrl)?.protocol ?? '')) {
    problems.push('REDIS_URL must be an address like redis://localhost:6379');
  }
  if (redisUrl !== '' && secret === '') {
    problems.push('DEPLOYMENT_SECRET is required with REDIS_URL: all nodes must have the same one');
  }

  const config = {
    production,
    host: read.text('HOST', '0.0.0.0'),
    port: read.port('PORT', 8080),
    serveWeb,
    allowedOrigins: new Set(allowedOrigins) as ReadonlySet<string>,
    trustedHops: read.count('TRUST_PROXY', 0),
    dataDir: read.text('DATA_DIR', '.data'),
    deploymentSecret: secret === '' ? undefined : secret,
    redisUrl: redisUrl === '' ? undefined : redisUrl,
    logLevel: read.choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error'], production ? 'info' : 'warn'),
    auth,
    admin,
    ice,
    matchWindow: read.count('MATCH_WINDOW', 8, 1),
    interestWaitMs: read.count('INTEREST_WAIT_MS', 10_000),
    rematchAfterMs: read.count('REMATCH_AFTER_MS', 30_000),
    mailboxMax: read.count('MAILBOX_MAX', 512, 64),
    metricsAddress: readMetricsAddress(read),
    countMin: read.count('COUNT_MIN', 5),
    messageBytesMax: read.count('MESSAGE_BYTES_MAX', 40_960, 1_024),
    connectionsPerAddressMax: read.count('CONNECTIONS_PER_ADDRESS_MAX', 20),
    guestsPerMinute: read.count('GUESTS_PER_MINUTE', 30),
    textApi: readTextApi(read, problems, production),
    rates: {
      connection: {
        perMinute: read.count('CONNECTIONS_PER_MINUTE', 120),
        burst: read.count('CONNECTIONS_BURST', 60, 1),
      },
      find: { perMinute: read.count('FINDS_PER_MINUTE', 20), burst: read.count('FINDS_BURST', 6, 1) },
      description: {
        perMinute: read.count('DESCRIPTIONS_PER_MINUTE', 30),
        burst: read.count('DESCRIPTIONS_BURST', 10, 1),
      },
      signal: {
        perMinute: read.count('SIGNALS_PER_MINUTE', 300),
        burst: read.count('SIGNALS_BURST', 100, 1),
      },
      message: {
        perMinute: read.count('MESSAGES_PER_MINUTE', 120),
        burst: read.count('MESSAGES_BURST', 20, 1),
      },
      other: {
        perMinute: read.count('COMMANDS_PER_MINUTE', 600),
        burst: read.count('COMMANDS_BURST', 100, 1),
      },
    },
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function readAuth(read: Reader, problems: string[], production: boolean) {
  const credential = read.text('SERVICE_ACCOUNT_CREDENTIAL');
  const emulatorHost = read.text('FIREBASE_AUTH_EMULATOR_HOST');
  if (emulatorHost !== '' && production) {
    problems.push(
      'FIREBASE_AUTH_EMULATOR_HOST must not be set in production: unsigned tokens would be accepted',
    );
  }
  if (emulatorHost !== '') {
    const projectId = read.text('FIREBASE_PROJECT_ID', 'demo-passerby');
    return { kind: 'firebase' as const, projectId, emulatorHost };
  }
  if (credential === '') return { kind: 'guest' as const };
  const account = parseServiceAccount(credential);
  if (!account) {
    problems.push(
      'SERVICE_ACCOUNT_CREDENTIAL must be the service account as JSON on one line (project_id, client_email, private_key)',
    );
    return { kind: 'guest' as const };
  }
  return { kind: 'firebase' as const, projectId: account.project_id, credential: account };
}

/** The page and the server must agree on who signs people in, or nobody gets past the handshake. */
function checkWebSignIn(
  read: Reader,
  problems: string[],
  { production, serveWeb, firebase }: { production: boolean; serveWeb: boolean; firebase: boolean },
): void {
  if (production && read.text('PUBLIC_FIREBASE_AUTH_EMULATOR') !== '') {
    problems.push('PUBLIC_FIREBASE_AUTH_EMULATOR must not be set in production');
  }
  const pageHasFirebase = read.text('PUBLIC_FIREBASE_CONFIG') !== '';
  if (!serveWeb || pageHasFirebase === firebase) return;
  problems.push(
    firebase
      ? 'PUBLIC_FIREBASE_CONFIG is required with Firebase, or the page cannot sign in'
      : 'PUBLIC_FIREBASE_CONFIG needs SERVICE_ACCOUNT_CREDENTIAL, or the server cannot check who signs in',
  );
}

export interface ServiceAccount {
  project_id: string;
  client_email: string;
  private_key: string;
}

function parseServiceAccount(json: string): ServiceAccount | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { project_id, client_email, private_key } = parsed as Partial<Record<string, unknown>>;
    if (typeof project_id !== 'string' || typeof client_email !== 'string') return undefined;
    if (typeof private_key !== 'string') return undefined;
    return { project_id, client_email, private_key };
  } catch {
    return undefined;
  }
}

/** Strangers of the text API sign in nowhere, so in production it is on only if its operator says so. */
function readTextApi(read: Reader, problems: string[], production: boolean) {
  const on = read.choice('TEXT_API', ['on', 'off'], production ? 'off' : 'on') === 'on';
  const pollMs = read.count('POLL_MS', 25_000, 1);
  if (pollMs > 60_000) problems.push('POLL_MS must be at most 60000: an id lapses after 75 seconds');
  const startsPerMinute = read.count('STARTS_PER_MINUTE', 30);
  const strangeIdsPerMinute = read.count('STRANGE_IDS_PER_MINUTE', 180);
  return on ? { pollMs, startsPerMinute, strangeIdsPerMinute } : undefined;
}

function readAdmin(read: Reader, problems: string[]) {
  read.choice('SOCKET_ADMIN_TYPE', ['basic'], 'basic');
  const username = read.text('SOCKET_ADMIN_USERNAME');
  const passwordHash = read.text('SOCKET_ADMIN_PASSWORD');
  const port = read.port('ADMIN_PORT', 8081);
  if (username === '' && passwordHash === '') return undefined;
  if (username === '') problems.push('SOCKET_ADMIN_USERNAME is required with SOCKET_ADMIN_PASSWORD');
  if (!/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(passwordHash)) {
    problems.push('SOCKET_ADMIN_PASSWORD must be a bcrypt hash (it begins with $2)');
  }
  return { username, passwordHash, port };
}

/** Who may read them is nobody's to check: they listen on loopback unless told otherwise. */
function readMetricsAddress(read: Reader) {
  const host = read.text('METRICS_HOST', '127.0.0.1');
  const port = read.port('METRICS_PORT', 0);
  return port === 0 ? undefined : { host, port };
}

type Reader = ReturnType<typeof reader>;

function reader(env: Environment, problems: string[]) {
  // An empty variable is one that is not set: `.env` files list names without values.
  const text = (name: string, fallback = '') => env[name]?.trim() || fallback;
  const count = (name: string, fallback: number, min = 0) => {
    const value = text(name);
    if (value === '') return fallback;
    if (/^\d{1,12}$/.test(value) && Number(value) >= min) return Number(value);
    problems.push(`${name} must be a whole number${min > 0 ? ` of at least ${min}` : ''}, not "${value}"`);
    return fallback;
  };
  const choice = <const T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const value = text(name);
    if (value === '') return fallback;
    const known = choices.find((entry) => entry === value);
    if (known === undefined) problems.push(`${name} must be one of ${choices.join(', ')}, not "${value}"`);
    return known ?? fallback;
  };
  return {
    text,
    count,
    choice,
    port: (name: string, fallback: number) => {
      const port = count(name, fallback);
      if (port <= 65_535) return port;
      problems.push(`${name} must be a port (0 to 65535), not "${port}"`);
      return fallback;
    },
    flag: (name: string, fallback: boolean) =>
      choice(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true',
    list: (name: string, entry: RegExp) => {
      const entries = text(name)
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      for (const part of entries)
        if (!entry.test(part)) problems.push(`${name}: "${part}" is not valid here`);
      return entries;
    },
  };
}
