import { modeSchema } from '@passerby/protocol';
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import * as v from 'valibot';
import type { MatchProofs } from './core/ports.ts';
import type { AccountId, MatchClaim, MatchId, Party } from './core/types.ts';
import { createRandomReserve } from './random-reserve.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A match that lasts longer is not restored any more. */
const LIFETIME_MS = 24 * 3_600_000;

const partySchema = v.object({ id: v.string(), account: v.string() });
const claimSchema = v.object({
  matchId: v.string(),
  mode: modeSchema,
  relayOnly: v.boolean(),
  offerer: partySchema,
  answerer: partySchema,
  expiresAt: v.number(),
});

/**
 * Proofs of matches, encrypted and authenticated with `key` (32 bytes; AES-256-GCM, NIST SP 800-38D): each
 * names the partner's session and account, which its holder must not learn. It says the same for both sides,
 * who are told one after the other, so it is sealed once for the two. `now`: milliseconds since 1970.
 */
export function createMatchProofs(key: Uint8Array, now: () => number): MatchProofs {
  // Made once: to take bytes as a key costs more than to seal with it.
  const secret = createSecretKey(key);
  const random = createRandomReserve();
  let last = { matchId: '', proof: '' };

  function seal({ matchId, mode, role, relayOnly, me, partner }: MatchClaim): string {
    const [offerer, answerer] = role === 'offerer' ? [me, partner] : [partner, me];
    const text = JSON.stringify({
      matchId,
      mode,
      relayOnly,
      offerer,
      answerer,
      expiresAt: now() + LIFETIME_MS,
    });
    // 96 random bits: that two of 2^32 proofs have the same has a probability of 2^-33.
    const nonce = random(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
    const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  return {
    seal(claim) {
      if (claim.matchId !== last.matchId) last = { matchId: claim.matchId, proof: seal(claim) };
      return last.proof;
    },
    open(proof, account) {
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
        const sealed = v.parse(claimSchema, JSON.parse(text.toString('utf8')));
        return sealed.expiresAt > now() ? claimOf(sealed, account) : undefined;
      } catch {
        return undefined; // not ours, or changed
      }
    },
  };
}

/** The match as that account's side of it; undefined for anybody else's. */
function claimOf(sealed: v.InferOutput<typeof claimSchema>, account: AccountId): MatchClaim | undefined {
  const { mode, relayOnly } = sealed;
  const [offerer, answerer] = [sealed.offerer as Party, sealed.answerer as Party];
  const match = { matchId: sealed.matchId as MatchId, mode, relayOnly };
  if (offerer.account === account) return { ...match, role: 'offerer', me: offerer, partner: answerer };
  if (answerer.account === account) return { ...match, role: 'answerer', me: answerer, partner: offerer };
  return undefined;
}
