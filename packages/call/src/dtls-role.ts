type Descriptions = Pick<RTCPeerConnection, 'currentLocalDescription' | 'currentRemoteDescription'>;

/**
 * An offer that names the DTLS role this side has had since the first negotiation, instead of leaving it open.
 * A restart keeps the DTLS association, so it cannot change roles (RFC 8842, 5.2 and 5.5); but Firefox 153
 * answers `active` to every offer that lets it choose, and Chromium cannot apply that where it is the active
 * side itself. A first offer stays as it is.
 */
export function withDtlsRole(
  offer: RTCSessionDescriptionInit,
  { currentLocalDescription: local, currentRemoteDescription: remote }: Descriptions,
): RTCSessionDescriptionInit {
  const answer = local?.type === 'answer' ? local : remote;
  const role = /^a=setup:(active|passive)\r?$/m.exec(answer?.sdp ?? '')?.[1];
  if (role === undefined || offer.sdp === undefined) return offer;
  const own = answer === local ? role : role === 'active' ? 'passive' : 'active';
  return { ...offer, sdp: offer.sdp.replace(/^a=setup:actpass(?=\r?$)/gm, `a=setup:${own}`) };
}
