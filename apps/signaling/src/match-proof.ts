import { modeSchema } from '@passerby/protocol';
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { MatchClaim } from './core/types.ts';
import type { MatchProofs } from './core/ports.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A match that lasts longer is not restored any more. */
const LIFETIME_MS = 24 * 3_600_000;

const sideSchema = v.object({ id: v.string(), account: v.string() });
const claimSchema = v.object({
  matchId: v.string(),
  mode: modeSchema,
  role: v.picklist(['offerer', 'answerer']),
  relayOnly: v.boolean(),
  me: sideSchema,
  partner: sideSchema,
  expiresAt: v.number(),
});

/**
 * Proofs of matches, encrypted and authenticated with `key` (32 bytes; AES-256-GCM, NIST SP 800-38D): each
 * names the partner's session and account, which its holder must not learn. `now`: milliseconds since 1970.
 */
export function createMatchProofs(key: Uint8Array, now: () => number): MatchProofs {
  // Made once: to take bytes as a key costs more than to seal with it.
  const secret = createSecretKey(key);
  return {
    seal(claim) {
      // 96 random bits: that two of 2^32 proofs have the same has a probability of 2^-33.
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
      const text = JSON.stringify({ ...claim, expiresAt: now() + LIFETIME_MS });
      const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    open(proof) {
      const bytes = Buffer.from(proof, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const text = Buffer.concat([
          decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
          decipher.final(),
        ]);
        const { expiresAt, ...claim } = v.parse(claimSchema, JSON.parse(text.toString('utf8')));
        return expiresAt > now() ? (claim as MatchClaim) : undefined;
      } catch {
        return undefined; // not ours, or changed
      }
    },
  };
}
