import { createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { ChatError } from '@passerby/protocol';
import type { GuestPass } from '@passerby/protocol';
import type { Authenticator } from '../core/ports.ts';
import type { AccountId } from '../core/types.ts';

const ISSUER = 'passerby';
const AUDIENCE = 'passerby-guest';
/** Tells a pass from any other token a deployment may sign one day (RFC 8725 section 3.11). */
const TYPE = 'passerby-guest+jwt';
/** The header of every pass, to the letter: no other algorithm or type is even looked at (section 3.1). */
const HEADER = encode({ alg: 'HS256', typ: TYPE });
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

/** What a pass says (RFC 7519): whose it is, from when to when, and when its holder stated to be 18 or older. Seconds. */
interface Claims {
  iss: string;
  aud: string;
  sub: string;
  iat: number;
  exp: number;
  adult: number;
}

/** Accounts without sign-up: the server signs who somebody is and keeps nothing. */
export function createGuestAuth(options: GuestAuthOptions): GuestAuth {
  const { now = Date.now, lifetimeMs = 3_600_000 } = options;
  const newAccount = options.newAccount ?? (() => randomBytes(16).toString('base64url'));
  const signingKey = createSecretKey(Buffer.from(hkdfSync('sha256', options.key, '', KEY_LABEL, 32)));

  // Not by WebCrypto: a job for another thread costs twenty times what it does.
  const signatureOf = (signed: string) => createHmac('sha256', signingKey).update(signed).digest('base64url');

  /** Reads a pass that ended no more than `graceMs` ago. */
  function open(token: string, graceMs: number): Claims {
    const end = token.lastIndexOf('.');
    const [signed, signature] = [token.slice(0, end), token.slice(end + 1)];
    if (!signed.startsWith(`${HEADER}.`) || !isEqual(signature, signatureOf(signed))) {
      throw new ChatError('token-invalid');
    }
    const claims = claimsOf(signed.slice(HEADER.length + 1));
    if (now() - graceMs < claims.exp * 1000) return claims;
    // `token-expired` invites to renew; what is too old for that is as good as forged.
    throw new ChatError(graceMs === 0 ? 'token-expired' : 'token-invalid');
  }

  return {
    async verify(token) {
      const { sub, exp } = open(token, 0);
      return { account: sub as AccountId, expiresAt: exp * 1000 };
    },

    async issue(renewing) {
      const iat = Math.floor(now() / 1000);
      const exp = Math.floor((now() + lifetimeMs) / 1000);
      const { sub, adult } =
        renewing === undefined ? { sub: `guest:${newAccount()}`, adult: iat } : open(renewing, RENEWABLE_MS);
      const claims: Claims = { adult, iss: ISSUER, aud: AUDIENCE, sub, iat, exp };
      const signed = `${HEADER}.${encode(claims)}`;
      return { token: `${signed}.${signatureOf(signed)}`, expiresAt: exp * 1000 };
    },
  };
}

/** Signed by us, so it is what we wrote; until the claims change: then old passes are void, not half read. */
function claimsOf(payload: string): Claims {
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Partial<Claims>;
  const { iss, aud, sub, iat, exp, adult } = claims;
  const isWhole = sub !== undefined && iat !== undefined && exp !== undefined && adult !== undefined;
  if (iss !== ISSUER || aud !== AUDIENCE || !isWhole) throw new ChatError('token-invalid');
  return { iss, aud, sub, iat, exp, adult };
}

/** In a time that does not depend on where they differ. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
