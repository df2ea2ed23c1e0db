import type { Backplane, FindRequest, MatchRef, Sending, Watcher } from '../core/ports.ts';
import type {
  AccountId,
  ChatEvent,
  Counts,
  MatchId,
  Mode,
  PartnerLeftReason,
  Role,
  Session,
  SessionEndedReason,
  SessionEvent,
  SessionId,
  Standing,
  Unsubscribe,
  Wishes,
} from '../core/types.ts';
import { BarredPairs } from './barred-pairs.ts';
import { Leases } from './leases.ts';
import { type Place, WaitingList } from './waiting-list.ts';

export interface MemoryBackplaneOptions {
  /** Milliseconds since 1970. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** At least 128 unguessable bits. */
  newMatchId(): MatchId;
  /** Choose among this many longest-waiting compatible tickets; 1 is strict first come, first matched. */
  matchWindow: number;
  /** How long two who parted are kept apart. */
  rematchAfterMs: number;
  /** The same for two who could not connect. */
  rematchAfterFailureMs: number;
  /** Unacknowledged events a session may have before it is ended as too slow. */
  mailboxMax: number;
}

/** A bare repeat of a find this soon after `matched` is a poll that crossed its match. [W7] */
const POLL_GRACE_MS = 2_000;
/** A first connection is given up after 10 s; a match older than this has connected, whatever is said of it. */
const FAILED_WITHIN_MS = 20_000;

const DEFAULT_WISHES: Wishes = { mode: 'video', requeue: false, relayOnly: false };

interface Entry {
  readonly session: Session;
  resumeHash: string | undefined;
  nextResumeHash: string | undefined;
  away: boolean;
  wishes: Wishes;
  ticket: Ticket | undefined;
  match: Match | undefined;
  lastMatchId: MatchId | undefined;
  /** It said itself that its last match had failed; said twice running, that keeps no place. */
  blamed: boolean;
  /** Since when this session waits, kept over a match that failed to connect. */
  keptSince: number | undefined;
  mailbox: SessionEvent[];
  lastOffset: number;
  watcher: Watcher | undefined;
}

interface Ticket {
  readonly entry: Entry;
  readonly since: number;
  /** Absent while the session's line is down: the ticket exists but nobody can take it. */
  place: Place<Ticket> | undefined;
  /** When somebody it had to pass over may be met again; 0: it passed over nobody. */
  retryAt: number;
}

interface Side {
  readonly entry: Entry;
  readonly role: Role;
  readonly since: number;
  signalled: boolean;
  /** Texts are numbered by themselves: they may also travel another way. */
  readonly lastSeq: { message: number; other: number };
}

interface Match {
  readonly id: MatchId;
  readonly mode: Mode;
  readonly since: number;
  readonly relayOnly: boolean;
  readonly sides: readonly [Side, Side];
}

