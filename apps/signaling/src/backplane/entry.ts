import { DEFAULT_WISHES } from '@passerby/protocol';
import type {
  ChatEvent,
  ClientAttempt,
  MatchClaim,
  MatchId,
  Mode,
  Role,
  Session,
  SessionEvent,
  Wishes,
} from '../core/types.ts';
import type { Watcher } from '../core/ports.ts';
import { type Ticket, byWaiting } from './pool.ts';

/** All that is known of a session. */
export interface Entry {
  readonly session: Session;
  resumeHash: string | undefined;
  /** Given out for `resumeHash`; whether the client has it is not known yet. */
  nextResumeHash: string | undefined;
  /** The attempt that opened or claimed it last. */
  client: ClientAttempt | undefined;
  away: boolean;
  /** What its partner said last of each, while it was away. [B43] */
  readonly held: Map<Passing['type'], Passing>;
  wishes: Wishes;
  ticket: Ticket<Entry> | undefined;
  match: Match | undefined;
  lastMatchId: MatchId | undefined;
  /** It said itself that its last match had failed; said twice running, that keeps no place. */
  blamed: boolean;
  /** The ticket of a match that failed to connect: with it whoever looks again keeps its place in time. */
  kept: Ticket<Entry> | undefined;
  mailbox: SessionEvent[];
  /** What is in it weighs so much: see {@link weightOf}. */
  mailboxWeight: number;
  lastOffset: number;
  watcher: Watcher | undefined;
}

/** What holds only until it is said anew: nobody who is away needs more than the newest. */
export type Passing = Extract<ChatEvent, { type: 'typing' | 'partner-state' }>;

export function isPassing(event: ChatEvent): event is Passing {
  return event.type === 'typing' || event.type === 'partner-state';
}

/**
 * So much an event may weigh on average where a mailbox is full of them. By their rates, descriptions alone cannot fill
 * one sooner than so many events of any kind do.
 */
export const EVENT_WEIGHT_MAX = 4_096;

/** About how many characters an event has, by what a client can make long. With Redis it is the bytes of its JSON. */
export function weightOf(event: ChatEvent): number {
  const HEAD = 100;
  if (event.type === 'message') return HEAD + event.text.length;
  if (event.type !== 'signal') return HEAD;
  const { kind, body } = event.signal;
  if (kind === 'candidate') return HEAD + body.candidate.length + (body.usernameFragment?.length ?? 0);
  return HEAD + body.sdp.length;
}

export interface Side {
  readonly entry: Entry;
  readonly role: Role;
  /** The one that brought it into the match; a restored one has none. */
  readonly ticket: Ticket<Entry> | undefined;
  /** The offset at which it is told of the match; 0 once it has sent something in it. */
  told: number;
  /** Texts are numbered by themselves: they may also travel another way. */
  readonly lastSeq: { message: number; other: number };
}

export interface Match {
  readonly id: MatchId;
  readonly mode: Mode;
  /** Milliseconds since 1970; 0 of a restored one, whose age nobody knows any more. */
  readonly since: number;
  readonly relayOnly: boolean;
  /** What both named, in the order of the one who waited longer. */
  readonly shared: { interests: string[]; languages: string[] };
  readonly sides: readonly [Side, Side];
}

export function createEntry(session: Session): Entry {
  return {
    session,
    resumeHash: session.resumeHash,
    nextResumeHash: undefined,
    client: session.client,
    away: session.away ?? false,
    held: new Map(),
    wishes: DEFAULT_WISHES,
    ticket: undefined,
    match: undefined,
    lastMatchId: undefined,
    blamed: false,
    kept: undefined,
    mailbox: [],
    mailboxWeight: 0,
    lastOffset: 0,
    watcher: undefined,
  };
}

/** Whether its client holds, or was given, what it needs to come back. */
export function canResume({ resumeHash, nextResumeHash }: Entry): boolean {
  return resumeHash !== undefined || nextResumeHash !== undefined;
}

/** A leftover: the client has come with this attempt, or a newer one, before. */
export function isOvertaken({ client }: Entry, by: ClientAttempt | undefined): boolean {
  return by !== undefined && client?.id === by.id && by.attempt <= client.attempt;
}

/** The match of two tickets. Who waited longer answers. [B16] */
export function createMatch(
  id: MatchId,
  since: number,
  tickets: readonly [Ticket<Entry>, Ticket<Entry>],
): Match {
  const [longer, shorter] = tickets.toSorted(byWaiting) as [Ticket<Entry>, Ticket<Entry>];
  const both = (kind: 'interests' | 'languages') =>
    longer.wishes[kind].filter((named) => shorter.wishes[kind].includes(named));
  return {
    id,
    mode: longer.wishes.mode,
    since,
    relayOnly: longer.wishes.relayOnly || shorter.wishes.relayOnly,
    shared: { interests: both('interests'), languages: both('languages') },
    sides: [createSide(longer, 'answerer'), createSide(shorter, 'offerer')],
  };
}

function createSide(ticket: Ticket<Entry>, role: Role): Side {
  const entry = ticket.owner;
  return { entry, role, ticket, told: entry.lastOffset + 1, lastSeq: { message: 0, other: 0 } };
}

/** The match that the first of the two proves. Both have been in it for long, and know what they share. */
export function restoreMatch(
  { matchId, mode, role, relayOnly }: MatchClaim,
  me: Entry,
  partner: Entry,
): Match {
  const side = (entry: Entry, its: Role): Side => ({
    entry,
    role: its,
    ticket: undefined,
    told: 0,
    lastSeq: { message: 0, other: 0 },
  });
  return {
    id: matchId,
    mode,
    since: 0,
    relayOnly,
    shared: { interests: [], languages: [] },
    sides: [side(me, role), side(partner, role === 'offerer' ? 'answerer' : 'offerer')],
  };
}

export function sideOf(match: Match, entry: Entry): Side {
  return match.sides[0].entry === entry ? match.sides[0] : match.sides[1];
}

export function partnerOf(match: Match, entry: Entry): Side {
  return match.sides[0].entry === entry ? match.sides[1] : match.sides[0];
}
