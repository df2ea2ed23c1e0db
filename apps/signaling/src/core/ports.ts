import type {
  AccountId,
  ChatEvent,
  ClientAttempt,
  Counts,
  Leases,
  MatchClaim,
  MatchId,
  PartnerLeftReason,
  Session,
  SessionEndedReason,
  SessionEvent,
  SessionId,
  Standing,
  Unsubscribe,
  Wishes,
} from './types.ts';

/** Which match a command is about: one by id, or whichever is on (plain clients name none). */
export type MatchRef = MatchId | 'current';

export interface FindRequest {
  /** Absent: the wishes of the session's last find, or the defaults. */
  wishes?: Wishes;
  /** End this match first. Without it a find inside a match does nothing. */
  ending?: MatchRef;
  /**
   * `failed`: the two could not connect; both keep their place in time and are barred for longer. It is
   * believed of a young match only (20 s), and counts as `skipped` otherwise.
   */
  reason?: 'skipped' | 'failed';
}

export interface Sending {
  matchId: MatchRef;
  /** Per sender, match and kind; a number not above the last one sent is a repeat and is dropped. */
  seq?: number;
  /** What goes out instead where the match is relay-only; undefined: nothing. Absent: the event itself. */
  relayOnly?: (matchId: MatchId) => ChatEvent | undefined;
}

export interface RestoreRequest {
  match: MatchClaim;
  leases: Leases;
  hash: string;
  client?: ClientAttempt;
  /** What the session asked for last; a skip asks for it again, in the mode of the match. */
  wishes: Omit<Wishes, 'mode'>;
}

export interface Watcher {
  /**
   * New events are in the mailbox. May be called more often than there are events, and in the middle
   * of a verb: it may take note, and nothing else. `event`: one of them, from a backplane that is elsewhere and
   * has it at hand, never in the middle of a verb; whoever has all before it need not drain for it.
   */
  wake(event?: SessionEvent): void;
  /** The session is over although its client did not end it. Called once; nothing follows. */
  ended(reason: SessionEndedReason): void;
}

/**
 * What the nodes of one deployment share: sessions, the pool, matches, mailboxes, leases.
 *
 * Every verb is one atomic step and posts its own events, so that the order in a mailbox is the
 * order of the transitions. No verb throws for an unknown session: it answers as stated.
 *
 * A client on a bad network makes one connection after another, and what it said on one that it has given
 * up may come late. So it counts them (`ClientAttempt`), and a session knows the client and the attempt that
 * `open` or `claim` took last. Of that client both take newer attempts alone, whatever else they carry, and
 * `back` takes that very one; whatever is refused changes nothing. A session that is over is not known any
 * more, and neither is its client. Other clients, and those that do not say which they are, come in any order.
 */
