import type { Mode, Session, Wishes } from '../core/types.ts';
import { BarredPairs } from './barred-pairs.ts';
import { Deadlines } from './deadlines.ts';

export interface PoolOptions<Owner> {
  /** Milliseconds since 1970. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Choose among this many longest-waiting compatible tickets; 1 is strict first come, first matched. */
  matchWindow: number;
  /** How long a ticket insists on the interests and languages that it names. */
  interestWaitMs: number;
  /** False for a session that is over and only still has to be ended: it is passed over. */
  mayMeet(owner: Owner): boolean;
}

/** Somebody's wish to be matched. It stays the same, in its place in time, however often it is tried again. */
export interface Ticket<Owner> {
  readonly owner: Owner;
  readonly wishes: Wishes;
  /** When the waiting began, in milliseconds. */
  readonly since: number;
  /** Counts up, to tell apart who came in the same millisecond. */
  readonly arrival: number;
  /** It insists on nothing: it never did, or it has been widened. */
  anyone: boolean;
  /** The lists it stands in; none while nobody can take it. */
  keys: readonly string[];
}

/** Stands for "no interest" and "no language" in a key; what is named is never empty. */
const NONE = '';
/** Of who names nothing, which is most. */
const BARE_KEYS: Readonly<Record<Mode, readonly string[]>> = {
  video: ['video\n\n'],
  voice: ['voice\n\n'],
  text: ['text\n\n'],
};

/**
 * Who waits, and who meets whom. Two tickets are compatible exactly if they have a key in common: each
 * has one for every pair of an interest and a language that it names, `NONE` in place of what it does
 * not name, and `NONE` as one more of each once it insists on nothing. So whoever waits is found through
 * the seeker's own keys, 66 at most, and nobody else is looked at.
 *
 * Who stand in one list may meet, or they would have met when the second came. So they are kept apart,
 * and a list is no longer than what each of them is kept apart from.
 */
export class Pool<Owner extends { readonly session: Session }> {
  readonly #options: PoolOptions<Owner>;
  /** Each longest waiting first. */
  readonly #lists = new Map<string, Ticket<Owner>[]>();
  /**
   * Lists that were left empty, to be dropped by `takeDue` and not before: a Map in which one key comes
   * and goes all the time walks over every earlier going of it, until it is rehashed.
   */
  readonly #emptied = new Set<string>();
  readonly #waiting: Record<Mode, number> = { video: 0, voice: 0, text: 0 };
  readonly #barred = new BarredPairs();
  /** When a ticket ceases to insist, or may meet somebody whom it had to pass over. */
  readonly #due: Deadlines<Ticket<Owner>>;
  #arrivals = 0;

  constructor(options: PoolOptions<Owner>) {
    this.#options = options;
    this.#due = new Deadlines(options.now());
  }

  /** Tickets that wait, withheld ones included. */
  get waiting(): Readonly<Record<Mode, number>> {
    return this.#waiting;
  }

  /** How many lists are kept. */
  get size(): number {
    return this.#lists.size;
  }

