import { sameWishes } from '@passerby/protocol';
import type { Backplane, FindRequest, MatchRef, RestoreRequest, Sending, Watcher } from '../core/ports.ts';
import type {
  AccountId,
  ChatEvent,
  ClientAttempt,
  Counts,
  Leases,
  MatchClaim,
  MatchId,
  Mode,
  PartnerLeftReason,
  Session,
  SessionEndedReason,
  SessionEvent,
  SessionId,
  Standing,
  Unsubscribe,
} from '../core/types.ts';
import { Deadlines } from './deadlines.ts';
import {
  type Entry,
  EVENT_WEIGHT_MAX,
  type Match,
  canResume,
  createEntry,
  createMatch,
  isOvertaken,
  isPassing,
  partnerOf,
  restoreMatch,
  sideOf,
  weightOf,
} from './entry.ts';
import type { MatchingOptions } from './matching-options.ts';
import { Pool, type Ticket } from './pool.ts';

export interface MemoryBackplaneOptions extends MatchingOptions {
  /** Milliseconds since 1970. */
  now(): number;
}

/** A find repeated this soon after `matched` crossed its match. [W7] */
const CROSSING_MS = 2_000;
/** A first connection is given up after 10 s; a match older than this has connected, whatever is said of it. */
const FAILED_WITHIN_MS = 20_000;
/** So long the place of somebody whose match was restored is held. */
const RESTORE_WAIT_MS = 15_000;

/** One node's backplane: everything in this process, gone with it. Each verb is one synchronous step. */
export class MemoryBackplane implements Backplane {
  readonly #options: MemoryBackplaneOptions;
  readonly #sessions = new Map<SessionId, Entry>();
  readonly #accounts = new Map<AccountId, Entry>();
  readonly #pool: Pool<Entry>;
  readonly #matched: Record<Mode, number> = { video: 0, voice: 0, text: 0 };
  readonly #leases: Deadlines<SessionId>;
  /** Sessions whose mailbox is full; ended when the verb that filled it is done, never in its middle. */
  readonly #slow = new Set<Entry>();

  constructor(options: MemoryBackplaneOptions) {
    this.#options = options;
    this.#leases = new Deadlines(options.now());
    this.#pool = new Pool({ ...options, mayMeet: (entry) => this.#mayMeet(entry) });
  }

  async open(
    session: Session,
    { takeOver }: { takeOver: boolean },
  ): Promise<'opened' | 'elsewhere' | 'overtaken'> {
    const { client } = session;
    if (this.#sessions.has(session.id)) throw new Error('a session with this id exists');
    const old = this.#accounts.get(session.account);
    if (old) {
      if (isOvertaken(old, client)) return 'overtaken';
      const active = !old.away && this.#live(old.session.id) !== undefined;
      const isOwn = client !== undefined && client.id === old.client?.id;
      if (active && !takeOver && !isOwn) return 'elsewhere';
      this.#end(old, active ? 'left' : 'lost', 'elsewhere');
      this.#settle();
    }
    this.#add(createEntry(session), session.leases.searchingMs);
    return 'opened';
  }

  #add(entry: Entry, leaseMs: number): void {
    const { id, account } = entry.session;
    this.#sessions.set(id, entry);
    this.#accounts.set(account, entry);
    this.#leases.set(id, this.#options.now() + leaseMs);
  }

