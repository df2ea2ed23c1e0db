const BUCKET_MS = 1_000;

/**
 * When the time of each key is over: when leases end, when tickets have to be looked at again. Setting
 * only moves a number; taking looks at the keys of past seconds alone, never at all of them.
 */
export class Deadlines<Key> {
  readonly #ends = new Map<Key, number>();
  readonly #buckets = new Map<number, Set<Key>>();
  readonly #bucketOf = new Map<Key, number>();
  #swept: number;

  constructor(now: number) {
    this.#swept = Math.floor(now / BUCKET_MS);
  }

  /** Sets the end of a key's time, in milliseconds; earlier than before is fine. */
  set(key: Key, ends: number): void {
    this.#ends.set(key, ends);
    const bucket = Math.max(Math.floor(ends / BUCKET_MS), this.#swept);
    const old = this.#bucketOf.get(key);
    // A later end is noticed when the old bucket is swept; only an earlier one must be moved now.
    if (old === undefined || bucket < old) this.#file(key, bucket);
  }

  /** Whether the key has an end and it is still to come. */
  isAhead(key: Key, now: number): boolean {
    const ends = this.#ends.get(key);
    return ends !== undefined && now < ends;
  }

  delete(key: Key): void {
    if (this.#ends.delete(key)) this.#unfile(key);
  }

  /** Those whose time is over; each is returned once. */
  takePassed(now: number): Key[] {
    const passed: Key[] = [];
    const current = Math.floor(now / BUCKET_MS);
    for (let bucket = this.#swept; bucket <= current; bucket++) {
      for (const key of this.#buckets.get(bucket) ?? []) {
        const ends = this.#ends.get(key);
        if (ends === undefined) continue;
        if (ends <= now) {
          this.#unfile(key);
          passed.push(key);
        } else if (Math.floor(ends / BUCKET_MS) > bucket) this.#file(key, Math.floor(ends / BUCKET_MS));
      }
    }
    this.#swept = current;
    return passed;
  }

  #file(key: Key, bucket: number): void {
    this.#unfile(key);
    this.#bucketOf.set(key, bucket);
    const keys = this.#buckets.get(bucket);
    if (keys) keys.add(key);
    else this.#buckets.set(bucket, new Set([key]));
  }

  #unfile(key: Key): void {
    const bucket = this.#bucketOf.get(key);
    if (bucket === undefined) return;
    this.#bucketOf.delete(key);
    const keys = this.#buckets.get(bucket);
    keys?.delete(key);
    if (keys?.size === 0) this.#buckets.delete(bucket);
  }
}
