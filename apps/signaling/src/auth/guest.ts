import { createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { ChatError } from '@passerby/protocol';
import type { GuestPass } from '@passerby/protocol';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import type { Authenticator } from '../core/ports.ts';
import type { AccountId } from '../core/types.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'passerby';
const AUDIENCE = 'passerby-guest';
/** Tells a pass from any other token a deployment may sign one day (RFC 8725 section 3.11). */
const TYPE = 'passerby-guest+jwt';
/** Changing it voids every pass, as a new deployment key does. */
const KEY_LABEL = 'passerby/guest-pass/1';
/** How long after its end a pass still names its account: a laptop that slept for a few days. */
const RENEWABLE_MS = 7 * 24 * 3_600_000;

export interface GuestAuthOptions {
  /** The deployment key; the key that signs passes is derived from it. */
  key: Uint8Array;
  /** Milliseconds since 1970. */
  now?: () => number;
  lifetimeMs?: number;
  /** An account's name without its prefix; unguessable (128 random bits by default). */
  newAccount?: () => string;
}

export interface GuestAuth extends Authenticator {
  /**
   * Signs a pass for somebody who has just stated to be 18 or older. With an older pass in
   * `renewing`, ended at most 7 days ago, it is for the same account and keeps the time of the first
   * statement. Rejects with ChatError `token-invalid` if that pass is forged or too old.
   */
  issue(renewing?: string): Promise<GuestPass>;
}

/** What a pass says: whose it is, until when, and when its holder stated to be 18 or older. */
interface Claims {
  account: string;
  expiresAtSeconds: number;
  adultSinceSeconds: number;
}

/** Accounts without sign-up: the server signs who somebody is and keeps nothing. */
export function createGuestAuth(options: GuestAuthOptions): GuestAuth {
  const { now = Date.now, lifetimeMs = 3_600_000 } = options;
  const newAccount = options.newAccount ?? (() => randomBytes(16).toString('base64url'));
  const signingKey = createSecretKey(Buffer.from(hkdfSync('sha256', options.key, '', KEY_LABEL, 32)));

  /** Reads a pass that ended no more than `graceMs` ago. */
  async function open(token: string, graceMs: number): Promise<Claims> {
    try {
      const { payload } = await jwtVerify(token, signingKey, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        currentDate: new Date(now() - graceMs),
      });
      return claimsOf(payload);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      // `token-expired` invites to renew; what is too old for that is as good as forged.
      const renewable = error instanceof errors.JWTExpired && graceMs === 0;
      throw new ChatError(renewable ? 'token-expired' : 'token-invalid');
    }
  }

  return {
    async verify(token) {
      const { account, expiresAtSeconds } = await open(token, 0);
      return { account: account as AccountId, expiresAt: expiresAtSeconds * 1000 };
    },

    async issue(renewing) {
      const issuedAtSeconds = Math.floor(now() / 1000);
      const expiresAtSeconds = Math.floor((now() + lifetimeMs) / 1000);
      const holder =
        renewing === undefined
          ? { account: `guest:${newAccount()}`, adultSinceSeconds: issuedAtSeconds }
          : await open(renewing, RENEWABLE_MS);
      const token = await new SignJWT({ adult: holder.adultSinceSeconds })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(holder.account)
        .setIssuedAt(issuedAtSeconds)
        .setExpirationTime(expiresAtSeconds)
        .sign(signingKey);
      return { token, expiresAt: expiresAtSeconds * 1000 };
    },
  };
}

function claimsOf({ sub, exp, adult }: JWTPayload): Claims {
  // Signed by us, so this cannot happen until the claims change: then old passes are void, not half read.
  if (sub === undefined || exp === undefined || typeof adult !== 'number')
    throw new ChatError('token-invalid');
  return { account: sub, expiresAtSeconds: exp, adultSinceSeconds: adult };
}
