import { createServer } from 'node:http';
import { Server, type Socket } from 'socket.io';

/** What a bare server does with a search: the partner it takes out of those who wait, if there is one. */
export interface Waiting {
  take(seeker: Socket): Socket | undefined;
  add(seeker: Socket): void;
  remove(socket: Socket): void;
}

/** As ours: how soon the dead are noticed is a setting. */
const PING = { pingInterval: 8_000, pingTimeout: 6_000 };

const RELAYED = {
  'peer:offer': 'peer:call',
  'peer:answer': 'peer:answer',
  'peer:sent:icecandidate': 'peer:sent:icecandidate',
  'chat:message': 'chat:message',
} as const;

/**
 * The least that a Socket.IO server can do for these clients: it believes everybody everything, knows
 * nothing of sessions, and keeps nothing for those who are away. It answers who asks for an answer.
 */
export function serveBare(waiting: Waiting): void {
  const http = createServer();
  const io = new Server(http, { ...PING, serveClient: false });
  const partners = new Map<Socket, Socket>();
  let matches = 0;

  function part(socket: Socket): void {
    const partner = partners.get(socket);
    if (!partner) return;
    partners.delete(socket);
    partners.delete(partner);
    partner.emit('peer:disconnected');
  }

  function find(socket: Socket): void {
    part(socket);
    const partner = waiting.take(socket);
    if (!partner) {
      waiting.add(socket);
      socket.emit('peer:alone');
      return;
    }
    partners.set(socket, partner);
    partners.set(partner, socket);
    const match = { matchId: String(++matches) };
    socket.emit('peer:found', match);
    partner.emit('peer:accepted', match);
  }

  io.on('connection', (socket) => {
    const search = (...args: unknown[]) => {
      find(socket);
      acknowledge(args);
    };
    socket.on('peer:find', search);
    socket.on('peer:skip', search);
    for (const [sent, received] of Object.entries(RELAYED)) {
      socket.on(sent, (...args: unknown[]) => {
        const reply = typeof args.at(-1) === 'function' ? args.pop() : undefined;
        partners.get(socket)?.emit(received, ...args);
        acknowledge([reply]);
      });
    }
    socket.on('disconnect', () => {
      part(socket);
      waiting.remove(socket);
    });
  });
  http.listen(0, '127.0.0.1');
}

function acknowledge(args: unknown[]): void {
  const reply = args.at(-1);
  if (typeof reply === 'function') reply({ ok: true });
}
