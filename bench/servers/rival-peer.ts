import { PeerServer } from 'peer';

// The signaling server of PeerJS, as it comes: relays JSON over plain WebSocket to whom the client names.

PeerServer({ host: '127.0.0.1', port: 0, path: '/', concurrent_limit: 20_000 });
