import type {
  Candidate,
  ClientAttempt,
  Description,
  MediaState,
  Mode,
  PartnerLeftReason,
  Role,
  SessionEndedReason,
  Wishes,
} from '@passerby/protocol';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type SessionId = Branded<'SessionId'>;
export type AccountId = Branded<'AccountId'>;
export type MatchId = Branded<'MatchId'>;

export type { ClientAttempt, Mode, PartnerLeftReason, Role, SessionEndedReason, Wishes };

/** How long a session lives without being renewed, in milliseconds. */
export interface Leases {
  /** While idle or in the pool. */
  searchingMs: number;
  /** In a match: media may still flow although the line is down. */
  matchedMs: number;
}

/** One participant's presence. */
export interface Session {
  id: SessionId;
  account: AccountId;
  leases: Leases;
  /** Keyed hash of the resume token; absent for a client that cannot resume. */
  resumeHash?: string;
  /** Who opens it; absent: a client that does not say. */
  client?: ClientAttempt;
  /** Its line is still to come: `back` says when it is there. */
  away?: boolean;
}

/** A session and whose it is. */
export interface Party {
  id: SessionId;
  account: AccountId;
}

/** A match as one of its two can prove that it was on. */
export interface MatchClaim {
  matchId: MatchId;
  mode: Mode;
  /** Of `me`. */
  role: Role;
  relayOnly: boolean;
  me: Party;
  partner: Party;
}

/** A signal: a description or a candidate; opaque to the core but for its kind. */
export type Signal = { kind: 'offer' | 'answer'; body: Description } | { kind: 'candidate'; body: Candidate };

/** What a session receives. */
export type ChatEvent =
  /** `anyone`: whoever comes is welcome; false while it insists on somebody who shares something. */
  | { type: 'waiting'; since: number; anyone: boolean }
  | {
      type: 'matched';
      matchId: MatchId;
      role: Role;
      mode: Mode;
      shared: { interests: string[]; languages: string[] };
      relayOnly: boolean;
      /** Where both can come back to a match that was forgotten; for the proof alone, never for the client. */
      partner?: Party;
    }
  | { type: 'signal'; matchId: MatchId; seq?: number; signal: Signal }
  | { type: 'partner-state'; matchId: MatchId; state: MediaState }
  | { type: 'message'; matchId: MatchId; seq?: number; text: string }
  | { type: 'delivered'; matchId: MatchId; seq: number }
  | { type: 'typing'; matchId: MatchId; on: boolean }
  | { type: 'partner-away'; matchId: MatchId }
  | { type: 'partner-back'; matchId: MatchId }
  | { type: 'partner-left'; matchId: MatchId; reason: PartnerLeftReason };

/**
 * An event in a mailbox. Offsets count without gaps for the life of the session: from 1, and in one that was
 * restored from above all that it had before.
 */
export interface SessionEvent {
  offset: number;
  event: ChatEvent;
}

/** Where a session stands. */
export type Standing = { status: 'idle' | 'waiting' } | { status: 'matched'; matchId: MatchId };

/** Sessions online, waiting and matched. Idle sessions are in `online` alone. */
export interface Counts {
  online: number;
  waiting: Record<Mode, number>;
  matched: Record<Mode, number>;
}

export type Unsubscribe = () => void;
