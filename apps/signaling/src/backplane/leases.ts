import type { SessionId } from '../core/types.ts';

const BUCKET_MS = 1_000;

/**
 * When each lease ends. Renewing only moves a number; the sweep looks at the
 * sessions of past seconds alone, never at all of them.
 */
export class Leases {
  readonly #ends = new Map<SessionId, number>();
  readonly #buckets = new Map<number, Set<SessionId>>();
  readonly #bucketOf = new Map<SessionId, number>();
  #swept: number;

  constructor(now: number) {
    this.#swept = Math.floor(now / BUCKET_MS);
  }

  /** Sets the end of a lease, in milliseconds; earlier than before is fine. */
  set(id: SessionId, ends: number): void {
    this.#ends.set(id, ends);
    const bucket = Math.max(Math.floor(ends / BUCKET_MS), this.#swept);
    const old = this.#bucketOf.get(id);
    // A later end is noticed when the old bucket is swept; only an earlier one must be moved now.
    if (old === undefined || bucket < old) this.#file(id, bucket);
  }

  /** Whether the lease stands at `now`. */
  holds(id: SessionId, now: number): boolean {
    const ends = this.#ends.get(id);
    return ends !== undefined && now < ends;
  }

  delete(id: SessionId): void {
    this.#ends.delete(id);
    this.#unfile(id);
  }

  /** Those whose lease has ended; each is returned once. */
  takeLapsed(now: number): SessionId[] {
    const lapsed: SessionId[] = [];
    const current = Math.floor(now / BUCKET_MS);
    for (let bucket = this.#swept; bucket <= current; bucket++) {
      for (const id of this.#buckets.get(bucket) ?? []) {
        const ends = this.#ends.get(id);
        if (ends === undefined) continue;
        if (ends <= now) {
          this.#unfile(id);
          lapsed.push(id);
        } else if (Math.floor(ends / BUCKET_MS) > bucket) this.#file(id, Math.floor(ends / BUCKET_MS));
      }
    }
    this.#swept = current;
    return lapsed;
  }

  #file(id: SessionId, bucket: number): void {
    this.#unfile(id);
    this.#bucketOf.set(id, bucket);
    const ids = this.#buckets.get(bucket);
    if (ids) ids.add(id);
    else this.#buckets.set(bucket, new Set([id]));
  }

  #unfile(id: SessionId): void {
    const bucket = this.#bucketOf.get(id);
    if (bucket === undefined) return;
    this.#bucketOf.delete(id);
    const ids = this.#buckets.get(bucket);
    ids?.delete(id);
    if (ids?.size === 0) this.#buckets.delete(bucket);
  }
}
