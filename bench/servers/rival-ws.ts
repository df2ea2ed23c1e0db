import { type WebSocket, WebSocketServer } from 'ws';

// The physical bottom: two connections that came one after the other, and bytes from one to the other.

let waiting: WebSocket | undefined;

function join(from: WebSocket, to: WebSocket): void {
  from.on('message', (data, binary) => to.send(data, { binary }));
}

new WebSocketServer({ host: '127.0.0.1', port: 0 }).on('connection', (socket) => {
  if (waiting) {
    join(socket, waiting);
    join(waiting, socket);
    waiting = undefined;
  } else waiting = socket;
});
