import { io as connectSocket } from 'socket.io-client';
import { CallError } from './errors.ts';
import { Listeners } from './listeners.ts';
import type { Command } from './outbox.ts';
import { SocketSession, type OpenSocket, type SocketSessionParts } from './socket-session.ts';
import type { SignalingClient, SignalingEvent } from './types.ts';
import type { SignalingSocket } from './wire.ts';

export type SocketSignalingParts = Omit<SocketSessionParts, 'io' | 'nextAttempt' | 'nextSeq'> &
  Partial<Pick<SocketSessionParts, 'io'>>;

// Socket.IO's overloads are too rich for the least of a socket to be recognised in them.
const openSocket: OpenSocket = (url, options) => connectSocket(url, options) as SignalingSocket;

/** The Socket.IO adapter of {@link SignalingClient}. Nothing is opened before `connect`. */
export function createSocketSignaling(parts: SocketSignalingParts): SignalingClient {
  const listeners = new Listeners<SignalingEvent>();
  let session: SocketSession | undefined;
  // Over all its sessions: what is left of an earlier one must not stand in the way of the next.
  const id = randomId();
  let attempt = 0;
  const nextAttempt = () => ({ id, attempt: ++attempt });
  const send = (command: Command): void => session?.send(command);
  // Counts per match, and only one match is on at a time.
  let numbered = { matchId: '', seq: 0 };
  const nextSeq = (matchId: string): number => {
    numbered = { matchId, seq: numbered.matchId === matchId ? numbered.seq + 1 : 1 };
    return numbered.seq;
  };

  return {
    connect({ takeOver = false } = {}) {
      session ??= new SocketSession({ io: openSocket, ...parts, nextAttempt, nextSeq }, takeOver, (event) => {
        // Final: the next `connect` begins a new session.
        if (event.type === 'ended' || event.type === 'refused') session = undefined;
        listeners.emit(event);
      });
    },
    find: (wishes) => send({ type: 'find', wishes }),
    widen: () => send({ type: 'widen' }),
    skip: (matchId, reason) => send({ type: 'skip', matchId, ...(reason && { reason }) }),
    leave: (matchId) => send({ type: 'leave', ...(matchId !== undefined && { matchId }) }),
    sendDescription(matchId, { type, sdp = '' }) {
      if (type !== 'offer' && type !== 'answer') return;
      send({ type: 'description', matchId, seq: nextSeq(matchId), description: { type, sdp } });
    },
    sendCandidate(matchId, { candidate = '', ...rest }) {
      send({ type: 'candidate', matchId, seq: nextSeq(matchId), candidate: { candidate, ...rest } });
    },
    sendState: (matchId, media) => send({ type: 'state', matchId, media }),
    say: (matchId, seq, text) => send({ type: 'text', matchId, seq, text }),
    unsay: (matchId, seq) => session?.unsay(matchId, seq),
    typing: (matchId, on) => send({ type: 'typing', matchId, on }),
    hurry: () => session?.hurry(),
    report: (matchId, report) => session?.report(matchId, report),
    iceServers: (matchId) =>
      session?.iceServers(matchId) ?? Promise.reject(new CallError('server-unreachable')),
    on: (listener) => listeners.on(listener),
    close() {
      session?.close();
      session = undefined;
    },
  };
}

/** 128 random bits, as base64url. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .slice(0, 22)
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
