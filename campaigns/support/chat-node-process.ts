import { randomBytes } from 'node:crypto';
import { RedisBackplane } from '../../apps/signaling/src/backplane/redis.ts';
import { createChat } from '../../apps/signaling/src/core/chat.ts';
import type { Log } from '../../apps/signaling/src/core/ports.ts';
import type { AccountId, MatchId, SessionId } from '../../apps/signaling/src/core/types.ts';
import { deriveKey, keyedHash } from '../../apps/signaling/src/deployment-key.ts';
import { createMatchProofs } from '../../apps/signaling/src/match-proof.ts';
import { serveSocketIo } from '../../apps/signaling/src/transports/socket-io.ts';
import { ChatError } from '../../packages/protocol/src/errors.ts';
import type { NodeOptions, Said, Told } from './chat-node.ts';
import { type MessageLine, MessageServer } from './message-server.ts';

// One node of a deployment: the real chat over the real backplane behind the real transport, swept as
// server.ts sweeps it. Its clients are in the parent process (see chat-node.ts); what both say goes over
// the channel between the two, as much at a time as has come together.

const SWEEP_MS = 1_000;
const OFF = { perMinute: 0, burst: 1 };

const options = JSON.parse(process.argv[2] ?? '') as NodeOptions;
const outbox: Told[] = [];

function tell(told: Told): void {
  if (outbox.push(told) > 1) return;
  setImmediate(() => process.send?.(outbox.splice(0)));
}

function bug(fields: Record<string, unknown>, message: string): void {
  const { err } = fields;
  tell(['bug', `${message}: ${err instanceof Error ? (err.stack ?? err.message) : JSON.stringify(fields)}`]);
}

const silent = () => {};
const log: Log = { debug: silent, info: silent, warn: silent, error: bug };
const unguessable = () => randomBytes(16).toString('base64url');
const backplane = new RedisBackplane({
  ...options.matching,
  url: options.redisUrl,
  prefix: options.prefix,
  random: Math.random,
  newMatchId: () => unguessable() as MatchId,
  log,
});
const key = new TextEncoder().encode(options.secret);
const chat = createChat({
  backplane,
  log,
  newSessionId: () => unguessable() as SessionId,
  newSecret: unguessable,
  hashSecret: keyedHash(deriveKey(key, 'resume token')),
  matchProofs: createMatchProofs(deriveKey(key, 'match proof'), Date.now),
  iceServers: () => [],
});
const server = new MessageServer();
const transport = serveSocketIo(server.io, {
  chat,
  // Whoever says so is it: signing in is tried elsewhere.
  authenticator: { verify: async (token) => ({ account: token as AccountId, expiresAt: Infinity }) },
  now: Date.now,
  random: Math.random,
  log,
  leases: options.leases,
  rates: { connection: OFF, find: OFF, description: OFF, signal: OFF, message: OFF, other: OFF },
  addressOf: () => 'here',
});
const lines = new Map<number, MessageLine>();

function hear(said: Said): void {
  switch (said[0]) {
    case 'open': {
      const [, id, auth] = said;
      const line = server.open(auth, {
        event: (name, args) => tell(['event', id, name, args]),
        refused: (code) => {
          lines.delete(id);
          tell(['refused', id, code]);
        },
        closed: () => {
          lines.delete(id);
          tell(['closed', id]);
        },
      });
      lines.set(id, line);
      return;
    }
    case 'command': {
      const [, id, command, name, args] = said;
      lines.get(id)?.receive(name, args, (answer) => tell(['answer', command, answer]));
      return;
    }
    case 'close': {
      const [, id] = said;
      lines.get(id)?.close('transport close');
      lines.delete(id);
    }
  }
}

await backplane.ready;
setInterval(() => {
  chat.sweep().then(
    () => transport.pause(false),
    (error: unknown) => {
      if (error instanceof ChatError) transport.pause(true);
      else bug({ err: error }, 'sweep failed');
    },
  );
}, SWEEP_MS);
process.on('message', (batch) => {
  for (const said of batch as Said[]) hear(said);
});
process.on('disconnect', () => process.exit());
process.on('unhandledRejection', (error) => bug({ err: error }, 'unhandled rejection'));
tell(['ready']);
