import {
  answerSchema,
  candidateSchema,
  mediaStateSchema,
  numberedTextSchema,
  offerSchema,
  type Ack,
  type Candidate,
  type ClientToServerEvents,
  type CommandEnd,
  type MatchPayload,
  type ServerToClientEvents,
  type SignalMeta,
} from '@passerby/protocol';
import type { Command } from './outbox.ts';
import { parse } from './parse.ts';
import type { SignalingEvent } from './types.ts';

type Incoming = ServerToClientEvents & {
  connect_error(error: Error & { data?: unknown }): void;
  disconnect(): void;
};

/** The least of a Socket.IO client socket. */
export interface SignalingSocket {
  readonly connected: boolean;
  on<Name extends keyof Incoming>(name: Name, listener: Incoming[Name]): unknown;
  emit<Name extends keyof ClientToServerEvents>(
    name: Name,
    ...args: Parameters<ClientToServerEvents[Name]>
  ): unknown;
  /** Says goodbye to the server, which takes it as the end of the session. */
  disconnect(): unknown;
  /** What carries it: to close that is a line that dropped. (`engine.close` waits for what is still to be written.) */
  readonly io: { readonly engine: { readonly transport: { close(): unknown } } };
}

/** An event with its offset in the mailbox; without an event where it could not be read. */
export type Receive = (offset: number | undefined, event: SignalingEvent | undefined) => void;

/** Wire names in, our words out. `forgotten`: the session ended and may begin anew by itself. */
export function listenToWire(socket: SignalingSocket, receive: Receive, forgotten: () => void): void {
  socket.on('session:ended', ({ offset, reason }) => {
    if (reason === 'slow' || reason === 'lapsed' || reason === 'session-unknown') forgotten();
    else receive(offset, { type: 'ended', reason });
  });
  socket.on('session:elsewhere', ({ offset }) => receive(offset, { type: 'ended', reason: 'elsewhere' }));
  socket.on('peer:alone', ({ offset, since, anyone, paused }) =>
    receive(offset, { type: 'waiting', since, anyone, ...(paused && { paused }) }),
  );
  socket.on('peer:found', (match) => receive(match.offset, matched(match)));
  socket.on('peer:accepted', (match) => receive(match.offset, matched(match)));
  // What comes from the partner is read again here, in case the server let something through.
  socket.on('peer:call', (offer, meta) => {
    const description = parse(offerSchema, offer);
    receive(meta.offset, description && { type: 'offer', ...matchAndSeq(meta), description });
  });
  socket.on('peer:answer', (answer, meta) => {
    const description = parse(answerSchema, answer);
    receive(meta.offset, description && { type: 'answer', ...matchAndSeq(meta), description });
  });
  socket.on('peer:sent:icecandidate', (sent, meta) => {
    const candidate = parse(candidateSchema, sent);
    receive(
      meta.offset,
      candidate && { type: 'candidate', ...matchAndSeq(meta), candidate: candidateInit(candidate) },
    );
  });
  socket.on('peer:state', (state) => {
    const media = parse(mediaStateSchema, state);
    receive(state.offset, media && { type: 'partner-state', matchId: state.matchId, media });
  });
  socket.on('peer:away', ({ offset, matchId }) => receive(offset, { type: 'partner-away', matchId }));
  socket.on('peer:back', ({ offset, matchId }) => receive(offset, { type: 'partner-back', matchId }));
  socket.on('chat:message', (message) => {
    const text = parse(numberedTextSchema, message);
    receive(message.offset, text && { type: 'text', matchId: message.matchId, ...text });
  });
  socket.on('chat:delivered', ({ offset, matchId, seq }) =>
    receive(offset, { type: 'text-delivered', matchId, seq }),
  );
  socket.on('chat:typing', ({ offset, matchId, on }) =>
    receive(offset, { type: 'partner-typing', matchId, on }),
  );
  socket.on('peer:disconnected', ({ offset, matchId, reason }) =>
    receive(offset, { type: 'partner-left', matchId, reason }),
  );
}

/** Our words in, wire names out. `handled`: offset of the last event, where the server does not know yet that it was. */
export function sayOnWire(
  socket: SignalingSocket,
  command: Command,
  handled: number | undefined,
  reply: (ack: Ack) => void,
): void {
  const end: CommandEnd = handled === undefined ? [reply] : [{ upTo: handled }, reply];
  switch (command.type) {
    case 'find':
      socket.emit('peer:find', command.wishes, ...end);
      break;
    case 'skip': {
      const { matchId, reason } = command;
      socket.emit('peer:skip', { matchId, ...(reason && { reason }) }, ...end);
      break;
    }
    case 'leave':
      socket.emit('peer:leave', command.matchId === undefined ? {} : { matchId: command.matchId }, ...end);
      break;
    case 'description': {
      const { description, matchId, seq } = command;
      const name = description.type === 'offer' ? 'peer:offer' : 'peer:answer';
      socket.emit(name, description, { matchId, seq }, ...end);
      break;
    }
    case 'candidate': {
      const { candidate, matchId, seq } = command;
      socket.emit('peer:sent:icecandidate', candidate, { matchId, seq }, ...end);
      break;
    }
    case 'widen':
      socket.emit('peer:widen', ...end);
      break;
    case 'text': {
      const { matchId, seq, text } = command;
      socket.emit('chat:message', { matchId, seq, text }, ...end);
      break;
    }
    case 'typing':
      socket.emit('chat:typing', { matchId: command.matchId, on: command.on }, ...end);
      break;
    case 'state':
      socket.emit('peer:state', { matchId: command.matchId, ...command.media }, ...end);
      break;
  }
}

function matched({ offset: _, proof, ...match }: MatchPayload): SignalingEvent {
  return { type: 'matched', match, ...(proof !== undefined && { proof }) };
}

function matchAndSeq({ matchId, seq }: SignalMeta): { matchId: string; seq?: number } {
  return seq === undefined ? { matchId } : { matchId, seq };
}

function candidateInit({
  candidate,
  sdpMid,
  sdpMLineIndex,
  usernameFragment,
}: Candidate): RTCIceCandidateInit {
  return {
    candidate,
    ...(sdpMid !== undefined && { sdpMid }),
    ...(sdpMLineIndex !== undefined && { sdpMLineIndex }),
    ...(usernameFragment !== undefined && { usernameFragment }),
  };
}
