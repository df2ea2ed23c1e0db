import type { Socket } from 'socket.io';
import { serveBare } from './bare.ts';

// One slot: whoever comes meets whoever waits.

let waiting: Socket | undefined;

serveBare({
  take(seeker) {
    const partner = waiting;
    if (partner === seeker) return undefined;
    waiting = undefined;
    return partner;
  },
  add: (seeker) => void (waiting = seeker),
  remove(socket) {
    if (waiting === socket) waiting = undefined;
  },
});
