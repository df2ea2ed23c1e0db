// Signals of the size that browsers send.

const OFFER_LENGTH = 5_600;

/** An audio and video offer. */
function offerSdp(): string {
  const lines = ['v=0', 'o=- 4611731400430051336 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1'];
  for (let payload = 96; lines.join('\r\n').length < OFFER_LENGTH; payload++) {
    lines.push(
      `a=rtpmap:${payload} H264/90000`,
      `a=rtcp-fb:${payload} goog-remb`,
      `a=fmtp:${payload} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f`,
    );
  }
  return lines.join('\r\n').slice(0, OFFER_LENGTH - 2) + '\r\n';
}

export const OFFER = JSON.stringify({ type: 'offer', sdp: offerSdp() });

export const CANDIDATE = JSON.stringify({
  candidate:
    'candidate:842163049 1 udp 1677729535 203.0.113.77 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag 8jOB network-cost 999',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: '8jOB',
});

/** What a browser says in a call: an offer and its candidates … */
const SIGNALS_PER_CALL = 10;
/** … of which one comes so long after the other. */
const BETWEEN_MS = 10;

/** Whether the first signal of a call, the second, and so on, is the offer. */
export const isOffer = (nth: number): boolean => nth === 0;

/**
 * Who sends the first, the second … of so many signals a second, and which of its call it is. `draw` says
 * who calls next; as many call side by side as it takes.
 */
export function senders<Sender>(perSecond: number, draw: () => Sender): (count: number) => [Sender, number] {
  const callers = Array.from({ length: Math.ceil((perSecond * BETWEEN_MS) / 1_000) }, (_, at) => ({
    sender: draw(),
    // They began at different times.
    nth: at % SIGNALS_PER_CALL,
  }));
  return (count) => {
    const caller = callers[count % callers.length];
    if (!caller) throw new Error('nobody calls');
    if (caller.nth === SIGNALS_PER_CALL) Object.assign(caller, { sender: draw(), nth: 0 });
    return [caller.sender, caller.nth++];
  };
}
