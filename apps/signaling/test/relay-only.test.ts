import { candidateSchema } from '@passerby/protocol';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { withoutAddresses } from '../src/core/relay-only.ts';
import type { Signal } from '../src/core/types.ts';
import { seededRandom } from './support/random.ts';

const RELAY =
  'candidate:9 1 udp 41885439 198.51.100.9 3478 typ relay raddr 203.0.113.5 rport 50001 generation 0';

const candidate = (line: string): Signal => ({
  kind: 'candidate',
  body: { candidate: line, sdpMid: '0', sdpMLineIndex: 0 },
});

test.for([
  ['host', 'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0'],
  ['host, IPv6', 'candidate:1 1 udp 2122260223 2001:db8::7 50000 typ host'],
  ['host over TCP', 'candidate:1 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active'],
  ['reflexive', 'candidate:2 1 udp 1686052607 203.0.113.5 50001 typ srflx raddr 192.0.2.7 rport 50000'],
  ['peer reflexive', 'candidate:3 1 udp 1686052607 203.0.113.5 50001 typ prflx raddr 192.0.2.7 rport 1'],
  ['host that claims to be relayed', 'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host x typ relay'],
] as const)('[C8] a candidate of the sender itself stays behind: %s', ([, line]) => {
  expect(withoutAddresses(candidate(line))).toBeUndefined();
  expect(withoutAddresses(candidate(`a=${line}`))).toBeUndefined();
});

test('[C8] a relayed candidate passes without the address behind it', () => {
  expect(withoutAddresses(candidate(RELAY))).toEqual(
    candidate('candidate:9 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 0 generation 0'),
  );
  const bare = candidate('candidate:9 1 udp 41885439 198.51.100.9 3478 typ relay');
  expect(withoutAddresses(bare)).toEqual(bare);
});

test('[C8] the end of candidates passes', () => {
  expect(withoutAddresses(candidate(''))).toEqual(candidate(''));
});

const SDP = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 50001 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 203.0.113.5',
  'a=rtcp:50003 IN IP4 203.0.113.5',
  'a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0',
  'a=candidate:2 1 udp 1686052607 203.0.113.5 50001 typ srflx raddr 192.0.2.7 rport 50000',
  `a=${RELAY}`,
  'a=ice-ufrag:wXyZ',
  'a=fingerprint:sha-256 AA:BB',
  'a=sendrecv',
  '',
];

test.for(['offer', 'answer'] as const)('[C8] an %s passes whole but for its addresses', (type) => {
  const sent: Signal = { kind: type, body: { type, sdp: SDP.join('\r\n') } };
  const passed = withoutAddresses(sent);
  if (!passed || passed.kind === 'candidate') throw new Error('a description must pass');
  expect(passed.body.type).toBe(type);
  expect(passed.body.sdp.split('\r\n')).toEqual([
    ...SDP.slice(0, 6),
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=candidate:9 1 udp 41885439 198.51.100.9 3478 typ relay raddr 0.0.0.0 rport 0 generation 0',
    ...SDP.slice(11),
  ]);
  expect(sent.body).toEqual({ type, sdp: SDP.join('\r\n') });
});

test.for([
  ['LF', '\n'],
  ['CR', '\r'],
] as const)('[C8] a description whose lines end in %s hides nothing', ([, end]) => {
  const passed = withoutAddresses({ kind: 'offer', body: { type: 'offer', sdp: SDP.join(end) } });
  expect(JSON.stringify(passed)).not.toMatch(/203\.0\.113\.5|192\.0\.2\.7/);
});

test('[C8] whatever candidate the wire takes, the sender’s own address does not pass', () => {
  const seed = 20_260_106;
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const own = ['192.0.2.7', '203.0.113.5', '2001:db8::7', 'own-name.local'];
  const kinds = ['host', 'srflx', 'prflx', 'relay', 'RELAY', 'Host'];
  const extensions = [
    'generation 0',
    'typ relay',
    'typ host',
    'ufrag wXyZ',
    'raddr @ rport 5',
    'RADDR @ RPORT 5',
  ];
  let [taken, passed] = [0, 0];
  for (let round = 0; round < 20_000; round++) {
    const kind = pick(kinds);
    const address = kind.toLowerCase() === 'relay' ? '198.51.100.9' : pick(own);
    const behind = Array.from({ length: Math.floor(random() * 4) }, () =>
      pick(extensions).replace('@', pick(own)),
    );
    const line = [
      `${pick(['', 'a='])}candidate:1 1 ${pick(['udp', 'TCP'])} 1`,
      address,
      5,
      'typ',
      kind,
      ...behind,
    ];
    const body = { candidate: line.join(pick([' ', ' ', ' ', '  ', '\t'])) + pick(['', ' ', '\r\n']) };
    if (!v.is(candidateSchema, body)) continue;
    taken++;
    const signal = withoutAddresses({ kind: 'candidate', body });
    if (!signal) continue;
    passed++;
    for (const mine of own)
      expect(JSON.stringify(signal), `seed ${seed}, round ${round}`).not.toContain(mine);
  }
  expect(taken).toBeGreaterThan(5_000);
  expect(passed).toBeGreaterThan(1_000);
});