  async claim(
    id: SessionId,
    account: AccountId,
    hash: string,
    next: string,
    client?: ClientAttempt,
  ): Promise<boolean> {
    const entry = this.#live(id);
    if (!entry || entry.session.account !== account) return false;
    if (isOvertaken(entry, client)) return false;
    if (hash !== entry.resumeHash && !this.#adopt(entry, hash)) return false;
    entry.nextResumeHash = next;
    entry.client = client;
    return true;
  }

  async confirm(id: SessionId, hash: string): Promise<boolean> {
    const entry = this.#live(id);
    return entry !== undefined && this.#adopt(entry, hash);
  }

  async restore(request: RestoreRequest): Promise<'restored' | 'refused' | 'overtaken'> {
    const { match, leases, hash, wishes, client } = request;
    const { me, partner } = match;
    const known = this.#accounts.get(me.account);
    if (known && isOvertaken(known, client)) return 'overtaken';
    if (!known) {
      if (this.#accounts.has(partner.account)) return 'refused';
      this.#remake(match, leases);
    }
    const entry = this.#live(me.id);
    if (!entry || entry.session.account !== me.account || entry.match?.id !== match.matchId) return 'refused';
    if (entry.resumeHash !== undefined) return 'refused';
    entry.nextResumeHash = hash;
    entry.client = client;
    entry.wishes = { ...wishes, mode: match.mode };
    this.#renew(entry);
    if (partnerOf(entry.match, entry).entry.away) {
      this.#post(entry, { type: 'partner-away', matchId: match.matchId });
    }
    this.#settle();
    return 'restored';
  }

  /** Both sessions of a match that was forgotten, without a line. */
  #remake(claim: MatchClaim, leases: Leases): void {
    const entries = [claim.me, claim.partner].map((party) => {
      const entry = createEntry({ ...party, leases, away: true });
      // Above all that it had before: what its client had is not taken for what comes now, nor the other way round.
      entry.lastOffset = this.#options.now();
      this.#add(entry, RESTORE_WAIT_MS);
      return entry;
    }) as [Entry, Entry];
    const match = restoreMatch(claim, ...entries);
    this.#matched[match.mode] += 2;
    for (const entry of entries) {
      entry.match = match;
      entry.lastMatchId = match.id;
    }
  }

  /** The client has the hash given out last: the one before is void. */
  #adopt(entry: Entry, hash: string): boolean {
    if (hash !== entry.nextResumeHash) return false;
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
    if (entry.ticket) this.#seekAgain(entry.ticket);
    if (entry.match) {
      this.#post(partnerOf(entry.match, entry).entry, { type: 'partner-away', matchId: entry.match.id });
    }
    this.#settle();
  }

  async back(id: SessionId, client?: ClientAttempt): Promise<boolean> {
    const entry = this.#live(id);
    if (!entry || client?.id !== entry.client?.id || client?.attempt !== entry.client?.attempt) return false;
    if (!entry.away) return true;
    entry.away = false;
    this.#renew(entry);
    if (entry.match) {
      this.#post(partnerOf(entry.match, entry).entry, { type: 'partner-back', matchId: entry.match.id });
      for (const event of entry.held.values()) this.#post(entry, event);
      entry.held.clear();
    } else if (entry.ticket) this.#seekAgain(entry.ticket);
    this.#settle();
    return true;
  }

