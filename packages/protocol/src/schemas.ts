import * as v from 'valibot';
import {
  CANDIDATE_LENGTH_MAX,
  PROTOCOL_VERSION,
  SDP_LENGTH_MAX,
  TEXT_LENGTH_MAX,
  TOKEN_LENGTH_MAX,
} from './limits.ts';
import { findSchema } from './wishes.ts';

// Every schema builds a fresh object of the named keys alone: what a client adds
// beside them (`__proto__` included) never travels further.

/** A match's id on the wire: 22 characters of base64url (128 random bits). */
export const matchIdSchema = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/));

const sdpSchema = v.pipe(v.string(), v.maxLength(SDP_LENGTH_MAX), v.startsWith('v=0'));

/** An SDP offer, as `RTCSessionDescription.toJSON()` writes it (RFC 8866, W3C webrtc-pc). */
export const offerSchema = v.object({ type: v.literal('offer'), sdp: sdpSchema });
/** An SDP answer. */
export const answerSchema = v.object({ type: v.literal('answer'), sdp: sdpSchema });
/** A session description: an offer or an answer. */
export type Description = v.InferOutput<typeof offerSchema> | v.InferOutput<typeof answerSchema>;

// RFC 8839 section 5.1: foundation component transport priority address port "typ" type, then extensions.
const CANDIDATE_LINE =
  /^(?:a=)?candidate:[\w+/]{1,32} [12] (?:udp|tcp) \d{1,10} [\w.:-]{1,255} \d{1,5} typ (?:host|srflx|prflx|relay)(?: [\x21-\x7e]+)*\s*$/i;

/** An ICE candidate as `RTCIceCandidate.toJSON()` writes it; `candidate: ''` says that there are no more. */
export const candidateSchema = v.object({
  candidate: v.pipe(
    v.string(),
    v.maxLength(CANDIDATE_LENGTH_MAX),
    v.check((line) => line === '' || CANDIDATE_LINE.test(line)),
  ),
  sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(32)))),
  sdpMLineIndex: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)))),
  usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
});
export type Candidate = v.InferOutput<typeof candidateSchema>;

const seqSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER));

/** What our client sends behind a signal. Absent: a plain client, whose signals mean "my current match". */
export const signalMetaSchema = v.object({ matchId: matchIdSchema, seq: v.optional(seqSchema) });
export type SignalMeta = v.InferOutput<typeof signalMetaSchema>;

/** `failed`: the two could not connect; both keep their place and are kept apart longer. */
export const skipSchema = v.object({ matchId: matchIdSchema, reason: v.optional(v.literal('failed')) });
export const matchRefSchema = v.object({ matchId: matchIdSchema });
export const leaveSchema = v.object({ matchId: v.optional(matchIdSchema) });

/** What the partner's screen should say about me. */
export const mediaStateSchema = v.object({
  mic: v.boolean(),
  cam: v.boolean(),
  away: v.optional(v.boolean(), false),
});
export type MediaState = v.InferOutput<typeof mediaStateSchema>;
export const peerStateSchema = v.object({ matchId: matchIdSchema, ...mediaStateSchema.entries });

/** In characters, of which a text has no more than UTF-16 units. */
function hasLengthAtMost(text: string, most: number): boolean {
  return text.length <= most || [...text].length <= most;
}

/** A text to the partner: at least one character that is not white space, well-formed Unicode. */
export const textSchema = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== '' && text.isWellFormed() && hasLengthAtMost(text, TEXT_LENGTH_MAX)),
);
/** `seq` counts the sender's texts of a match from 1, without gaps: a repeat counts once. */
export const numberedTextSchema = v.object({ seq: seqSchema, text: textSchema });
export const messageSchema = v.object({ matchId: matchIdSchema, ...numberedTextSchema.entries });
export const typingSchema = v.object({ matchId: matchIdSchema, on: v.boolean() });

/** The longest time to a first frame that is believed, in milliseconds. */
const FIRST_FRAME_MS_MAX = 60_000;
/**
 * How two browsers reached each other, by the selected pair of candidates: `relay` if either is relayed,
 * else `reflexive` if either is server or peer reflexive, else `direct`.
 */
const routeSchema = v.picklist(['direct', 'reflexive', 'relay']);
export type Route = v.InferOutput<typeof routeSchema>;
/** What a client measured of its match: milliseconds from `matched` to the partner's first frame. */
export const reportSchema = v.object({
  matchId: matchIdSchema,
  firstFrameMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(FIRST_FRAME_MS_MAX)),
  route: routeSchema,
});
export type CallReport = Omit<v.InferOutput<typeof reportSchema>, 'matchId'>;

/** Offset of the last event that was handled. */
export const ackSchema = v.object({
  upTo: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
});
export type Handled = v.InferOutput<typeof ackSchema>;
export const tokenSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(TOKEN_LENGTH_MAX));
export const renewTokenSchema = v.object({ token: tokenSchema });

const clientSchema = v.object({
  /** Made by the client for as long as it runs: at least 128 random bits of base64url. */
  id: v.pipe(v.string(), v.regex(/^[\w-]{22,64}$/)),
  /** Counts its connections, from 1. */
  attempt: seqSchema,
});
/** Which client it is, and which of its connections. */
export type ClientAttempt = v.InferOutput<typeof clientSchema>;

/** `handshake.auth` of our own client. A plain client sends `token` alone. */
export const handshakeSchema = v.object({
  token: tokenSchema,
  protocol: v.optional(v.literal(PROTOCOL_VERSION)),
  /** What arrives behind a newer connection of the same client is refused; its own session a client takes over unasked. */
  client: v.optional(clientSchema),
  /** Take the account over from the tab or device that shows it now. */
  takeOver: v.optional(v.boolean(), false),
  /** What the match that is on was told with, for a server that has forgotten it; and what a skip of it asks for. */
  restore: v.optional(
    v.object({ proof: v.pipe(v.string(), v.regex(/^[\w-]{40,2048}$/)), wishes: findSchema }),
  ),
  resume: v.optional(
    v.object({
      token: v.pipe(v.string(), v.regex(/^[\w.-]{16,256}$/)),
      /** Offset of the last event that was handled; replay begins behind it. */
      offset: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
    }),
  ),
});
export type Handshake = v.InferOutput<typeof handshakeSchema>;

/** Body of `POST /api/guest`: the statement of being 18 or older. */
export const guestRequestSchema = v.object({ adult: v.literal(true) });
/** Its answer: a signed pass and when it ends (milliseconds since 1970). */
export interface GuestPass {
  token: string;
  expiresAt: number;
}
