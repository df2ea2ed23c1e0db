import type { ErrorCode } from './errors.ts';
import type {
  CallReport,
  Candidate,
  Description,
  Handled,
  Handshake,
  MediaState,
  SignalMeta,
} from './schemas.ts';
import type { Mode, Wishes } from './wishes.ts';

/** Who makes the first offer of a match; named by the server. */
export type Role = 'offerer' | 'answerer';

/** Why a match ended, as the one who stays is told. */
export type PartnerLeftReason = 'skipped' | 'left' | 'lost' | 'ended' | 'moderated' | 'failed';

/** Why a session ended without its client asking for it. */
export type SessionEndedReason =
  'elsewhere' | 'lapsed' | 'slow' | 'token-expired' | 'session-unknown' | 'moderated';

/** One entry of `RTCConfiguration.iceServers`. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** Offset of an event in its session's mailbox; only ever grows, and only for our own client. */
export interface Offset {
  offset?: number;
}

/** What a client is told about a new match. */
export interface MatchPayload extends Offset {
  matchId: string;
  role: Role;
  mode: Mode;
  /** What both asked for. */
  shared: { interests: string[]; languages: string[] };
  iceServers: IceServer[];
  /** Either side asked to hide its addresses: use `iceTransportPolicy: 'relay'`. */
  relayOnly: boolean;
  /** For the handshake, should the server forget the match; opaque. Absent where the two could not come back to it. */
  proof?: string;
}

export interface WelcomePayload {
  sessionId: string;
  /** Single use, for the next connection; bound to the account. */
  resumeToken: string;
  /**
   * `none`: a new session; `replayed`: the old one, and what was missed follows; `restored`: the match that a
   * server had forgotten goes on, and texts not delivered have to be said again.
   */
  resumed: 'none' | 'replayed' | 'restored';
  /** Where the session stands, so that a client knows which of its commands arrived. */
  state: { status: 'idle' | 'waiting' } | { status: 'matched'; matchId: string };
  iceServers: IceServer[];
  /** How long the token of this connection lives, by the server's clock; whose own is wrong need not know the time. */
  tokenLeftMs: number;
}

/** The acknowledgement of every command. */
export type Ack<T extends object = object> =
  | ({ ok: true } & T)
  /** `retryInMs`: with `rate-limited`, when the same command will be taken. */
  | { error: ErrorCode; retry: boolean; retryInMs?: number };
type Reply<T extends object = object> = (ack: Ack<T>) => void;
/** What stands behind the arguments of a command's own: how far its sender has handled its events, and who takes the answer. */
export type CommandEnd = [reply: Reply] | [handled: Handled, reply: Reply] | [handled?: Handled];
type SignalOut = SignalMeta & Offset;

type SignalEnd = [meta: SignalMeta, ...CommandEnd] | [reply?: Reply];

/** Commands: what a client may send. A missing acknowledgement is fine everywhere. */
export interface ClientToServerEvents {
  'peer:find': (...args: [wishes: Partial<Wishes>, ...CommandEnd] | [reply?: Reply]) => void;
  /** Stop insisting on shared interests and languages in the search that is on. */
  'peer:widen': (...end: CommandEnd) => void;
  'peer:skip': (skip: { matchId: string; reason?: 'failed' }, ...end: CommandEnd) => void;
  'peer:leave': (...args: [leave: { matchId?: string }, ...CommandEnd] | [reply?: Reply]) => void;
  'peer:offer': (offer: Description, ...args: SignalEnd) => void;
  'peer:answer': (answer: Description, ...args: SignalEnd) => void;
  'peer:sent:icecandidate': (candidate: Candidate, ...args: SignalEnd) => void;
  'peer:ice': (match: { matchId: string }, reply?: Reply<{ iceServers: IceServer[] }>) => void;
  'peer:state': (state: { matchId: string } & MediaState, ...end: CommandEnd) => void;
  /** What the call was like, for the operator's metrics; counted once a match, without saying whose it is. */
  'peer:report': (report: { matchId: string } & CallReport, reply?: Reply) => void;
  'chat:message': (message: { matchId: string; seq: number; text: string }, ...end: CommandEnd) => void;
  'chat:typing': (typing: { matchId: string; on: boolean }, ...end: CommandEnd) => void;
  'session:ack': (handled: Handled, reply?: Reply) => void;
  'session:renew-token': (renewal: { token: string }, reply?: Reply<{ tokenLeftMs: number }>) => void;
  'session:end': (reply?: Reply) => void;
}

/** Events: what a client may receive. */
export interface ServerToClientEvents {
  'session:welcome': (welcome: WelcomePayload) => void;
  'session:ended': (ended: { reason: SessionEndedReason } & Offset) => void;
  /** This node closes: come back after so long, perhaps to another one; the session waits. */
  'server:draining': (draining: { returnInMs: number }) => void;
  'session:elsewhere': (elsewhere: { reason: 'elsewhere' } & Offset) => void;
  /**
   * Waiting since then; `anyone`: no longer, or never, for somebody who shares something alone; `paused`:
   * nobody is matched just now, because what the nodes share cannot be reached.
   */
  'peer:alone': (alone: { since: number; anyone: boolean; paused?: boolean } & Offset) => void;
  'peer:found': (match: MatchPayload) => void;
  'peer:accepted': (match: MatchPayload) => void;
  'peer:call': (offer: Description, meta: SignalOut) => void;
  'peer:answer': (answer: Description, meta: SignalOut) => void;
  'peer:sent:icecandidate': (candidate: Candidate, meta: SignalOut) => void;
  'peer:state': (state: { matchId: string } & MediaState & Offset) => void;
  'peer:away': (match: { matchId: string } & Offset) => void;
  'peer:back': (match: { matchId: string } & Offset) => void;
  'chat:message': (message: { matchId: string; seq?: number; text: string } & Offset) => void;
  /** The partner's client has acknowledged that text. */
  'chat:delivered': (delivered: { matchId: string; seq: number } & Offset) => void;
  'chat:typing': (typing: { matchId: string; on: boolean } & Offset) => void;
  'peer:disconnected': (left: { matchId: string; reason: PartnerLeftReason } & Offset) => void;
}

/** What our own client gives Socket.IO as `auth`, anew at every connect. */
export type HandshakeAuth = Partial<Handshake> & { token: string };

/** Texts of the handshake's refusals, as clients of the plain protocol know them. */
export const TOKEN_MISSING_MESSAGE = 'Authentication token missing';
export const TOKEN_INVALID_MESSAGE = 'Authentication failed';
