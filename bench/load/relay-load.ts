import { once } from 'node:events';
import { WebSocket } from 'ws';
import { seededRandom } from '../../apps/signaling/test/support/random.ts';
import { answerParent } from '../child.ts';
import type { Rate } from '../contest.ts';
import { Movement, pace, sideBySide } from './pace.ts';
import { CANDIDATE, OFFER, isOffer, senders } from './signals.ts';

// Pairs that send each other signals over servers that are not ours, in a process of their own.

/** `peer`: the messages of PeerJS; `ws`: the signal alone, to whom the server has joined one with. */
export type RelayWire = 'peer' | 'ws';

export type RelayLoad = {
  connect(crowd: { port: number; wire: RelayWire; count: number; seed: number }): Promise<void>;
  /** Offers and candidates to the partner; how many arrived. */
  signal(rate: Rate): Promise<{ count: number }>;
};

/** As the client of PeerJS does. */
const HEARTBEAT_MS = 5_000;

function createRelayLoad(): RelayLoad {
  let wire: RelayWire = 'ws';
  let random = seededRandom(1);
  const sockets: WebSocket[] = [];
  const movement = new Movement();
  let arrived = 0;

  const name = (index: number) => `stranger-${String(index).padStart(6, '0')}`;

  function urlOf(port: number, index: number): string {
    const id = name(index);
    return `ws://127.0.0.1:${port}/${wire === 'peer' ? `peerjs?key=peerjs&id=${id}&token=${id}` : ''}`;
  }

  function packetOf(nth: number, to: number): string {
    const signal = isOffer(nth) ? OFFER : CANDIDATE;
    if (wire === 'ws') return signal;
    return `{"type":"${isOffer(nth) ? 'OFFER' : 'CANDIDATE'}","dst":"${name(to)}","payload":${signal}}`;
  }

  return {
    async connect({ port, count, seed, ...crowd }) {
      wire = crowd.wire;
      random = seededRandom(seed);
      // One after the other: who come together are joined.
      await sideBySide(count, 1, async (index) => {
        const socket = new WebSocket(urlOf(port, index), {
          perMessageDeflate: false,
          skipUTF8Validation: true,
        });
        sockets.push(socket);
        // PeerJS greets; the other one says nothing.
        await once(socket, wire === 'peer' ? 'message' : 'open');
        socket.on('message', () => {
          arrived++;
          movement.seen();
        });
      });
      if (wire !== 'peer') return;
      setInterval(() => {
        for (const socket of sockets) socket.send('{"type":"HEARTBEAT"}');
      }, HEARTBEAT_MS);
    },
    async signal({ perSecond, ms }) {
      arrived = 0;
      const next = senders(perSecond, () => Math.floor(random() * sockets.length));
      await pace(perSecond, ms, (count) => {
        const [from, nth] = next(count);
        sockets[from]?.send(packetOf(nth, from ^ 1));
      });
      await movement.quiet();
      return { count: arrived };
    },
  };
}

answerParent(undefined, createRelayLoad());
