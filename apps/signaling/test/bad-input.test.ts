import { expect, test } from 'vitest';
import { commands } from '../src/transports/socket-commands.ts';
import { type Client, startTestServer } from './support/server.ts';
import { answer, candidate, offer } from './support/signals.ts';

/** A payload each event would take, to be spoilt one part at a time. */
const GOOD: Record<string, unknown[]> = {
  'peer:find': [{ mode: 'video' }],
  'peer:widen': [],
  'peer:skip': [{ matchId: 'matchmatch' }],
  'peer:leave': [{ matchId: 'matchmatch' }],
  'peer:offer': [offer(), { matchId: 'matchmatch', seq: 1 }],
  'peer:answer': [answer(), { matchId: 'matchmatch', seq: 1 }],
  'peer:sent:icecandidate': [candidate(1), { matchId: 'matchmatch', seq: 1 }],
  'peer:ice': [{ matchId: 'matchmatch' }],
  'peer:state': [{ matchId: 'matchmatch', mic: true, cam: true }],
  'peer:report': [{ matchId: 'matchmatch', firstFrameMs: 300, route: 'direct' }],
  'chat:message': [{ matchId: 'matchmatch', seq: 1, text: 'hello' }],
  'chat:typing': [{ matchId: 'matchmatch', on: true }],
  'session:ack': [{ upTo: 1 }],
  'session:renew-token': [{ token: 'ann' }],
  'session:end': [],
};

const deep = (depth: number): unknown => (depth === 0 ? 1 : { a: deep(depth - 1) });
const polluted = JSON.parse(
  '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
);

const NASTY: [string, unknown[]][] = [
  ['null', [null]],
  ['a number', [7]],
  ['a string', ['x']],
  ['true', [true]],
  ['an array', [[]]],
  ['an array of payloads', [[offer(), offer()]]],
  ['huge text', ['x'.repeat(35_000)]],
  ['a deep object', [deep(500)]],
  ['binary', [Buffer.from([1, 2, 3])]],
  [
    'binary inside',
    [{ type: 'offer', sdp: Buffer.from('v=0'), matchId: Buffer.from('m'), mode: Buffer.from('v') }],
  ],
  ['__proto__', [polluted]],
  ['__proto__ twice', [polluted, polluted, polluted]],
  ['a fake acknowledgement', [null, 'ack', { id: 1 }]],
  ['too many arguments', [{}, {}, {}, {}, {}]],
  ['wrong meta', [offer(), null]],
  ['numbers for ids', [{ matchId: 1, seq: -1, upTo: -1, token: 1, mode: 1 }]],
  ['wrong types inside', [{ matchId: {}, seq: 'x', upTo: 'x', token: [], mode: 'x', mic: 1, cam: 'y' }]],
  ['an SDP that is none', [{ type: 'offer', sdp: 'hello' }]],
  ['a candidate that is none', [{ candidate: 'candidate:nonsense', matchId: '../x', upTo: 1.5, token: '' }]],
  ['NaN and infinity', [{ upTo: Number.NaN, mode: Number.POSITIVE_INFINITY, matchId: '' }]],
];

const NO_KNOWN_KEY = new Set([
  'a deep object',
  '__proto__',
  'an SDP that is none',
  'a candidate that is none',
]);

test('[N1] every command has a row in this table', () => {
  expect(Object.keys(GOOD).sort()).toEqual([...commands.keys()].sort());
});

for (const name of Object.keys(GOOD)) {
  test(`[N2] ${name}: what is not its payload is refused with a code, relayed to nobody and disturbs nobody`, async () => {
    const { ours, log, chat } = await startTestServer();
    const { ann, bob, cid } = await threePeople(ours);
    // Where every key may be missing, an object of unknown keys is an empty payload.
    const optional = name === 'peer:find' || name === 'peer:leave';
    const wrong = NASTY.filter(([what]) => !(optional && NO_KNOWN_KEY.has(what)));
    for (const [what, payload] of wrong) {
      const reply = await ann.ask(name, ...payload);
      expect(reply, what).toEqual({ error: 'payload-invalid', retry: false });
      ann.send(name, ...payload);
    }
    if (!optional && GOOD[name]?.length)
      expect(await ann.ask(name)).toEqual({ error: 'payload-invalid', retry: false });
    await bob.settled();
    expect(bob.names()).toEqual([]);
    expect(cid.names()).toEqual([]);
    expect(await cid.ask('peer:leave')).toEqual({ ok: true });
    expect((await chat.count()).matched.video).toBe(2);
    expect(log.lines.filter((line) => line.level === 'error')).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test(`[N3] ${name}: a missing acknowledgement is fine`, async () => {
    const { ours, log } = await startTestServer();
    const { ann, cid } = await threePeople(ours);
    ann.send(name, ...(GOOD[name] ?? []));
    await cid.settled();
    expect(await cid.ask('peer:find')).toEqual({ ok: true });
    expect(log.lines.filter((line) => line.level === 'error')).toEqual([]);
  });
}

test('[N4] an event nobody knows is refused with a code', async () => {
  const { ours } = await startTestServer();
  const ann = ours('ann');
  await ann.next('session:welcome');
  for (const name of ['nonsense', '__proto__', 'constructor', 'toString', 'peer:found', 'peer:call', '']) {
    expect(await ann.ask(name, {})).toEqual({ error: 'event-unknown', retry: false });
  }
});

test('[N5] what is relayed holds the named fields and nothing beside them', async () => {
  const { ours } = await startTestServer();
  const { ann, bob } = await threePeople(ours);
  await ann.ask('peer:offer', { ...offer(), extra: 1, ...polluted });
  expect((await bob.next('peer:call'))[0]).toEqual(offer());
  await ann.ask('peer:sent:icecandidate', { ...candidate(1), extra: { a: 1 } });
  expect((await bob.next('peer:sent:icecandidate'))[0]).toEqual(candidate(1));
});

test('[N6] what is said in a call never reaches the log', async () => {
  const { ours, plain, log } = await startTestServer();
  const { ann, bob } = await threePeople(ours);
  await ann.ask('peer:offer', offer('CANARY-SDP'));
  await ann.ask('peer:sent:icecandidate', { ...candidate(1), sdpMid: 'CANARY-MID' });
  await ann.ask('session:renew-token', { token: 'bad-CANARY-TOKEN' });
  await plain('bad-CANARY-LOGIN').next('connect_error');
  await ann.ask('peer:offer', 'CANARY-JUNK');
  await bob.ask('session:end');
  expect(log.lines.length).toBeGreaterThan(3);
  const text = JSON.stringify(log.lines);
  expect(text).not.toContain('CANARY');
  expect(text).not.toContain('192.0.2.7');
  expect(text).not.toContain('127.0.0.1');
});

/** ann and bob in a match, cid alone; all three have heard what there was to hear. */
async function threePeople(ours: (account: string) => Client) {
  const [ann, bob, cid] = [ours('ann'), ours('bob'), ours('cid')];
  for (const client of [ann, bob, cid]) await client.next('session:welcome');
  await ann.ask('peer:find');
  await bob.ask('peer:find');
  await ann.next('peer:accepted');
  await bob.next('peer:found');
  return { ann, bob, cid };
}
