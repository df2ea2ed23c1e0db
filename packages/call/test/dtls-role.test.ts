import { expect, test } from 'vitest';
import { withDtlsRole } from '../src/dtls-role.ts';

const described = (type: RTCSdpType, ...setups: string[]) =>
  ({
    type,
    sdp: setups.map((setup, mid) => `a=mid:${mid}\r\na=setup:${setup}\r\n`).join(''),
  }) as RTCSessionDescription;
const offer = described('offer', 'actpass', 'actpass');

test('[K96] a restart offers the DTLS role that this side has, by its own answer or by the partner’s', () => {
  const answered = { currentRemoteDescription: described('offer', 'actpass') };
  const offered = { currentLocalDescription: described('offer', 'actpass') };
  const roles = [
    { ...answered, currentLocalDescription: described('answer', 'active') },
    { ...answered, currentLocalDescription: described('answer', 'passive') },
    { ...offered, currentRemoteDescription: described('answer', 'active') },
    { ...offered, currentRemoteDescription: described('answer', 'passive') },
  ].map((descriptions) => withDtlsRole(offer, descriptions));
  expect(roles).toEqual([
    described('offer', 'active', 'active'),
    described('offer', 'passive', 'passive'),
    described('offer', 'passive', 'passive'),
    described('offer', 'active', 'active'),
  ]);
});

test('[K96] the first offer leaves it open, and so does one after an answer that says nothing of it', () => {
  const none = { currentLocalDescription: null, currentRemoteDescription: null };
  expect(withDtlsRole(offer, none)).toEqual(offer);
  const silent = { type: 'answer', sdp: 'a=mid:0\r\n' } as RTCSessionDescription;
  expect(withDtlsRole(offer, { ...none, currentRemoteDescription: silent })).toEqual(offer);
  expect(withDtlsRole({ type: 'offer' }, none)).toEqual({ type: 'offer' });
});
