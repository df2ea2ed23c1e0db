import type { Signal } from './types.ts';

/**
 * A signal without any address of its sender but that of its TURN relay; undefined where nothing is
 * left to send. For a match in which either side hides its address: a browser that gathers with
 * `iceTransportPolicy: 'all'` names host and reflexive addresses in candidates, in their `raddr`, and
 * in the description's `c=` and `a=rtcp:` lines. Everything else is relayed as it came.
 */
export function withoutAddresses(signal: Signal): Signal | undefined {
  if (signal.kind === 'candidate') {
    const { candidate } = signal.body;
    if (candidate === '') return signal;
    if (!isRelay(candidate)) return undefined;
    return { kind: 'candidate', body: { ...signal.body, candidate: withoutRelated(candidate) } };
  }
  const sdp = signal.body.sdp
    .split(/\r\n|\r|\n/) // browsers read bare line ends too (RFC 8866 section 5)
    .filter((line) => !line.startsWith('a=candidate:') || isRelay(line))
    .map((line) => {
      if (line.startsWith('a=candidate:')) return withoutRelated(line);
      if (line.startsWith('c=IN ')) return 'c=IN IP4 0.0.0.0';
      if (line.startsWith('a=rtcp:')) return 'a=rtcp:9 IN IP4 0.0.0.0';
      return line;
    })
    .join('\r\n');
  return { kind: signal.kind, body: { ...signal.body, sdp } };
}

/** By the field itself: an extension behind it may say anything. */
function isRelay(candidate: string): boolean {
  return /^(?:a=)?candidate:(?:\S+ ){6}typ relay(?: |$)/i.test(candidate);
}

/** RFC 8839 section 5.1: `raddr` and `rport` name the address behind the relayed one. */
function withoutRelated(candidate: string): string {
  return candidate.replace(/ raddr \S+/gi, ' raddr 0.0.0.0').replace(/ rport \d+/gi, ' rport 0');
}
