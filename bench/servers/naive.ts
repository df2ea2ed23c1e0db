import type { Socket } from 'socket.io';
import { serveBare } from './bare.ts';

// One object of all users, looked through at each find for the first one who waits.

interface User {
  socket: Socket;
  waits: boolean;
}

const users: Record<string, User> = {};

serveBare({
  take(seeker) {
    users[seeker.id] ??= { socket: seeker, waits: false };
    for (const id in users) {
      const user = users[id];
      if (!user?.waits || user.socket === seeker) continue;
      user.waits = false;
      return user.socket;
    }
    return undefined;
  },
  add(seeker) {
    const user = users[seeker.id];
    if (user) user.waits = true;
  },
  remove: ({ id }) => void delete users[id],
});
