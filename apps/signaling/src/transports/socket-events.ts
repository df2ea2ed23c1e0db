import type { ClientToServerEvents, IceServer, ServerToClientEvents } from '@passerby/protocol';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { ChatEvent, SessionEvent } from '../core/types.ts';

// Nothing is kept in `socket.data` (the last type argument): the admin UI could show it.
export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, object>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, object>;

/** What a client gets with its match beside the event. */
export interface MatchExtras {
  iceServers: IceServer[];
  proof?: string;
}

/** Writes a core event to a socket: the table of architecture section 8. Signals stay bare and first. */
export function writeEvent(
  socket: Pick<ChatSocket, 'emit'>,
  { offset, event }: SessionEvent,
  extras: (matched: ChatEvent & { type: 'matched' }) => MatchExtras,
): void {
  switch (event.type) {
    case 'waiting':
      socket.emit('peer:alone', { since: event.since, anyone: event.anyone, offset });
      return;
    case 'matched': {
      // The partner's session and account are nobody's business.
      const { type: _, partner: __, ...match } = event;
      const name = event.role === 'offerer' ? 'peer:found' : 'peer:accepted';
      socket.emit(name, { ...match, ...extras(event), offset });
      return;
    }
    case 'signal': {
      const { matchId, seq, signal } = event;
      const meta = { matchId, ...(seq !== undefined && { seq }), offset };
      if (signal.kind === 'candidate') socket.emit('peer:sent:icecandidate', signal.body, meta);
      else socket.emit(signal.kind === 'offer' ? 'peer:call' : 'peer:answer', signal.body, meta);
      return;
    }
    case 'message': {
      const { type: _, ...message } = event;
      socket.emit('chat:message', { ...message, offset });
      return;
    }
    case 'delivered':
      socket.emit('chat:delivered', { matchId: event.matchId, seq: event.seq, offset });
      return;
    case 'typing':
      socket.emit('chat:typing', { matchId: event.matchId, on: event.on, offset });
      return;
    case 'partner-state':
      socket.emit('peer:state', { matchId: event.matchId, ...event.state, offset });
      return;
    case 'partner-away':
      socket.emit('peer:away', { matchId: event.matchId, offset });
      return;
    case 'partner-back':
      socket.emit('peer:back', { matchId: event.matchId, offset });
      return;
    case 'partner-left':
      socket.emit('peer:disconnected', { matchId: event.matchId, reason: event.reason, offset });
      return;
  }
}
