import type {
  CallReport,
  MatchPayload,
  MediaState,
  Mode,
  PartnerLeftReason,
  SessionEndedReason,
  Wishes,
} from '@passerby/protocol';
import type { Devices } from './device-list.ts';
import type { CallErrorReason, MissingDevices } from './errors.ts';
import type { DevicesInUse, Interrupted } from './held-devices.ts';
import type { WeakSide } from './link.ts';
import type { Fallbacks } from './media.ts';

/** A running match, as the call carries it: who offers, over which ICE servers. */
export type Match = Omit<MatchPayload, 'offset' | 'proof'>;

/**
 * What the user is in. One value at a time; each arm carries only what it has.
 * What may change in every arm (online, muted, the partner's media) stands beside it in {@link CallView}.
 */
export type CallState =
  /** Nothing runs. The camera may be on for a preview. */
  | { status: 'idle' }
  /** Start was pressed: camera, sign-in and socket are on their way. */
  | { status: 'starting'; wishes: Wishes; mediaReady: boolean; signalingReady: boolean }
  /**
   * In the pool. Absent until the server has said so: `since`, milliseconds since 1970, and whether it
   * looks for `anyone`, or as yet for somebody who shares an interest or a language alone. `paused`: the
   * server can match nobody just now. `slowedUntil`, milliseconds since 1970: there were too many searches, and
   * the next one is asked for then.
   */
  | {
      status: 'searching';
      wishes: Wishes;
      since?: number;
      anyone?: boolean;
      paused?: true;
      slowedUntil?: number;
    }
  /** Matched, no picture or sound yet. `slow` after 4 s. */
  | { status: 'connecting'; wishes: Wishes; match: Match; slow: boolean }
  /** Media flows. `weak`: nothing has arrived for 2 s. */
  | { status: 'connected'; wishes: Wishes; match: Match; weak: boolean }
  /** Media is lost and being won back. `offline`, `partnerAway`: whose line to the server is down. */
  | { status: 'reconnecting'; wishes: Wishes; match: Match; offline: boolean; partnerAway: boolean }
  /** The match ended by the other side or by the network; the next search begins by itself unless paused. */
  | { status: 'parted'; wishes: Wishes; reason: PartnerLeftReason; paused: boolean }
  /** The session is over for a reason the user must act on. `missing`: where it failed for want of devices. */
  | { status: 'failed'; reason: CallErrorReason; missing?: MissingDevices };

/** One text of a match, by me or by the partner. */
export interface TextLine {
  /** Unique in its log, for good: `me 3`, `partner 2`. */
  readonly key: string;
  readonly from: 'me' | 'partner';
  readonly text: string;
  /** When it was sent or came, in milliseconds since 1970. */
  readonly at: number;
  /**
   * Of my own: `delivered` when the partner's client has it; `undelivered` after 10 s without that, which
   * may still change while the match is on; `sent` when the match ended while the server was handing it over.
   */
  readonly progress?: 'sending' | 'sent' | 'delivered' | 'undelivered';
  /** It went, or came, from browser to browser: one of the two had no line to the server. */
  readonly direct?: true;
}

/** How a match ended: as the other side had it, or by what I did. `lost` also where my session was over. */
export type Ending = PartnerLeftReason | 'me';

/** The texts of the match that is on, or of the last one. A new object after each change. */
export interface TextLog {
  readonly matchId: string;
  readonly mode: Mode;
  /** What both asked for. */
  readonly shared: Match['shared'];
  /** What I had asked for. */
  readonly wishes: Wishes;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Both are there when the match is over. */
  readonly endedAt?: number;
  readonly ending?: Ending;
  readonly lines: readonly TextLine[];
  readonly partnerTyping: boolean;
}

/** Everything a screen needs, as one snapshot. */
export interface CallView {
  state: CallState;
  /** Whether the signaling connection stands. False for less than 3 s is not worth showing. */
  online: boolean;
  /** Set 3 s after the signaling connection was lost, cleared when it is back. */
  offlineBanner: boolean;
  muted: boolean;
  cameraOff: boolean;
  localStream: MediaStream | undefined;
  /** Camera and microphone as far as they were asked for and could not be had, or went away. */
  missing: MissingDevices;
  /** Of those in use, what brings nothing for now. */
  interrupted: Interrupted;
  /** Where another device than the one chosen, or used until then, is in use, and why; for 8 s. */
  fallbacks: Fallbacks;
  devices: Devices;
  inUse: DevicesInUse;
  remoteStream: MediaStream | undefined;
  partnerMedia: MediaState;
  /** The partner's line to the server is down; media may still flow. */
  partnerAway: boolean;
  /** Set while connected over a weak connection: whose side it is, as far as can be told. */
  weakSide: WeakSide | undefined;
  /** A picture is sent that is too much for the way, however small: the sound would be better without it. */
  pictureHopeless: boolean;
  /** Kept until the next match, so that it can be read and saved; undefined before the first one. */
  textLog: TextLog | undefined;
}

