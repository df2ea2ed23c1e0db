import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import type { Log } from '../core/ports.ts';
import { comparePassword } from './admin-password.ts';

export interface AdminCredentials {
  username: string;
  /** bcrypt, as in `$2b$10$…`. */
  passwordHash: string;
}

export interface AdminSession {
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Present after a login by password; it opens further connections until `expiresAt`. */
  sessionId?: string;
}

export type Admission =
  | ({ admitted: true } & AdminSession)
  /** `message` is what the admin page shows; it shows nothing for an empty one. */
  | { admitted: false; message: string };

export interface AdminLogin {
  /** Judges the `auth` of a handshake, whatever it is. Never rejects. */
  admit(auth: unknown): Promise<Admission>;
  /** Refuses what is still being compared and everything after. */
  close(): void;
}

const ATTEMPTS_MAX = 5;
const LOCK_MS = 5 * 60_000;
const SESSION_MS = 12 * 60 * 60_000;
const SESSIONS_MAX = 16;
const BCRYPT_HASH = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

/** The page asks for the form on exactly this text, so it is also the answer to an expired session. */
const INVALID: Admission = { admitted: false, message: 'invalid credentials' };
const LOCKED: Admission = { admitted: false, message: 'too many wrong logins, try again in some minutes' };
/** The page makes a login of this kind by itself when it is opened, which is no error to show. */
const NOTHING_GIVEN: Admission = { admitted: false, message: '' };

const ByPassword = v.object({
  username: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
  password: v.pipe(v.string(), v.nonEmpty(), v.maxLength(1024)),
});
const BySession = v.object({ sessionId: v.pipe(v.string(), v.length(43)) });
const ByNothing = v.strictObject({ sessionId: v.optional(v.null()) });

/**
 * The guard in front of the admin namespace. [O3] to [O8]
 *
 * Wrong logins count for the port as a whole: it is bound to loopback, where everybody has the same
 * address or may take any of 127/8. Sessions live in this process only.
 */
export function createAdminLogin(
  { username, passwordHash }: AdminCredentials,
  { log, now }: { log: Log; now: () => number },
): AdminLogin {
  if (!BCRYPT_HASH.test(passwordHash)) throw new Error('the admin password must be given as a bcrypt hash');

  const closing = new AbortController();
  const expectedName = sha256(username);
  const sessions = new Map<string, number>();
  let attempts = 0;
  let attemptsForgottenAt = 0;
  let lastComparison: Promise<unknown> = Promise.resolve();

  /** An attempt is spent before it is compared, so that many at once are no more than many in turn. */
  function spendAttempt(): boolean {
    if (now() >= attemptsForgottenAt) attempts = 0;
    if (attempts >= ATTEMPTS_MAX) return false;
    attempts += 1;
    attemptsForgottenAt = now() + LOCK_MS;
    return true;
  }

  /** One at a time; `spendAttempt` bounds how many wait. */
  function compareInTurn(password: string): Promise<boolean> {
    const comparison = lastComparison.then(() => comparePassword(password, passwordHash, closing.signal));
    lastComparison = comparison.catch(() => {});
    return comparison;
  }

  function openSession(): AdminSession {
    for (const [key, expiresAt] of sessions) {
      if (now() >= expiresAt || sessions.size >= SESSIONS_MAX) sessions.delete(key);
    }
    const sessionId = randomBytes(32).toString('base64url');
    const expiresAt = now() + SESSION_MS;
    sessions.set(sha256(sessionId).toString('hex'), expiresAt);
    return { sessionId, expiresAt };
  }

  async function admitByPassword(login: v.InferOutput<typeof ByPassword>): Promise<Admission> {
    if (!spendAttempt()) return LOCKED;
    // Compared also for a wrong name, so that neither the answer nor its time tells which was wrong.
    const rightPassword = await compareInTurn(login.password);
    const rightName = timingSafeEqual(sha256(login.username), expectedName);
    if (rightPassword && rightName) {
      attempts = 0;
      log.info({}, 'admin logged in');
      return { admitted: true, ...openSession() };
    }
    log.warn({ attempts, attemptsMax: ATTEMPTS_MAX, lockMs: LOCK_MS }, 'admin login refused');
    return INVALID;
  }

  async function judge(auth: unknown): Promise<Admission> {
    if (v.is(ByNothing, auth)) return NOTHING_GIVEN;
    const bySession = v.safeParse(BySession, auth);
    if (bySession.success) {
      const expiresAt = sessions.get(sha256(bySession.output.sessionId).toString('hex'));
      if (expiresAt !== undefined && now() < expiresAt) return { admitted: true, expiresAt };
    }
    const byPassword = v.safeParse(ByPassword, auth);
    return byPassword.success ? admitByPassword(byPassword.output) : INVALID;
  }

  return {
    async admit(auth) {
      try {
        return await judge(auth);
      } catch (error) {
        if (!closing.signal.aborted) log.error({ err: error }, 'admin login failed');
        return INVALID;
      }
    },
    close: () => closing.abort(),
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
