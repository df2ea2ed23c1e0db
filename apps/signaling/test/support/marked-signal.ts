import type { MatchRef } from '../../src/core/ports.ts';
import type { SessionId, Signal } from '../../src/core/types.ts';

/** The address that every sender of a marked signal has behind its relay. */
export const OWN_ADDRESS = '192.0.2.7';

/** A signal that says who sent it and for which match, and names its sender's own address. */
export function markedSignal(
  kind: 'offer' | 'answer' | 'host' | 'relay',
  sender: SessionId,
  match: MatchRef,
): Signal {
  const mark = `${sender} ${match}`;
  const host = `candidate:1 1 udp 1 ${OWN_ADDRESS} 5000 typ host`;
  const relay = `candidate:1 1 udp 1 198.51.100.9 3478 typ relay raddr ${OWN_ADDRESS} rport 5000`;
  if (kind === 'offer' || kind === 'answer') {
    const sdp = `v=0\r\ns=${mark}\r\nc=IN IP4 ${OWN_ADDRESS}\r\na=${host}\r\na=${relay}\r\n`;
    return { kind, body: { type: kind, sdp } };
  }
  return { kind: 'candidate', body: { candidate: kind === 'host' ? host : relay, usernameFragment: mark } };
}

/** Who sent a marked signal, and for which match. */
export function readMark({ body }: Signal): { sender: string | undefined; match: string | undefined } {
  const mark = 'sdp' in body ? /\r\ns=(.*)\r\n/.exec(body.sdp)?.[1] : body.usernameFragment;
  const [sender, match] = mark?.split(' ') ?? [];
  return { sender, match };
}