export type Unsubscribe = () => void;

/** Time, so that tests can move it by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): Unsubscribe;
}

/** Why a session ended that must not begin anew by itself. */
export type FinalEnd = Extract<SessionEndedReason, 'elsewhere' | 'token-expired' | 'moderated'>;

/** What arrives from the server, in our words. The adapter alone knows the wire names. */
export type SignalingEvent =
  | { type: 'online' }
  | { type: 'offline' }
  /** A new connection stands. `resumed: false`: whatever ran before is over on the server. */
  | {
      type: 'welcome';
      resumed: boolean;
      standing: { status: 'idle' | 'waiting' } | { status: 'matched'; matchId: string };
    }
  | { type: 'waiting'; since: number; anyone: boolean; paused?: true }
  /** There were too many searches: the one that is wanted is asked for again in so many milliseconds. */
  | { type: 'slowed'; retryInMs: number }
  /** `proof`: what the adapter shows to a server that has forgotten the match. */
  | { type: 'matched'; match: Match; proof?: string }
  | { type: 'offer' | 'answer'; matchId: string; seq?: number; description: RTCSessionDescriptionInit }
  | { type: 'candidate'; matchId: string; seq?: number; candidate: RTCIceCandidateInit }
  | { type: 'partner-state'; matchId: string; media: MediaState }
  | { type: 'partner-away' | 'partner-back'; matchId: string }
  | { type: 'partner-left'; matchId: string; reason: PartnerLeftReason }
  | { type: 'text'; matchId: string; seq: number; text: string }
  /** The server has the text with that number and will hand it over. */
  | { type: 'text-taken'; matchId: string; seq: number }
  /** The partner's client has it. */
  | { type: 'text-delivered'; matchId: string; seq: number }
  | { type: 'partner-typing'; matchId: string; on: boolean }
  /** The server ended the session, and for good. */
  | { type: 'ended'; reason: FinalEnd }
  /** The connection was refused and will not be tried again. */
  | { type: 'refused'; reason: CallErrorReason };

/**
 * The way to the server. Commands are idempotent by match id and sequence: the
 * adapter keeps those that are not acknowledged and sends them again, in order,
 * after a reconnect that resumed the session.
 */
export interface SignalingClient {
  /** Connects and keeps connected until `close`. A second call does nothing. */
  connect(options?: { takeOver?: boolean }): void;
  find(wishes: Wishes): void;
  /** Stop insisting on shared interests and languages, in the search that is on. */
  widen(): void;
  skip(matchId: string, reason?: 'failed'): void;
  leave(matchId?: string): void;
  sendDescription(matchId: string, description: RTCSessionDescriptionInit): void;
  sendCandidate(matchId: string, candidate: RTCIceCandidateInit): void;
  sendState(matchId: string, media: MediaState): void;
  /** Sends a text; `seq` counts the texts of the match from 1. In order: one goes when the one before is taken. */
  say(matchId: string, seq: number, text: string): void;
  /** That text has arrived another way: it need not be sent any more. */
  unsay(matchId: string, seq: number): void;
  typing(matchId: string, on: boolean): void;
  /** What the call was like, for whoever counts such things; not kept where the line is down. */
  report(matchId: string, report: CallReport): void;
  /** Fresh ICE servers for an ICE restart; rejects with a CallError when there is no line. */
  iceServers(matchId: string): Promise<RTCIceServer[]>;
  /** Comes back at once where the line is down. */
  hurry(): void;
  on(listener: (event: SignalingEvent) => void): Unsubscribe;
  /** Says goodbye (the server ends the session at once) and closes. Safe in `pagehide`. */
  close(): void;
}

/** Who the user is, anew at every connect. */
export interface AuthSource {
  /**
   * A token for the server.
   * `fresh`: the last one was refused or is about to end, so a cached one is no use.
   * Reject with a CallError (`signed-out`) when there is nobody; any other rejection is tried again.
   */
  token(options?: { fresh?: boolean }): Promise<{ token: string }>;
}

/** Tells when the device came to another network, or back to one. */
export type NetworkChanges = (listener: () => void) => Unsubscribe;