export interface Backplane {
  /**
   * Opens a session. An account has one at a time: an old one without a line, or of the same client, is
   * ended; any other is ended (`elsewhere`) if `takeOver`, else the answer is `elsewhere`. `overtaken`: a
   * newer attempt of this client, or this one, has come before. Rejects for an id that exists.
   */
  open(session: Session, options: { takeOver: boolean }): Promise<'opened' | 'elsewhere' | 'overtaken'>;
  /**
   * Proves that `hash` belongs to a live session of `account` and gives `next` out for it; `hash` stays good
   * until `next` is confirmed or claimed itself, for the answer may be lost. False: it does not belong to it,
   * or the attempt is overtaken.
   */
  claim(
    id: SessionId,
    account: AccountId,
    hash: string,
    next: string,
    client?: ClientAttempt,
  ): Promise<boolean>;
  /** The client has shown that it holds the token of `hash`: the one before is void. False: it is not the one given out last. */
  confirm(id: SessionId, hash: string): Promise<boolean>;
  /**
   * Takes a session up again that the backplane has forgotten, in its match and without a line; `hash` is given
   * out for it. The first of the two to come makes both sessions under their old ids: the partner's place is
   * held for 15 s, in which its own proof takes it, and ends as any lapsed session does. Numbers of what is sent
   * count from the beginning. Until the client has shown a token of it the proof is good again, for
   * the answer may be lost.
   *
   * `refused`: one of the two accounts is online outside of that match, or the session has its token. As with
   * `claim`, a session takes newer attempts of its client alone; else it is `overtaken`.
   */
  restore(request: RestoreRequest): Promise<'restored' | 'refused' | 'overtaken'>;
  /** Starts the lease anew. False: unknown or lapsed. */
  renew(id: SessionId): Promise<boolean>;
  /** The session's line dropped: its ticket is withheld, its partner told. Idempotent. */
  away(id: SessionId): Promise<void>;
  /**
   * The line is back: the ticket returns to its place in time, the partner is told. Idempotent. False:
   * unknown or lapsed, or not the attempt that `open` or `claim` took last.
   */
  back(id: SessionId, client?: ClientAttempt): Promise<boolean>;
  /**
   * Pairs with a compatible ticket (posting `matched` to both) or waits (posting `waiting`).
   * Idempotent while waiting with the same wishes: the ticket stays as it is, widened or not. `stale`:
   * `ending` names a match that is neither the current nor the last one of this session; nothing happened.
   *
   * Two tickets are compatible if they are of one mode and of two accounts that are not kept apart, and
   * each accepts the other. A ticket that insists accepts whoever shares an interest with it, if it names
   * interests, and a language, if it names languages; one that does not insist accepts anyone. Whoever
   * names any insists until `INTEREST_WAIT_MS` have passed since its waiting began (a line that was down
   * and a match that failed to connect included), until `widen`, or, with `anyone` in its wishes, never.
   *
   * The partner is drawn uniformly from the `MATCH_WINDOW` longest-waiting compatible tickets. The cost
   * depends on what the caller names and whom it is kept apart from, never on how many wait. `matched`
   * carries what both named, to both in the same order.
   *
   * A repeat (`ending: 'current'`) within 2 s of `matched`, by somebody who has sent nothing in the match
   * yet, crossed it and is ignored: a bare one by the answerer, or one with the wishes that were matched, which
   * crosses it for as long as `matched` is not acknowledged. [W7]
   */
  find(id: SessionId, request: FindRequest): Promise<'done' | 'stale' | 'unknown'>;
  /**
   * The ticket no longer insists and is tried again at once. If it still finds nobody, `waiting` is
   * posted once more, with the same `since` and `anyone: true`. Nothing happens to a session that does
   * not wait, or not insist.
   */
  widen(id: SessionId): Promise<void>;
  /**
   * Tries those tickets again for which time has changed something, the longest waiting first: their
   * insisting is over (then it posts as `widen` does), or somebody they had to pass over may be met. Any
   * node may call it; the cost depends on how many these are.
   */
  due(): Promise<void>;
  /**
   * Withdraws the ticket or ends the match (only that one, if an id is given). A match alone can be
   * `skipped`: with that reason a ticket stays. The partner, if one was left.
   */
  leave(id: SessionId, match: MatchRef, reason: PartnerLeftReason): Promise<SessionId | undefined>;
  /** Posts to the partner, only while that match is on. Idempotent by `seq`. False: no such match. */
  send(id: SessionId, event: (matchId: MatchId) => ChatEvent, sending: Sending): Promise<boolean>;
  /** Leaves, forgets the session and drops its mailbox. `told`: also call its watcher's `ended`. */
  end(id: SessionId, reason: PartnerLeftReason, told?: SessionEndedReason): Promise<SessionId | undefined>;
  /** Where the session stands; undefined if unknown. */
  standing(id: SessionId): Promise<Standing | undefined>;
  /** Whether the match is on and this session is in it. */
  matched(id: SessionId, matchId: MatchId): Promise<boolean>;
  /**
   * Events behind offset `from`, by default `after`, oldest first; those up to `after` are forgotten. Empty if unknown.
   * A numbered text that is forgotten has arrived: its sender gets `delivered`, while the match is on.
   */
  drain(id: SessionId, after: number, from?: number): Promise<SessionEvent[]>;
  /** One watcher a session; a second one replaces the first. */
  watch(id: SessionId, watcher: Watcher): Unsubscribe;
  /** Sessions whose lease has run out; each is handed to one caller once. */
  lapsed(): Promise<SessionId[]>;
  count(): Promise<Counts>;
  close(): Promise<void>;
}

/** Who a token speaks for. */
export interface Principal {
  account: AccountId;
  /** When the token ends, milliseconds since 1970. */
  expiresAt: number;
}

/** Checks a token. Rejects with ChatError `token-invalid`, `token-expired` or `provider-unavailable`. */
export interface Authenticator {
  verify(token: string): Promise<Principal>;
}

/** What a client holds to come back to its match when it was forgotten; opaque to it. */
export interface MatchProofs {
  /** At most 2,048 characters of `[A-Za-z0-9_-]`; good for both of the two. */
  seal(claim: MatchClaim): string;
  /** As that account's side of it. Undefined: not one of this deployment or account, changed, or too old. */
  open(proof: string, account: AccountId): MatchClaim | undefined;
}

/** Structured log; fields never hold message text, SDP, candidates, addresses or tokens. */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