  async find(id: SessionId, request: FindRequest): Promise<'done' | 'stale' | 'unknown'> {
    const entry = this.#live(id);
    if (!entry) return 'unknown';
    const { ending } = request;
    if (entry.match) {
      if (ending === undefined) return 'done';
      if (ending === 'current') {
        if (this.#isCrossed(entry, entry.match, request)) return 'done';
      } else if (ending !== entry.match.id) return 'stale';
      this.#part(entry.match, entry, request.reason ?? 'skipped');
    } else if (ending !== undefined && ending !== 'current' && ending !== entry.lastMatchId) return 'stale';

    const wishes = request.wishes ?? entry.wishes;
    if (entry.ticket) {
      if (sameWishes(wishes, entry.wishes)) return 'done';
      this.#withdraw(entry.ticket);
    }
    const { kept } = entry;
    entry.wishes = wishes;
    if (kept && sameWishes(wishes, kept.wishes)) this.#seek(kept);
    else this.#seek(this.#pool.issue(entry, wishes, kept?.since ?? this.#options.now()));
    this.#settle();
    return 'done';
  }

  async widen(id: SessionId): Promise<void> {
    const ticket = this.#live(id)?.ticket;
    if (!ticket || ticket.anyone) return;
    this.#seekAgain(ticket, 'widened');
    this.#settle();
  }

  async due(): Promise<void> {
    for (const ticket of this.#pool.takeDue()) {
      // It may have been taken by an earlier one of them.
      if (ticket.owner.ticket !== ticket) continue;
      if (this.#mayMeet(ticket.owner)) this.#seekAgain(ticket);
      else this.#withdraw(ticket);
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
    const posted = build(match.id);
    if (seq !== undefined) {
      const kind = posted?.type === 'message' ? 'message' : 'other';
      if (seq <= side.lastSeq[kind]) return true;
      side.lastSeq[kind] = seq;
    }
    side.told = 0;
    if (posted) this.#pass(partnerOf(match, entry).entry, posted);
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

  async drain(id: SessionId, after: number, from = after): Promise<SessionEvent[]> {
    const entry = this.#sessions.get(id);
    if (!entry) return [];
    const { mailbox } = entry;
    // Offsets have no gaps.
    const acknowledged = entry.lastOffset - mailbox.length;
    if (after > acknowledged) this.#forget(entry, after - acknowledged);
    return mailbox.slice(Math.max(0, mailbox.length - Math.max(0, entry.lastOffset - from)));
  }

  /** Drops the oldest events; the texts among them have arrived. */
  #forget(entry: Entry, count: number): void {
    const { match } = entry;
    for (const { event } of entry.mailbox.splice(0, count)) {
      entry.mailboxWeight -= weightOf(event);
      if (event.type !== 'message' || event.seq === undefined || event.matchId !== match?.id) continue;
      const { matchId, seq } = event;
      this.#post(partnerOf(match, entry).entry, { type: 'delivered', matchId, seq });
    }
    this.#settle();
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
    return this.#leases.takePassed(this.#options.now());
  }

  async count(): Promise<Counts> {
    return {
      online: this.#sessions.size,
      waiting: { ...this.#pool.waiting },
      matched: { ...this.#matched },
    };
  }

  async close(): Promise<void> {
    this.#sessions.clear();
    this.#accounts.clear();
  }

  /** The session, unless its lease has lapsed: a late owner is refused, not trusted. */
  #live(id: SessionId): Entry | undefined {
    return this.#leases.isAhead(id, this.#options.now()) ? this.#sessions.get(id) : undefined;
  }

  /** Whoever has lapsed or is about to be ended as too slow must not meet anybody any more. */
  #mayMeet(entry: Entry): boolean {
    return this.#live(entry.session.id) === entry && !this.#slow.has(entry);
  }

  #renew({ session, match }: Entry): void {
    const { searchingMs, matchedMs } = session.leases;
    this.#leases.set(session.id, this.#options.now() + (match ? matchedMs : searchingMs));
  }

  /**
   * A find that was on its way when its match was made, by somebody who has shown no sign yet of knowing it:
   * a bare one by the one who had waited, or one with the wishes that were matched, sent again over a new
   * line or after an answer that did not come. [W7]
   */
  #isCrossed(entry: Entry, match: Match, { wishes }: FindRequest): boolean {
    const side = sideOf(match, entry);
    if (side.told === 0) return false;
    const isYoung = this.#options.now() - match.since < CROSSING_MS;
    if (!wishes) return side.role === 'answerer' && isYoung;
    const acknowledged = entry.lastOffset - entry.mailbox.length;
    return sameWishes(wishes, entry.wishes) && (isYoung || acknowledged < side.told);
  }

  /** Takes a partner from the pool or joins it. `told`: what the last `waiting` of this ticket said. */
  #seek(ticket: Ticket<Entry>, told?: { anyone: boolean }): void {
    const { owner, since } = ticket;
    owner.kept = undefined;
    if (owner.away) this.#pool.withhold(ticket);
    const partner = owner.away ? undefined : this.#pool.seek(ticket);
    if (partner) {
      partner.owner.ticket = undefined;
      this.#pair(ticket, partner);
      return;
    }
    owner.ticket = ticket;
    const { anyone } = ticket;
    if (anyone !== told?.anyone) this.#post(owner, { type: 'waiting', since, anyone });
  }

