import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:https';
import { ChatError } from '@passerby/protocol';
import type { DecodedIdToken } from 'firebase-admin/auth';
import type { Authenticator, Principal } from '../core/ports.ts';
import type { AccountId } from '../core/types.ts';

/** What is needed of a service account, under the names its JSON gives them. */
export interface FirebaseServiceAccount {
  project_id: string;
  client_email: string;
  /** PEM. */
  private_key: string;
}

export interface FirebaseAuthOptions {
  projectId: string;
  credential?: FirebaseServiceAccount;
  /** `host:port` of the Auth emulator, whose tokens are not signed at all: never in production. */
  emulatorHost?: string;
  /** How Google's certificates are reached: through a proxy, or a stand-in. */
  httpAgent?: Agent;
}

export interface FirebaseAuth extends Authenticator {
  close(): Promise<void>;
}

type Verify = Authenticator['verify'];

/** The SDK's requests have no time limit of their own. */
const ANSWER_WAIT_MS = 5_000;
/** How far Google's clock may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 60;
const EMULATOR_VARIABLE = 'FIREBASE_AUTH_EMULATOR_HOST';
/**
 * How the SDK (14.5) begins to say that it could not fetch certificates; its code is the one of a
 * bad token. No token can make a message begin like this.
 */
const UNAVAILABLE_MESSAGE = /^Error (?:while making request|fetching public keys)/;

/**
 * Accounts of a Firebase project. Rejects if the credential cannot be used. Of the network it needs
 * Google's public certificates alone, and keeps them for as long as they say; when they have run out
 * and cannot be fetched, nobody gets in (`provider-unavailable`). Revocation is not looked up: a
 * token is good for the hour it lives.
 */
export async function createFirebaseAuth(options: FirebaseAuthOptions): Promise<FirebaseAuth> {
  // Not at the top: it takes longer to import than all the rest, and guests do not need it.
  const [{ cert, deleteApp, initializeApp }, { getAuth }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
  ]);
  const { credential, emulatorHost, httpAgent, projectId } = options;
  const account = credential && {
    projectId: credential.project_id,
    clientEmail: credential.client_email,
    privateKey: credential.private_key,
  };
  const app = initializeApp(
    { projectId, ...(account && { credential: cert(account) }), ...(httpAgent && { httpAgent }) },
    `passerby-${randomUUID()}`,
  );
  const auth = withEmulator(emulatorHost, () => getAuth(app));
  return {
    verify: oneAhead(async (token) => {
      try {
        return principalOf(await inTime(auth.verifyIdToken(token)));
      } catch (error) {
        throw refusalOf(error);
      }
    }),
    close: () => deleteApp(app),
  };
}

/**
 * The SDK reads the emulator's address from the environment and nowhere else, once, when it makes an
 * Auth object; that object then accepts unsigned tokens. So the variable says for that moment what
 * our option says, whatever it said before.
 */
function withEmulator<T>(host: string | undefined, make: () => T): T {
  // eslint-disable-next-line no-restricted-properties -- written for the SDK; nothing is configured by it.
  const environment = process.env;
  const before = environment[EMULATOR_VARIABLE];
  const set = (value: string | undefined) => {
    if (value === undefined) delete environment[EMULATOR_VARIABLE];
    else environment[EMULATOR_VARIABLE] = value;
  };
  set(host);
  try {
    return make();
  } finally {
    set(before);
  }
}

/**
 * Until it has certificates the SDK fetches them for every token: thousands of times when everybody
 * returns after a restart. So until a token has passed, one is checked at a time, and all who wait
 * share in it when Google cannot be reached.
 */
function oneAhead(check: Verify): Verify {
  let passed = false;
  let ahead: Promise<void> | undefined;
  return async (token) => {
    while (ahead !== undefined) await ahead;
    const checked = check(token);
    if (!passed) {
      ahead = checked
        .then(
          () => void (passed = true),
          (error: unknown) => {
            if (isUnavailable(error)) throw error;
          },
        )
        .finally(() => (ahead = undefined));
      ahead.catch(() => {}); // Nobody may be waiting.
    }
    return checked;
  };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'provider-unavailable';
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ChatError('provider-unavailable')), ANSWER_WAIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Checks what the SDK leaves out. */
function principalOf({ uid, exp, iat, auth_time: signedInAt, firebase }: DecodedIdToken): Principal {
  const latest = Date.now() / 1000 + CLOCK_SKEW_SECONDS;
  // Negated, so that a claim that is missing or no number is refused as well.
  if (!(iat <= latest && signedInAt <= latest && exp > iat)) throw new ChatError('token-invalid');
  // Each tenant of a project numbers its users anew; we know only those of the project itself.
  if (firebase.tenant !== undefined) throw new ChatError('token-invalid');
  return { account: `firebase:${uid}` as AccountId, expiresAt: exp * 1000 };
}

/** The SDK throws bare TypeErrors for some malformed tokens: all that is not known is the token's fault. */
function refusalOf(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  if (code === 'auth/id-token-expired') return new ChatError('token-expired');
  const unavailable =
    code === 'app/network-error' ||
    code === 'app/network-timeout' ||
    (code === 'auth/argument-error' && UNAVAILABLE_MESSAGE.test(message ?? ''));
  return new ChatError(unavailable ? 'provider-unavailable' : 'token-invalid');
}