  /** A new ticket, which does not wait yet. */
  issue(owner: Owner, wishes: Wishes, since: number): Ticket<Owner> {
    const anyone = wishes.anyone || (wishes.interests.length === 0 && wishes.languages.length === 0);
    return { owner, wishes, since, arrival: ++this.#arrivals, anyone, keys: [] };
  }

  /** Takes a partner out of the pool for a ticket that does not wait. If there is none, the ticket waits. */
  seek(ticket: Ticket<Owner>): Ticket<Owner> | undefined {
    this.#widenInTime(ticket);
    const keys = keysOf(ticket);
    const { partner, retryAt } = this.#choose(ticket, keys);
    if (partner) this.withdraw(partner);
    else this.#add(ticket, keys, retryAt);
    return partner;
  }

  /** Lets a ticket wait where nobody can take it. */
  withhold(ticket: Ticket<Owner>): void {
    this.#widenInTime(ticket);
    this.#add(ticket, [], Infinity);
  }

  /** Takes a ticket that waits out of the pool. */
  withdraw(ticket: Ticket<Owner>): void {
    this.#waiting[ticket.wishes.mode]--;
    for (const key of ticket.keys) {
      const list = this.#lists.get(key);
      list?.splice(placeIn(list, ticket), 1);
      if (list?.length === 0) this.#emptied.add(key);
    }
    ticket.keys = [];
    this.#due.delete(ticket);
  }

  /** Tickets that are worth another try because time has passed, longest waiting first; each is returned once. */
  takeDue(): Ticket<Owner>[] {
    for (const key of this.#emptied) if (this.#lists.get(key)?.length === 0) this.#lists.delete(key);
    this.#emptied.clear();
    return this.#due.takePassed(this.#options.now()).sort(byWaiting);
  }

  /** The accounts of the two do not meet for so long; never shorter than they already must not. */
  bar(a: Owner, b: Owner, forMs: number): void {
    const now = this.#options.now();
    this.#barred.bar(a.session.account, b.session.account, now + forMs, now);
  }

  #widenInTime(ticket: Ticket<Owner>): void {
    if (this.#options.now() >= ticket.since + this.#options.interestWaitMs) ticket.anyone = true;
  }

  #add(ticket: Ticket<Owner>, keys: readonly string[], retryAt: number): void {
    this.#waiting[ticket.wishes.mode]++;
    ticket.keys = keys;
    for (const key of keys) {
      const list = this.#lists.get(key);
      if (list) list.splice(placeIn(list, ticket), 0, ticket);
      else this.#lists.set(key, [ticket]);
    }
    const widenAt = ticket.anyone ? Infinity : ticket.since + this.#options.interestWaitMs;
    const dueAt = Math.min(widenAt, retryAt);
    if (dueAt < Infinity) this.#due.set(ticket, dueAt);
  }

  /** Uniformly among the longest-waiting compatible tickets; else when somebody passed over may be met. */
  #choose(seeker: Ticket<Owner>, keys: readonly string[]) {
    const now = this.#options.now();
    const { account } = seeker.owner.session;
    const lists = keys.map((key) => this.#lists.get(key)).filter((list) => list !== undefined);
    const compatible: Ticket<Owner>[] = [];
    let retryAt = Infinity;
    for (const ticket of longestFirst(lists)) {
      const other = ticket.owner.session;
      if (other.account === account || !this.#options.mayMeet(ticket.owner)) continue;
      const barredUntil = this.#barred.until(account, other.account, now);
      if (barredUntil > 0) {
        retryAt = Math.min(retryAt, barredUntil);
        continue;
      }
      compatible.push(ticket);
      if (compatible.length === this.#options.matchWindow) break;
    }
    const partner = compatible[Math.floor(this.#options.random() * compatible.length)];
    return { partner, retryAt };
  }
}

/** Sorts by the time of waiting, the longest first. */
export function byWaiting(a: Ticket<unknown>, b: Ticket<unknown>): number {
  return a.since - b.since || a.arrival - b.arrival;
}

function keysOf({ wishes: { mode, interests, languages }, anyone }: Ticket<unknown>): readonly string[] {
  if (interests.length === 0 && languages.length === 0) return BARE_KEYS[mode];
  const open = (named: readonly string[]) => (anyone || named.length === 0 ? [...named, NONE] : named);
  return open(interests).flatMap((interest) =>
    // An interest holds no line break and a language neither, so no two pairs have one key.
    open(languages).map((language) => `${mode}\n${interest}\n${language}`),
  );
}

/** Where a ticket stands, or would stand, in a list. */
function placeIn(list: readonly Ticket<unknown>[], ticket: Ticket<unknown>): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (byWaiting(list[middle] as Ticket<unknown>, ticket) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The tickets of all lists, longest waiting first and each once. */
function longestFirst<T extends Ticket<unknown>>(lists: readonly (readonly T[])[]): Iterable<T> {
  const [only] = lists;
  return only && lists.length === 1 ? only : merged(lists);
}

function* merged<T extends Ticket<unknown>>(lists: readonly (readonly T[])[]): Generator<T> {
  const heads = lists.map((list) => ({ list, at: 0 }));
  for (;;) {
    let next: T | undefined;
    for (const { list, at } of heads) {
      const head = list[at];
      if (head && (!next || byWaiting(head, next) < 0)) next = head;
    }
    if (!next) return;
    yield next;
    for (const head of heads) if (head.list[head.at] === next) head.at++;
  }
}