  /** Takes a ticket that waits out and lets it seek once more, in its place; without a line it is withheld. */
  #seekAgain(ticket: Ticket<Entry>, how?: 'widened'): void {
    const { anyone } = ticket;
    this.#withdraw(ticket);
    if (how === 'widened') ticket.anyone = true;
    this.#seek(ticket, { anyone });
  }

  #pair(newcomer: Ticket<Entry>, waiting: Ticket<Entry>): void {
    const now = this.#options.now();
    const match = createMatch(this.#options.newMatchId(), now, [newcomer, waiting]);
    const { id: matchId, mode, shared, relayOnly } = match;
    this.#matched[mode] += 2;
    this.#options.metrics?.matched(mode, [now - newcomer.since, now - waiting.since]);
    const isRestorable = match.sides.every(({ entry }) => canResume(entry));
    for (const { entry, role } of match.sides) {
      entry.match = match;
      entry.held.clear();
      entry.lastMatchId = matchId;
      this.#renew(entry);
      const { session } = partnerOf(match, entry).entry;
      const partner = isRestorable && { partner: { id: session.id, account: session.account } };
      this.#post(entry, { type: 'matched', matchId, role, mode, shared, relayOnly, ...partner });
    }
  }

  /** Ends a match for both, tells the one who stays and puts it back in the pool if it asked for that. */
  #part(match: Match, leaver: Entry, claimed: PartnerLeftReason): Entry {
    const now = this.#options.now();
    const failed = claimed === 'failed' && now - match.since < FAILED_WITHIN_MS;
    const reason = claimed === 'failed' && !failed ? 'skipped' : claimed;
    this.#matched[match.mode] -= 2;
    this.#options.metrics?.matchEnded(match.mode, reason);
    for (const { entry, ticket } of match.sides) {
      entry.match = undefined;
      entry.kept = failed && !(entry === leaver && leaver.blamed) ? ticket : undefined;
    }
    leaver.blamed = failed;
    const stayer = partnerOf(match, leaver).entry;
    const apartMs = failed ? this.#options.rematchAfterFailureMs : this.#options.rematchAfterMs;
    this.#pool.bar(leaver, stayer, apartMs);
    this.#post(stayer, { type: 'partner-left', matchId: match.id, reason });
    if (stayer.wishes.requeue && this.#mayMeet(stayer)) {
      this.#seek(stayer.kept ?? this.#pool.issue(stayer, stayer.wishes, now));
    }
    return stayer;
  }

  #leave(entry: Entry, match: MatchRef, reason: PartnerLeftReason): SessionId | undefined {
    if (entry.match) {
      if (match !== 'current' && match !== entry.match.id) return undefined;
      return this.#part(entry.match, entry, reason).session.id;
    }
    if (reason !== 'skipped' && (match === 'current' || match === entry.lastMatchId)) {
      if (entry.ticket) this.#withdraw(entry.ticket);
      entry.kept = undefined;
    }
    return undefined;
  }

  #withdraw(ticket: Ticket<Entry>): void {
    this.#pool.withdraw(ticket);
    ticket.owner.ticket = undefined;
  }

  #end(entry: Entry, reason: PartnerLeftReason, told?: SessionEndedReason): SessionId | undefined {
    const { id, account } = entry.session;
    if (!this.#sessions.delete(id)) return undefined;
    if (this.#accounts.get(account) === entry) this.#accounts.delete(account);
    this.#leases.delete(id);
    const partner = this.#leave(entry, 'current', reason);
    entry.mailbox = [];
    entry.mailboxWeight = 0;
    const { watcher } = entry;
    entry.watcher = undefined;
    if (told) watcher?.ended(told);
    return partner;
  }

  #settle(): void {
    if (this.#slow.size === 0) return;
    for (const entry of this.#slow) this.#end(entry, 'lost', 'slow');
    this.#slow.clear();
  }

  /** Posts what the partner sent, or keeps it until the line is back. [B43] */
  #pass(to: Entry, event: ChatEvent): void {
    // A text ends typing.
    if (event.type === 'message') to.held.delete('typing');
    if (to.away && isPassing(event)) to.held.set(event.type, event);
    else this.#post(to, event);
  }

  #post(entry: Entry, event: ChatEvent): void {
    if (!this.#sessions.has(entry.session.id)) return;
    const { mailboxMax } = this.#options;
    const weight = entry.mailboxWeight + weightOf(event);
    if (entry.mailbox.length >= mailboxMax || weight > mailboxMax * EVENT_WEIGHT_MAX) {
      this.#slow.add(entry);
      return;
    }
    entry.mailboxWeight = weight;
    entry.mailbox.push({ offset: ++entry.lastOffset, event });
    entry.watcher?.wake();
  }
}
