import { TIMES } from './times.ts';
import type { Clock } from './types.ts';

export interface ReachParts {
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  clock: Clock;
}

/** What of STUN and TURN answered: `none` where there is no such server. */
export interface Reach {
  stun: 'answered' | 'silent' | 'none';
  turn: 'answered' | 'silent' | 'none';
  /** Until the last answer, or until it was given up. */
  tookMs: number;
}

const NOTHING = { stun: 'none', turn: 'none', tookMs: 0 } as const satisfies Reach;

/**
 * Asks the servers for the addresses a call would use, over a connection that is thrown away, for 2 s at
 * most. Never rejects: without WebRTC nothing has answered.
 */
export async function checkReach(iceServers: RTCIceServer[], parts: ReachParts): Promise<Reach> {
  const urls = iceServers.flatMap(({ urls: one }) => one);
  const reach: Reach = {
    ...NOTHING,
    stun: urls.some((url) => url.startsWith('stun')) ? 'silent' : 'none',
    turn: urls.some((url) => url.startsWith('turn')) ? 'silent' : 'none',
  };
  const startedAt = parts.clock.now();
  let connection: RTCPeerConnection | undefined;
  try {
    connection = parts.createPeerConnection({ iceServers });
    await answersOf(connection, reach, parts.clock, urls.filter((url) => url.startsWith('stun')).length);
  } catch {
    // What has not answered is silent.
  }
  connection?.close();
  return { ...reach, tookMs: parts.clock.now() - startedAt };
}

/** Resolves when all have answered, when the browser has asked all it can, or after 2 s. */
async function answersOf(
  connection: RTCPeerConnection,
  reach: Reach,
  clock: Clock,
  stunServers: number,
): Promise<void> {
  let stop = (): void => undefined;
  let hasOwn = false;
  const failed = new Set<string>();
  connection.addEventListener('icecandidateerror', ({ url }) => {
    if (url.startsWith('stun')) failed.add(url);
  });
  const over = new Promise<void>((resolve) => {
    stop = clock.after(TIMES.reachMs, resolve);
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.type === 'host') hasOwn = true;
      // [RFC 8445 5.1.3] An address that the device itself has is a candidate once: no second one tells of the answer.
      if (!candidate && hasOwn && failed.size < stunServers) reach.stun = 'answered';
      if (candidate?.type === 'srflx') reach.stun = 'answered';
      if (candidate?.type === 'relay') reach.turn = 'answered';
      if (!candidate || (reach.stun !== 'silent' && reach.turn !== 'silent')) resolve();
    });
  });
  try {
    connection.createDataChannel('reach');
    await connection.setLocalDescription();
    await over;
  } finally {
    stop();
  }
}
