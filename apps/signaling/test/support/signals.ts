/** An offer as small as one can be and still be taken; `mark` makes it recognisable. */
export const offer = (mark = 'one') => ({ type: 'offer', sdp: `v=0\r\ns=${mark}\r\n` });
export const answer = (mark = 'one') => ({ type: 'answer', sdp: `v=0\r\ns=${mark}\r\n` });

export const candidate = (port: number, type: 'host' | 'srflx' | 'relay' = 'host') => ({
  candidate: `candidate:1 1 udp 2122260223 192.0.2.7 ${port} typ ${type}`,
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: null,
});