/** One node's backplane: everything in this process, gone with it. Each verb is one synchronous step. */
export class MemoryBackplane implements Backplane {
  readonly #options: MemoryBackplaneOptions;
  readonly #sessions = new Map<SessionId, Entry>();
  readonly #accounts = new Map<AccountId, Entry>();
  readonly #pools: Record<Mode, WaitingList<Ticket>> = {
    video: new WaitingList(),
    voice: new WaitingList(),
    text: new WaitingList(),
  };
  readonly #matched: Record<Mode, number> = { video: 0, voice: 0, text: 0 };
  readonly #withheld: Record<Mode, number> = { video: 0, voice: 0, text: 0 };
  readonly #barred = new BarredPairs();
  /** Tickets that passed over somebody who also waits. */
  readonly #retries = new Set<Ticket>();
  readonly #leases: Leases;
  /** Sessions whose mailbox is full; ended when the verb that filled it is done, never in its middle. */
  readonly #slow = new Set<Entry>();

  constructor(options: MemoryBackplaneOptions) {
    this.#options = options;
    this.#leases = new Leases(options.now());
  }

  async open(session: Session, options: { takeOver: boolean }): Promise<boolean> {
    if (this.#sessions.has(session.id)) throw new Error('a session with this id exists');
    const old = this.#accounts.get(session.account);
    if (old) {
      const active = !old.away && this.#live(old.session.id) !== undefined;
      if (active && !options.takeOver) return false;
      this.#end(old, active ? 'left' : 'lost', 'elsewhere');
      this.#settle();
    }
    const entry: Entry = {
      session,
      resumeHash: session.resumeHash,
      nextResumeHash: undefined,
      away: session.away ?? false,
      wishes: DEFAULT_WISHES,
      ticket: undefined,
      match: undefined,
      lastMatchId: undefined,
      blamed: false,
      keptSince: undefined,
      mailbox: [],
      lastOffset: 0,
      watcher: undefined,
    };
    this.#sessions.set(session.id, entry);
    this.#accounts.set(session.account, entry);
    this.#leases.set(session.id, this.#options.now() + session.leases.searchingMs);
    return true;
  }

  async claim(id: SessionId, account: AccountId, hash: string, next: string): Promise<boolean> {
    const entry = this.#live(id);
    if (!entry || entry.session.account !== account) return false;
    if (hash === entry.nextResumeHash) entry.resumeHash = hash;
    else if (hash !== entry.resumeHash) return false;
    entry.nextResumeHash = next;
    return true;
  }

  async confirm(id: SessionId, hash: string): Promise<boolean> {
    const entry = this.#live(id);
    if (!entry || entry.nextResumeHash !== hash) return false;
    entry.resumeHash = hash;
    entry.nextResumeHash = undefined;
    return true;
  }

  async renew(id: SessionId): Promise<boolean> {
    const entry = this.#live(id);
    if (!entry) return false;
    this.#renew(entry);
    return true;
  }

  async away(id: SessionId): Promise<void> {
    const entry = this.#live(id);
    if (!entry || entry.away) return;
    entry.away = true;
    this.#renew(entry);
    if (entry.ticket?.place) {
      this.#pools[entry.wishes.mode].remove(entry.ticket.place);
      entry.ticket.place = undefined;
      this.#withheld[entry.wishes.mode]++;
    }
    if (entry.match) {
      this.#post(partnerOf(entry.match, entry).entry, { type: 'partner-away', matchId: entry.match.id });
    }
    this.#settle();
  }

  async back(id: SessionId): Promise<void> {
    const entry = this.#live(id);
    if (!entry || !entry.away) return;
    entry.away = false;
    this.#renew(entry);
    if (entry.match) {
      this.#post(partnerOf(entry.match, entry).entry, { type: 'partner-back', matchId: entry.match.id });
    } else if (entry.ticket) {
      const { since } = entry.ticket;
      this.#withdraw(entry);
      this.#seek(entry, since, 'returning');
    }
    this.#settle();
  }

  async find(id: SessionId, request: FindRequest): Promise<'done' | 'stale' | 'unknown'> {
    const entry = this.#live(id);
    if (!entry) return 'unknown';
    const { ending } = request;
    if (entry.match) {
      if (ending === undefined) return 'done';
      if (ending === 'current') {
        if (this.#isCrossedPoll(entry, entry.match, request)) return 'done';
      } else if (ending !== entry.match.id) return 'stale';
      this.#part(entry.match, entry, request.reason ?? 'skipped');
    } else if (ending !== undefined && ending !== 'current' && ending !== entry.lastMatchId) return 'stale';

    const wishes = request.wishes ?? entry.wishes;
    if (entry.ticket) {
      if (sameWishes(wishes, entry.wishes)) return 'done';
      this.#withdraw(entry);
    }
    entry.wishes = wishes;
    const since = entry.keptSince ?? this.#options.now();
    entry.keptSince = undefined;
    this.#seek(entry, since, 'new');
    this.#settle();
    return 'done';
  }

  async due(): Promise<void> {
    const now = this.#options.now();
    for (const ticket of this.#retries) {
      if (ticket.retryAt > now || !ticket.place) continue;
      this.#withdraw(ticket.entry);
      if (this.#live(ticket.entry.session.id)) this.#seek(ticket.entry, ticket.since, 'returning');
    }
    this.#settle();
  }

  async leave(id: SessionId, match: MatchRef, reason: PartnerLeftReason): Promise<SessionId | undefined> {
    const entry = this.#live(id);
    if (!entry) return undefined;
    const partner = this.#leave(entry, match, reason);
    this.#settle();
    return partner;
  }

  async send(
    id: SessionId,
    event: (matchId: MatchId) => ChatEvent,
    { matchId, seq, relayOnly }: Sending,
  ): Promise<boolean> {
    const entry = this.#live(id);
    const match = entry?.match;
    if (!entry || !match || (matchId !== 'current' && matchId !== match.id)) return false;
    const side = sideOf(match, entry);
    const build = match.relayOnly && relayOnly !== undefined ? relayOnly : event;
    const posted = build?.(match.id);
    if (seq !== undefined) {
      const kind = posted?.type === 'message' ? 'message' : 'other';
      if (seq <= side.lastSeq[kind]) return true;
      side.lastSeq[kind] = seq;
    }
    side.signalled = true;
    if (posted) this.#post(partnerOf(match, entry).entry, posted);
    this.#settle();
    return true;
  }

  async end(
    id: SessionId,
    reason: PartnerLeftReason,
    told?: SessionEndedReason,
  ): Promise<SessionId | undefined> {
    const entry = this.#sessions.get(id);
    const partner = entry && this.#end(entry, reason, told);
    this.#settle();
    return partner;
  }

  async standing(id: SessionId): Promise<Standing | undefined> {
    const entry = this.#live(id);
    if (!entry) return undefined;
    if (entry.match) return { status: 'matched', matchId: entry.match.id };
    return { status: entry.ticket ? 'waiting' : 'idle' };
  }

  async matched(id: SessionId, matchId: MatchId): Promise<boolean> {
    return this.#live(id)?.match?.id === matchId;
  }

  async drain(id: SessionId, after: number): Promise<SessionEvent[]> {
    const entry = this.#sessions.get(id);
    if (!entry) return [];
    const kept = entry.mailbox.findIndex((event) => event.offset > after);
    const forgotten = entry.mailbox.splice(0, kept === -1 ? entry.mailbox.length : kept);
    for (const { event } of forgotten) {
      const { match } = entry;
      if (event.type !== 'message' || event.seq === undefined || event.matchId !== match?.id) continue;
      const { matchId, seq } = event;
      this.#post(partnerOf(match, entry).entry, { type: 'delivered', matchId, seq });
    }
    this.#settle();
    return [...entry.mailbox];
  }

  watch(id: SessionId, watcher: Watcher): Unsubscribe {
    const entry = this.#sessions.get(id);
    if (!entry) return () => {};
    entry.watcher = watcher;
    return () => {
      if (entry.watcher === watcher) entry.watcher = undefined;
    };
  }

  async lapsed(): Promise<SessionId[]> {
    return this.#leases.takeLapsed(this.#options.now());
  }

  async count(): Promise<Counts> {
    const waiting = (mode: Mode) => this.#pools[mode].size + this.#withheld[mode];
    return {
      online: this.#sessions.size,
      waiting: { video: waiting('video'), voice: waiting('voice'), text: waiting('text') },
      matched: { ...this.#matched },
    };
  }

  async close(): Promise<void> {
    this.#sessions.clear();
    this.#accounts.clear();
  }

  /** The session, unless its lease has lapsed: a late owner is refused, not trusted. */
  #live(id: SessionId): Entry | undefined {
    return this.#leases.holds(id, this.#options.now()) ? this.#sessions.get(id) : undefined;
  }

  #renew({ session, match }: Entry): void {
    const { searchingMs, matchedMs } = session.leases;
    this.#leases.set(session.id, this.#options.now() + (match ? matchedMs : searchingMs));
  }

  /** A bare repeat by the one who had waited, who has shown no sign yet of knowing its match. [W7] */
  #isCrossedPoll(entry: Entry, match: Match, { wishes }: FindRequest): boolean {
    const side = sideOf(match, entry);
    const young = this.#options.now() - match.since < POLL_GRACE_MS;
    return wishes === undefined && side.role === 'answerer' && !side.signalled && young;
  }

  /** Takes a partner from the pool or joins it. */
  #seek(entry: Entry, since: number, kind: 'new' | 'returning'): void {
    const ticket: Ticket = { entry, since, place: undefined, retryAt: 0 };
    const partner = entry.away ? undefined : this.#choose(ticket);
    if (partner) {
      this.#withdraw(partner.entry);
      this.#pair(entry, since, partner);
      return;
    }
    if (ticket.retryAt > 0) this.#retries.add(ticket);
    entry.ticket = ticket;
    if (entry.away) this.#withheld[entry.wishes.mode]++;
    else ticket.place = this.#pools[entry.wishes.mode].add(ticket, since);
    if (kind === 'new') this.#post(entry, { type: 'waiting', since });
  }

  /** Uniformly among the longest-waiting compatible tickets. Looks past no more than the caller's own exclusions. */
  #choose(seeker: Ticket): Ticket | undefined {
    const now = this.#options.now();
    const { account } = seeker.entry.session;
    const compatible: Ticket[] = [];
    for (const ticket of this.#pools[seeker.entry.wishes.mode]) {
      const other = ticket.entry.session;
      if (other.account === account || !this.#leases.holds(other.id, now)) continue;
      const barredUntil = this.#barred.until(account, other.account, now);
      if (barredUntil > 0) {
        seeker.retryAt = Math.min(seeker.retryAt || barredUntil, barredUntil);
        continue;
      }
      compatible.push(ticket);
      if (compatible.length === this.#options.matchWindow) break;
    }
    return compatible[Math.floor(this.#options.random() * compatible.length)];
  }

  #pair(newcomer: Entry, since: number, ticket: Ticket): void {
    const waited = ticket.entry;
    const newcomerOffers = since >= ticket.since;
    const side = (entry: Entry, offers: boolean, waitedSince: number): Side => ({
      entry,
      role: offers ? 'offerer' : 'answerer',
      since: waitedSince,
      signalled: false,
      lastSeq: { message: 0, other: 0 },
    });
    const match: Match = {
      id: this.#options.newMatchId(),
      mode: newcomer.wishes.mode,
      since: this.#options.now(),
      relayOnly: newcomer.wishes.relayOnly || waited.wishes.relayOnly,
      sides: [side(waited, !newcomerOffers, ticket.since), side(newcomer, newcomerOffers, since)],
    };
    this.#matched[match.mode] += 2;
    for (const { entry, role } of match.sides) {
      entry.match = match;
      entry.lastMatchId = match.id;
      entry.keptSince = undefined;
      this.#renew(entry);
      this.#post(entry, {
        type: 'matched',
        matchId: match.id,
        role,
        mode: match.mode,
        shared: { interests: [], languages: [] },
        relayOnly: match.relayOnly,
      });
    }
  }

  /** Ends a match for both, tells the one who stays and puts it back in the pool if it asked for that. */
  #part(match: Match, leaver: Entry, claimed: PartnerLeftReason): Entry {
    const now = this.#options.now();
    const failed = claimed === 'failed' && now - match.since < FAILED_WITHIN_MS;
    const reason = claimed === 'failed' && !failed ? 'skipped' : claimed;
    this.#matched[match.mode] -= 2;
    for (const { entry, since } of match.sides) {
      entry.match = undefined;
      entry.keptSince = failed && !(entry === leaver && leaver.blamed) ? since : undefined;
    }
    leaver.blamed = failed;
    const stayer = partnerOf(match, leaver).entry;
    const apartMs = failed ? this.#options.rematchAfterFailureMs : this.#options.rematchAfterMs;
    this.#barred.bar(leaver.session.account, stayer.session.account, now + apartMs, now);
    this.#post(stayer, { type: 'partner-left', matchId: match.id, reason });
    // Whoever has lapsed or is about to be ended as too slow must not meet anybody any more.
    if (stayer.wishes.requeue && this.#live(stayer.session.id) && !this.#slow.has(stayer)) {
      const since = stayer.keptSince ?? now;
      stayer.keptSince = undefined;
      this.#seek(stayer, since, 'new');
    }
    return stayer;
  }

  #leave(entry: Entry, match: MatchRef, reason: PartnerLeftReason): SessionId | undefined {
    if (entry.match) {
      if (match !== 'current' && match !== entry.match.id) return undefined;
      return this.#part(entry.match, entry, reason).session.id;
    }
    if (reason !== 'skipped' && (match === 'current' || match === entry.lastMatchId)) {
      this.#withdraw(entry);
      entry.keptSince = undefined;
    }
    return undefined;
  }

  #withdraw(entry: Entry): void {
    if (!entry.ticket) return;
    if (entry.ticket.place) this.#pools[entry.wishes.mode].remove(entry.ticket.place);
    else this.#withheld[entry.wishes.mode]--;
    this.#retries.delete(entry.ticket);
    entry.ticket = undefined;
  }

  #end(entry: Entry, reason: PartnerLeftReason, told?: SessionEndedReason): SessionId | undefined {
    const { id, account } = entry.session;
    if (!this.#sessions.delete(id)) return undefined;
    if (this.#accounts.get(account) === entry) this.#accounts.delete(account);
    this.#leases.delete(id);
    const partner = this.#leave(entry, 'current', reason);
    entry.mailbox = [];
    const { watcher } = entry;
    entry.watcher = undefined;
    if (told) watcher?.ended(told);
    return partner;
  }

  #settle(): void {
    for (const entry of this.#slow) this.#end(entry, 'lost', 'slow');
    this.#slow.clear();
  }

  #post(entry: Entry, event: ChatEvent): void {
    if (!this.#sessions.has(entry.session.id)) return;
    if (entry.mailbox.length >= this.#options.mailboxMax) {
      this.#slow.add(entry);
      return;
    }
    entry.mailbox.push({ offset: ++entry.lastOffset, event });
    entry.watcher?.wake();
  }
}

function sideOf(match: Match, entry: Entry): Side {
  return match.sides[0].entry === entry ? match.sides[0] : match.sides[1];
}

function partnerOf(match: Match, entry: Entry): Side {
  return match.sides[0].entry === entry ? match.sides[1] : match.sides[0];
}

function sameWishes(a: Wishes, b: Wishes): boolean {
  return a.mode === b.mode && a.requeue === b.requeue && a.relayOnly === b.relayOnly;
}
