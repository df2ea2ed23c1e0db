import type { Role } from '../../apps/signaling/src/core/types.ts';

/** What a client does. */
type Command =
  | 'enter'
  | 'resume'
  | 'drop'
  | 'goodbye'
  | 'find'
  | 'widen'
  | 'skip'
  | 'leave'
  | 'say'
  | 'relay'
  | 'typing'
  | 'tell';

/** Something a client did, and what came of it. Times are milliseconds of one clock. */
export interface Operation {
  /** Empty: none yet. */
  readonly session: string;
  readonly command: Command;
  /** The match it names; absent: whichever is on, or none. */
  readonly match?: string;
  /** The mark in what it sends, by which it is known wherever it arrives. */
  readonly canary?: string;
  /** On a line that was left behind for one to another node. */
  readonly isBehind?: boolean;
  readonly invokedAt: number;
  /** Absent: it is not known whether it took effect. */
  completedAt?: number;
  /** `ok` or the code of a refusal; absent as `completedAt`. */
  outcome?: string;
}

/** An event that reached a client, perhaps again. */
export interface Heard {
  readonly session: string;
  /** Its place in the mailbox, from 1. */
  readonly offset: number;
  readonly at: number;
  readonly event:
    | { readonly type: 'matched'; readonly match: string; readonly role: Role; readonly mode: string }
    | { readonly type: 'left'; readonly match: string; readonly reason: string }
    | {
        readonly type: 'frame';
        readonly match: string;
        readonly kind: 'say' | 'relay';
        readonly canary: string;
      }
    | { readonly type: 'news'; readonly match: string; readonly name: string }
    | { readonly type: 'waiting'; readonly match?: undefined };
}

/** All that happened in a run, as its clients saw it. */
export interface History {
  /** The account of each session that a client was let into. */
  readonly accounts: Map<string, string>;
  readonly operations: Operation[];
  readonly heard: Heard[];
  /** When the backplane was there again and had forgotten everything. */
  readonly forgotten: number[];
  readonly restored: Restoration[];
}

/**
 * A session came back into a match which was forgotten, or over since long; it counts on from above. The match
 * was there again at some time between the two.
 */
interface Restoration {
  readonly session: string;
  readonly match: string;
  readonly from: number;
  readonly to: number;
}

export function emptyHistory(): History {
  return { accounts: new Map(), operations: [], heard: [], forgotten: [], restored: [] };
}

interface Canary {
  sender: string;
  match: string;
  /** Its place in the sender's order, of its kind. */
  seq: number;
}

export function writeCanary({ sender, match, seq }: Canary): string {
  return `${sender} ${match} ${seq}`;
}

export function readCanary(canary: string): Canary {
  const [sender = '', match = '', seq = ''] = canary.split(' ');
  return { sender, match, seq: Number(seq) };
}
