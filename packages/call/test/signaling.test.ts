import { PROTOCOL_VERSION } from '@passerby/protocol';
import { describe, expect, test } from 'vitest';
import { backOffMs } from '../src/back-off.ts';
import { CallError } from '../src/errors.ts';
import { createSocketSignaling, type SocketSignalingParts } from '../src/signaling.ts';
import type { AuthSource, SignalingClient, SignalingEvent } from '../src/types.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { makeFakeIo, type FakeSocket } from './fake-io.ts';
import { WISHES } from './person.ts';

const MATCH_ID = 'match-number-one';
const OFFER = { type: 'offer', sdp: 'v=0\r\noffer' } as const;
const CANDIDATE = {
  candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'abcd',
};
const MATCH = {
  matchId: MATCH_ID,
  role: 'offerer',
  mode: 'video',
  shared: { interests: [], languages: [] },
  iceServers: [],
  relayOnly: false,
} as const;

interface SetUp {
  client: SignalingClient;
  clock: FakeClock;
  sockets: FakeSocket[];
  /** The newest socket. */
  readonly socket: FakeSocket;
  events: SignalingEvent[];
  /** `fresh` of every question for a token. */
  asked: (boolean | undefined)[];
  changeNetwork(): void;
}

function setUp(more: Partial<SocketSignalingParts> = {}): SetUp {
  const clock = new FakeClock();
  const { io, sockets } = makeFakeIo();
  const asked: (boolean | undefined)[] = [];
  const events: SignalingEvent[] = [];
  let changeNetwork = (): void => undefined;
  const auth: AuthSource = {
    token(options) {
      asked.push(options?.fresh);
      return Promise.resolve({ token: `token-${asked.length}` });
    },
  };
  const client = createSocketSignaling({
    url: 'https://passerby.example',
    auth,
    clock,
    io,
    random: () => 0.5,
    networkChanges(listener) {
      changeNetwork = listener;
      return () => (changeNetwork = () => undefined);
    },
    ...more,
  });
  client.on((event) => events.push(event));
  return {
    client,
    clock,
    sockets,
    get socket() {
      const socket = sockets.at(-1);
      if (!socket) throw new Error('no socket');
      return socket;
    },
    events,
    asked,
    changeNetwork: () => changeNetwork(),
  };
}

async function setUpWelcomed(more: Partial<SocketSignalingParts> = {}): Promise<SetUp> {
  const parts = setUp(more);
  parts.client.connect();
  await settle();
  parts.socket.welcome();
  parts.events.length = 0;
  return parts;
}

/** The line breaks and a new one stands, in a session that was resumed. */
async function resume(
  parts: SetUp,
  state: { status: 'idle' | 'waiting' } | { status: 'matched'; matchId: string },
): Promise<FakeSocket> {
  parts.socket.drop();
  await parts.clock.pass(0);
  parts.socket.welcome({ resumed: 'replayed', resumeToken: 'resume-token-number-two', state });
  return parts.socket;
}

describe('connecting', () => {
  test('[K50] nothing is opened before connect, and a second connect opens nothing', async () => {
    const { client, sockets, asked } = setUp();
    await settle();
    expect([sockets.length, asked.length]).toEqual([0, 0]);
    client.connect();
    client.connect();
    await settle();
    expect([sockets.length, asked.length]).toEqual([1, 1]);
  });

  test('[K50] WebSocket first, polling where it fails; Socket.IO itself does not reconnect', async () => {
    const { client, socket } = await setUpWelcomed();
    expect(socket.url).toBe('https://passerby.example');
    expect(socket.options).toMatchObject({
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnection: false,
      forceNew: true,
    });
    client.close();
  });

  test('[K51] every connection carries a fresh token, its number, and later the resume token and offset', async () => {
    const parts = setUp();
    parts.client.connect({ takeOver: true });
    await settle();
    const id = parts.socket.options.auth.client?.id;
    expect(parts.socket.options.auth).toEqual({
      token: 'token-1',
      protocol: PROTOCOL_VERSION,
      client: { id: expect.stringMatching(/^[\w-]{22}$/), attempt: 1 },
      takeOver: true,
    });
    parts.socket.welcome();
    parts.socket.say('peer:alone', { since: 7, anyone: true, offset: 3 });
    parts.socket.drop();
    await parts.clock.pass(0);
    expect(parts.socket.options.auth).toEqual({
      token: 'token-2',
      protocol: PROTOCOL_VERSION,
      client: { id, attempt: 2 },
      takeOver: false,
      resume: { token: 'resume-token-number-one', offset: 3 },
    });
  });

  test('[K51] a client counts its connections over all its sessions, and no two clients are the same', async () => {
    const [one, other] = [await setUpWelcomed(), await setUpWelcomed()];
    one.client.close();
    one.client.connect();
    await settle();
    const [first, second, others] = [...one.sockets, other.socket].map(({ options }) => options.auth.client);
    expect(second).toEqual({ id: first?.id, attempt: 2 });
    expect(others?.attempt).toBe(1);
    expect(others?.id).not.toBe(first?.id);
  });

  test('[K51] the welcome says whether the session goes on and where it stands', async () => {
    const parts = setUp();
    parts.client.connect();
    await settle();
    parts.socket.welcome();
    const standing = { status: 'matched', matchId: MATCH_ID } as const;
    await resume(parts, standing);
    expect(parts.events).toEqual([
      { type: 'online' },
      { type: 'welcome', resumed: false, standing: { status: 'idle' } },
      { type: 'offline' },
      { type: 'online' },
      { type: 'welcome', resumed: true, standing },
    ]);
  });

  test('[K52] attempts come after 0, 0.3, 1.2, 2.7, 4.8, then every 7 s', async () => {
    const { client, clock, sockets } = setUp();
    client.connect();
    await settle();
    for (const wait of [0, 300, 1_200, 2_700, 4_800, 7_000, 7_000]) {
      const before = sockets.length;
      sockets.at(-1)?.refuse();
      if (wait > 0) {
        await clock.pass(wait - 1);
        expect(sockets).toHaveLength(before);
      }
      await clock.pass(1);
      expect(sockets).toHaveLength(before + 1);
    }
  });

  test('[K52] the waits are spread by a quarter either way, and begin anew after a success', async () => {
    expect([0, 0.5, 1].map((random) => backOffMs(2, random))).toEqual([900, 1_200, 1_500]);
    expect([0, 0.999].map((random) => backOffMs(0, random))).toEqual([0, 0]);
    const parts = await setUpWelcomed();
    for (const wait of [0, 300, 1_200]) {
      parts.socket.refuse();
      await parts.clock.pass(wait);
    }
    parts.socket.welcome();
    const before = parts.sockets.length;
    parts.socket.drop();
    await parts.clock.pass(0);
    expect(parts.sockets).toHaveLength(before + 1);
  });

  test('[K52] a server that takes the connection and never welcomes is tried again', async () => {
    const { client, clock, sockets } = setUp();
    client.connect();
    await clock.pass(15_000);
    expect(sockets).toHaveLength(2);
  });

  test('[K52] a token that cannot be had just now is asked for again; without a user it is over', async () => {
    let answers: (() => Promise<{ token: string }>)[] = [
      () => Promise.reject(new Error('network')),
      () => Promise.reject(new CallError('signed-out')),
    ];
    const { client, clock, sockets, events } = setUp({
      auth: { token: () => (answers.shift() ?? (() => Promise.resolve({ token: 'good' })))() },
    });
    client.connect();
    await clock.pass(400);
    expect(sockets).toEqual([]);
    expect(events).toEqual([{ type: 'refused', reason: 'signed-out' }]);
    answers = [];
    client.connect();
    await settle();
    expect(sockets).toHaveLength(1);
  });

  test('[K52] when the network changes it comes back at once', async () => {
    const parts = await setUpWelcomed();
    parts.changeNetwork();
    expect(parts.events).toEqual([{ type: 'offline' }]);
    await parts.clock.pass(0);
    expect(parts.sockets).toHaveLength(2);
    // Without a goodbye: that would end the session.
    expect(parts.sockets[0]).toMatchObject({ connected: false, goodbye: false });
  });

  test('[K52] an older socket is not heard any more', async () => {
    const parts = await setUpWelcomed();
    const [old] = parts.sockets;
    parts.changeNetwork();
    await parts.clock.pass(0);
    parts.events.length = 0;
    old?.say('peer:alone', { since: 1, anyone: true, offset: 1 });
    old?.drop();
    old?.refuse('elsewhere');
    old?.welcome();
    await parts.clock.pass(100);
    expect(parts.events).toEqual([]);
    expect(parts.sockets).toHaveLength(2);
  });
});

describe('refusals', () => {
  test.each([
    ['elsewhere', 'elsewhere'],
    ['too-many-connections', 'too-many-connections'],
    ['origin-refused', 'server-unreachable'],
    ['payload-invalid', 'server-unreachable'],
    ['protocol-outdated', 'page-outdated'],
  ])('[K53] %s is final: %s', async (code, reason) => {
    const { client, clock, sockets, events, socket } = await (async () => {
      const parts = setUp();
      parts.client.connect();
      await settle();
      return parts;
    })();
    socket.refuse(code);
    await clock.pass(60_000);
    expect(events).toEqual([{ type: 'refused', reason }]);
    expect(sockets).toHaveLength(1);
    client.connect({ takeOver: true });
    await settle();
    expect(sockets[1]?.options.auth).toMatchObject({ takeOver: true });
  });

  test.each(['token-invalid', 'token-missing'])(
    '[K53] %s: once more with a fresh token, then signed out',
    async (code) => {
      const parts = setUp();
      parts.client.connect();
      await settle();
      parts.socket.refuse(code);
      await parts.clock.pass(0);
      expect(parts.asked).toEqual([false, true]);
      expect(parts.events).toEqual([]);
      parts.socket.refuse(code);
      await parts.clock.pass(60_000);
      expect(parts.events).toEqual([{ type: 'refused', reason: 'signed-out' }]);
      expect(parts.sockets).toHaveLength(2);
    },
  );

  test.each([
    'token-expired',
    'provider-unavailable',
    'protocol-ahead',
    'overtaken',
    'internal',
    'rate-limited',
    'no such code',
    undefined,
  ])('[K53] %s is tried again', async (code) => {
    const parts = setUp();
    parts.client.connect();
    await settle();
    for (let time = 0; time < 4; time += 1) {
      parts.socket.refuse(code);
      await parts.clock.pass(7_000);
    }
    expect(parts.sockets).toHaveLength(5);
    expect(parts.events).toEqual([]);
    expect(parts.asked.at(-1)).toBe(code === 'token-expired');
  });

  test('[K53] in a session too many connections is no reason to give up', async () => {
    const parts = await setUpWelcomed();
    parts.socket.drop();
    await parts.clock.pass(0);
    parts.socket.refuse('too-many-connections');
    await parts.clock.pass(300);
    expect(parts.sockets).toHaveLength(3);
  });

  test('[K53] a session that the server does not know is begun anew', async () => {
    const parts = await setUpWelcomed();
    parts.socket.drop();
    await parts.clock.pass(0);
    parts.socket.refuse('session-unknown');
    await parts.clock.pass(300);
    expect(parts.socket.options.auth).not.toHaveProperty('resume');

    const told = await setUpWelcomed();
    told.client.find(WISHES);
    told.socket.find('peer:find').reply({ error: 'session-unknown', retry: false });
    await told.clock.pass(0);
    expect(told.socket.options.auth).not.toHaveProperty('resume');
  });

  test.each([
    ['session:ended', 'token-expired'],
    ['session:ended', 'moderated'],
    ['session:elsewhere', 'elsewhere'],
  ])('[K53] %s ends it for good', async (name, reason) => {
    const parts = await setUpWelcomed();
    parts.socket.say(name, { reason });
    await parts.clock.pass(60_000);
    expect(parts.events).toEqual([{ type: 'offline' }, { type: 'ended', reason }]);
    expect(parts.sockets).toHaveLength(1);
    expect(parts.socket.connected).toBe(false);
  });
});

describe('a session that the server gave up', () => {
  test.each(['slow', 'lapsed', 'session-unknown'])(
    '[K62] %s: it is begun anew at once, without the resume token',
    async (reason) => {
      const parts = await setUpWelcomed();
      parts.client.find(WISHES);
      const [old] = parts.sockets;
      parts.socket.say('session:ended', { reason, offset: 1 });
      expect(parts.events).toEqual([{ type: 'offline' }]);
      old?.drop();
      await parts.clock.pass(0);
      expect(parts.sockets).toHaveLength(2);
      expect(parts.socket.options.auth).toMatchObject({ takeOver: false });
      expect(parts.socket.options.auth).not.toHaveProperty('resume');
      parts.socket.welcome();
      expect(parts.events.slice(1)).toEqual([
        { type: 'online' },
        { type: 'welcome', resumed: false, standing: { status: 'idle' } },
      ]);
      expect(parts.socket.names).toEqual([]);
      // The offsets of the new session count from 1 again.
      parts.socket.say('peer:alone', { since: 7, anyone: true, offset: 1 });
      expect(parts.events.at(-1)).toEqual({ type: 'waiting', since: 7, anyone: true });
    },
  );
});

describe('closing', () => {
  test('[K54] close says goodbye and closes in the same task, and nothing follows', async () => {
    const parts = await setUpWelcomed();
    const { socket } = parts;
    parts.client.close();
    expect(socket.names).toEqual(['session:end']);
    expect(socket).toMatchObject({ connected: false, goodbye: true });
    parts.events.length = 0;
    socket.drop();
    parts.client.find(WISHES);
    await parts.clock.pass(60_000);
    expect(parts.sockets).toHaveLength(1);
    expect(parts.events).toEqual([]);
    expect(parts.clock.pending).toBe(0);
  });

  test('[K54] closed while a token is on its way, no socket is opened', async () => {
    const { client, sockets } = setUp();
    client.connect();
    client.close();
    await settle();
    expect(sockets).toEqual([]);
  });

  test('[K54] connecting again begins a session of its own', async () => {
    const parts = await setUpWelcomed();
    parts.client.find(WISHES);
    parts.client.close();
    parts.client.connect();
    await settle();
    expect(parts.socket.options.auth).not.toHaveProperty('resume');
    parts.socket.welcome();
    expect(parts.socket.names).toEqual([]);
  });
});

describe('commands', () => {
  test('[K55] each goes out under its name on the wire, signals with match and number', async () => {
    const { client, socket } = await setUpWelcomed();
    client.find(WISHES);
    client.sendDescription(MATCH_ID, OFFER);
    client.sendCandidate(MATCH_ID, CANDIDATE);
    client.sendDescription(MATCH_ID, { type: 'answer', sdp: 'v=0' });
    client.sendDescription(MATCH_ID, { type: 'rollback' });
    client.sendState(MATCH_ID, { mic: true, cam: false, away: false });
    client.skip(MATCH_ID);
    client.sendCandidate('match-number-two', { candidate: '' });
    client.skip('match-number-two', 'failed');
    client.leave('match-number-two');
    client.leave();
    client.widen();
    client.say('match-number-two', 1, 'hello');
    client.typing('match-number-two', true);
    expect(socket.emitted.map(({ name, args }) => [name, ...args])).toEqual([
      ['session:ack', { upTo: 0 }],
      ['peer:find', WISHES],
      ['peer:offer', OFFER, { matchId: MATCH_ID, seq: 1 }],
      ['peer:sent:icecandidate', CANDIDATE, { matchId: MATCH_ID, seq: 2 }],
      ['peer:answer', { type: 'answer', sdp: 'v=0' }, { matchId: MATCH_ID, seq: 3 }],
      ['peer:state', { matchId: MATCH_ID, mic: true, cam: false, away: false }],
      ['peer:skip', { matchId: MATCH_ID }],
      ['peer:sent:icecandidate', { candidate: '' }, { matchId: 'match-number-two', seq: 1 }],
      ['peer:skip', { matchId: 'match-number-two', reason: 'failed' }],
      ['peer:leave', { matchId: 'match-number-two' }],
      ['peer:leave', {}],
      ['peer:widen'],
      ['chat:message', { matchId: 'match-number-two', seq: 1, text: 'hello' }],
      ['chat:typing', { matchId: 'match-number-two', on: true }],
    ]);
  });

  test('[K56] what was not acknowledged is sent again after a resume, in order and under its old number', async () => {
    const parts = await setUpWelcomed();
    parts.client.sendDescription(MATCH_ID, OFFER);
    parts.client.sendCandidate(MATCH_ID, CANDIDATE);
    parts.client.sendCandidate(MATCH_ID, { candidate: '' });
    parts.socket.find('peer:offer').reply({ ok: true });
    parts.socket.drop();
    parts.client.sendState(MATCH_ID, { mic: true, cam: true, away: false });
    parts.client.sendState(MATCH_ID, { mic: false, cam: true, away: false });
    await parts.clock.pass(0);
    parts.client.sendDescription(MATCH_ID, OFFER);
    parts.socket.welcome({ resumed: 'replayed', state: { status: 'matched', matchId: MATCH_ID } });
    expect(
      parts.socket.emitted.filter(({ name }) => name.startsWith('peer')).map(({ args }) => args),
    ).toEqual([
      [CANDIDATE, { matchId: MATCH_ID, seq: 2 }],
      [{ candidate: '' }, { matchId: MATCH_ID, seq: 3 }],
      [{ matchId: MATCH_ID, mic: false, cam: true, away: false }],
      [OFFER, { matchId: MATCH_ID, seq: 4 }],
    ]);
  });

  test('[K56] in a new session nothing of the old is sent', async () => {
    const parts = await setUpWelcomed();
    parts.client.find(WISHES);
    parts.socket.drop();
    await parts.clock.pass(0);
    parts.socket.welcome();
    expect(parts.socket.names).toEqual([]);
    expect((await resume(parts, { status: 'idle' })).names).toEqual([]);
  });

  const IDLE = { status: 'idle' } as const;
  const WAITING = { status: 'waiting' } as const;
  const MATCHED = { status: 'matched', matchId: MATCH_ID } as const;
  const ELSE = { status: 'matched', matchId: 'match-number-two' } as const;
  const find = ({ client }: SetUp): void => client.find(WISHES);
  const skip = ({ client }: SetUp): void => client.skip(MATCH_ID);
  const leave = ({ client }: SetUp): void => client.leave(MATCH_ID);
  const signal = ({ client }: SetUp): void => client.sendCandidate(MATCH_ID, CANDIDATE);

  test.each([
    ['a find, standing idle', [find], IDLE, ['peer:find']],
    ['a find, already waiting, perhaps with older wishes', [find], WAITING, ['peer:find']],
    ['a find, already matched', [find], MATCHED, []],
    ['two finds', [find, find], IDLE, ['peer:find']],
    ['a skip, still in the match', [skip], MATCHED, ['peer:skip']],
    ['a skip of a match that ended meanwhile', [skip], IDLE, ['peer:skip']],
    ['a skip that has arrived', [skip], WAITING, []],
    ['a skip that has brought the next match', [skip], ELSE, []],
    ['a leave, still in the match', [leave], MATCHED, ['peer:leave']],
    ['a leave that has arrived', [leave], IDLE, []],
    ['a leave and the find behind it', [leave, find], MATCHED, ['peer:leave', 'peer:find']],
    ['a leave that has arrived and the find behind it', [leave, find], IDLE, ['peer:find']],
    ['a find and the skip behind it', [find, skip], MATCHED, ['peer:skip']],
    ['signals and the skip behind them', [signal, skip], MATCHED, ['peer:skip']],
    ['signals of the match', [signal, signal], MATCHED, ['peer:sent:icecandidate', 'peer:sent:icecandidate']],
    ['signals of a match that is over', [signal], IDLE, []],
    ['signals of another match', [signal], ELSE, []],
  ])('[K56] sent again: %s', async (_, commands, standing, expected) => {
    const parts = await setUpWelcomed();
    for (const command of commands) command(parts);
    const socket = await resume(parts, standing);
    expect(socket.names).toEqual(expected);
  });

  test('[K56] when the partner has left, signals of that match are not sent again', async () => {
    const parts = await setUpWelcomed();
    signal(parts);
    parts.socket.say('peer:disconnected', { matchId: MATCH_ID, reason: 'left', offset: 1 });
    const socket = await resume(parts, MATCHED);
    expect(socket.names).toEqual([]);
  });

  const textsOf = (socket: FakeSocket): unknown[] =>
    socket.emitted.flatMap(({ name, args }) =>
      name === 'chat:message' ? [(args[0] as { seq: number }).seq] : [],
    );
  const MATCHED_STANDING = { status: 'matched', matchId: MATCH_ID } as const;

  test('[K76] one text at a time: the next goes when the server has the one before', async () => {
    const { client, socket, events } = await setUpWelcomed();
    for (const seq of [1, 2, 3]) client.say(MATCH_ID, seq, `text ${seq}`);
    expect(textsOf(socket)).toEqual([1]);
    socket.find('chat:message').reply({ ok: true });
    expect(textsOf(socket)).toEqual([1, 2]);
    expect(events).toEqual([{ type: 'text-taken', matchId: MATCH_ID, seq: 1 }]);
    socket.find('chat:message').reply({ ok: true });
    socket.find('chat:message').reply({ ok: true });
    expect(textsOf(socket)).toEqual([1, 2, 3]);
  });

  test('[K76] a text refused for now is sent again when the server says, and nothing overtakes it', async () => {
    const { client, clock, socket } = await setUpWelcomed();
    for (const seq of [1, 2]) client.say(MATCH_ID, seq, `text ${seq}`);
    socket.find('chat:message').reply({ error: 'rate-limited', retry: true, retryInMs: 3_000 });
    client.say(MATCH_ID, 3, 'text 3');
    await clock.pass(2_999);
    expect(textsOf(socket)).toEqual([1]);
    await clock.pass(1);
    expect(textsOf(socket)).toEqual([1, 1]);
    socket.find('chat:message').reply({ ok: true });
    expect(textsOf(socket)).toEqual([1, 1, 2]);
  });

  test('[K76] a text refused for good, or unsaid meanwhile, does not hold up the next', async () => {
    const { client, clock, socket } = await setUpWelcomed();
    for (const seq of [1, 2, 3]) client.say(MATCH_ID, seq, `text ${seq}`);
    socket.find('chat:message').reply({ error: 'not-matched', retry: false });
    expect(textsOf(socket)).toEqual([1, 2]);
    socket.find('chat:message').reply({ error: 'rate-limited', retry: true, retryInMs: 1_000 });
    client.unsay(MATCH_ID, 2);
    await clock.pass(1_000);
    expect(textsOf(socket)).toEqual([1, 2, 3]);
  });

  test('[K76] before a skip, a leave or a goodbye the rest is said', async () => {
    for (const end of ['skip', 'leave', 'close'] as const) {
      const { client, socket } = await setUpWelcomed();
      for (const seq of [1, 2, 3]) client.say(MATCH_ID, seq, `text ${seq}`);
      if (end === 'close') client.close();
      else client[end](MATCH_ID);
      const last = { skip: 'peer:skip', leave: 'peer:leave', close: 'session:end' }[end];
      expect(socket.names).toEqual(['chat:message', 'chat:message', 'chat:message', last]);
      expect(textsOf(socket)).toEqual([1, 2, 3]);
    }
  });

  test('[K76] a text that waits to be said again goes out before a skip, too', async () => {
    const { client, socket } = await setUpWelcomed();
    for (const seq of [1, 2]) client.say(MATCH_ID, seq, `text ${seq}`);
    socket.find('chat:message').reply({ error: 'rate-limited', retry: true, retryInMs: 3_000 });
    client.skip(MATCH_ID);
    expect(textsOf(socket)).toEqual([1, 1, 2]);
    expect(socket.names.at(-1)).toBe('peer:skip');
  });

  test('[K76] after a resume the texts go on where the server stands, the oldest first', async () => {
    const parts = await setUpWelcomed();
    for (const seq of [1, 2, 3]) parts.client.say(MATCH_ID, seq, `text ${seq}`);
    parts.socket.find('chat:message').reply({ ok: true });
    const old = parts.socket;
    const socket = await resume(parts, MATCHED_STANDING);
    old.find('chat:message').reply({ ok: true });
    expect(textsOf(socket)).toEqual([2]);
    parts.client.unsay(MATCH_ID, 3);
    socket.find('chat:message').reply({ ok: true });
    expect(textsOf(socket)).toEqual([2]);
  });

  test('[K76] a skip without a line takes the texts before it along', async () => {
    const parts = await setUpWelcomed();
    parts.socket.drop();
    for (const seq of [1, 2]) parts.client.say(MATCH_ID, seq, `text ${seq}`);
    parts.client.typing(MATCH_ID, true);
    parts.client.skip(MATCH_ID);
    await parts.clock.pass(0);
    parts.socket.welcome({ resumed: 'replayed', state: MATCHED_STANDING });
    expect(parts.socket.names).toEqual(['chat:message', 'chat:message', 'peer:skip']);
  });

  test('[K56] of typing the newest word alone is sent again, widening only to who still waits', async () => {
    const parts = await setUpWelcomed();
    parts.socket.drop();
    parts.client.typing(MATCH_ID, true);
    parts.client.typing(MATCH_ID, false);
    parts.client.widen();
    await parts.clock.pass(0);
    parts.socket.welcome({ resumed: 'replayed', state: MATCHED_STANDING });
    expect(parts.socket.find('chat:typing').args).toEqual([{ matchId: MATCH_ID, on: false }]);
    expect(parts.socket.names).toEqual(['chat:typing']);
    parts.client.widen();
    expect((await resume(parts, { status: 'waiting' })).names).toEqual(['peer:widen']);
  });

  const PROVEN = { ...MATCH, proof: 'p'.repeat(60) };
  const RESTORED = { resumed: 'restored', state: MATCHED_STANDING } as const;
  const shown = ({ options }: FakeSocket) => options.auth.restore;

  test('[K80] the proof of the match that is on is shown at each connection, with the wishes of the last search', async () => {
    const parts = await setUpWelcomed();
    expect(shown(parts.socket)).toBeUndefined();
    parts.client.find(WISHES);
    parts.socket.say('peer:found', { ...PROVEN, offset: 1 });
    expect(parts.events.at(-1)).toMatchObject({ type: 'matched', match: MATCH });
    for (const resumed of ['replayed', 'restored'] as const) {
      parts.socket.drop();
      await parts.clock.pass(0);
      expect(shown(parts.socket)).toEqual({ proof: PROVEN.proof, wishes: WISHES });
      parts.socket.welcome({ resumed, state: MATCHED_STANDING });
    }
    // A server that knows the session no more may still know the proof.
    parts.socket.say('session:ended', { reason: 'session-unknown' });
    await parts.clock.pass(0);
    expect(parts.socket.options.auth.resume).toBeUndefined();
    expect(shown(parts.socket)).toMatchObject({ proof: PROVEN.proof });
    parts.socket.welcome();
    await resume(parts, { status: 'idle' });
    expect(shown(parts.socket)).toBeUndefined();
  });

  test.each<[string, (parts: SetUp) => void, boolean]>([
    [
      'the partner left',
      ({ socket }) => socket.say('peer:disconnected', { matchId: MATCH_ID, reason: 'left' }),
      false,
    ],
    [
      'of another match',
      ({ socket }) => socket.say('peer:disconnected', { matchId: 'other', reason: 'left' }),
      true,
    ],
    [
      'a plain match began',
      ({ socket }) => socket.say('peer:found', { ...MATCH, matchId: 'other', offset: 2 }),
      false,
    ],
    [
      'a skip arrived',
      ({ client, socket }) => (client.skip(MATCH_ID), socket.find('peer:skip').reply({ ok: true })),
      false,
    ],
    [
      'a leave arrived',
      ({ client, socket }) => (client.leave(), socket.find('peer:leave').reply({ ok: true })),
      false,
    ],
    ['a skip is on its way', ({ client }) => client.skip(MATCH_ID), true],
  ])('[K80] %s: is the proof shown? (%#)', async (_, happen, isShown) => {
    const parts = await setUpWelcomed();
    parts.socket.say('peer:found', { ...PROVEN, offset: 1 });
    happen(parts);
    parts.socket.drop();
    await parts.clock.pass(0);
    expect(shown(parts.socket) !== undefined).toBe(isShown);
  });

  test('[K80] after a restore texts not delivered are said again before the rest', async () => {
    const parts = await setUpWelcomed();
    parts.socket.say('peer:found', { ...PROVEN, offset: 8 });
    for (const seq of [1, 2, 3]) {
      parts.client.say(MATCH_ID, seq, `text ${seq}`);
      parts.socket.find('chat:message').reply({ ok: true });
    }
    parts.socket.say('chat:delivered', { matchId: MATCH_ID, seq: 1, offset: 9 });
    parts.socket.drop();
    parts.client.say(MATCH_ID, 4, 'text 4');
    await parts.clock.pass(0);
    parts.socket.welcome(RESTORED);
    for (const _ of [2, 3, 4]) {
      parts.socket.find('chat:message').reply({ ok: true });
    }
    expect(textsOf(parts.socket)).toEqual([2, 3, 4]);
  });

  test('[K80] after a restore texts go before the skip behind them, those of another match not at all', async () => {
    const parts = await setUpWelcomed();
    parts.socket.say('peer:found', { ...PROVEN, offset: 1 });
    parts.client.say('match-of-before', 1, 'old');
    parts.socket.find('chat:message').reply({ ok: true });
    parts.client.say(MATCH_ID, 1, 'hello');
    parts.socket.find('chat:message').reply({ ok: true });
    parts.socket.drop();
    parts.client.skip(MATCH_ID);
    await parts.clock.pass(0);
    parts.socket.welcome(RESTORED);
    expect(textsOf(parts.socket)).toEqual([1]);
    expect(parts.socket.names).toEqual(['chat:message', 'peer:skip']);
  });

  test('[K81] a report goes out at once, or not at all', async () => {
    const parts = await setUpWelcomed();
    const report = { firstFrameMs: 120, route: 'direct' } as const;
    parts.client.report(MATCH_ID, report);
    expect(parts.socket.find('peer:report').args).toEqual([{ matchId: MATCH_ID, ...report }]);
    parts.socket.drop();
    parts.client.report(MATCH_ID, report);
    await parts.clock.pass(0);
    parts.socket.welcome({ resumed: 'replayed', state: MATCHED_STANDING });
    expect(parts.socket.names).toEqual([]);
  });

  test.each([
    [1_500, 1_500],
    [99_000, 10_000],
    [-1, 0],
  ])('[K52] a server that closes says: come back in %i ms', async (returnInMs, afterMs) => {
    const parts = await setUpWelcomed();
    parts.socket.say('server:draining', { returnInMs });
    parts.socket.drop();
    if (afterMs > 0) await parts.clock.pass(afterMs - 1);
    expect(parts.sockets).toHaveLength(1);
    await parts.clock.pass(afterMs > 0 ? 1 : 0);
    expect(parts.sockets).toHaveLength(2);
  });

  test('[K52] in a hurry the next attempt is now; with a line, or in the middle of one, nothing happens', async () => {
    const parts = await setUpWelcomed();
    parts.client.hurry();
    expect(parts.sockets).toHaveLength(1);
    parts.socket.drop();
    await parts.clock.pass(0);
    parts.socket.refuse();
    await parts.clock.pass(1);
    expect(parts.sockets).toHaveLength(2);
    parts.client.hurry();
    await parts.clock.pass(0);
    expect(parts.sockets).toHaveLength(3);
    parts.client.hurry();
    await parts.clock.pass(0);
    expect(parts.sockets).toHaveLength(3);
  });

  test('[K57] a search that was refused for now is asked for again when the server says, or after a second', async () => {
    const parts = await setUpWelcomed();
    find(parts);
    parts.socket.find('peer:find').reply({ error: 'rate-limited', retry: true });
    await parts.clock.pass(1_000);
    expect(parts.socket.names).toEqual(['peer:find', 'peer:find']);
    parts.socket.find('peer:find').reply({ error: 'rate-limited', retry: true, retryInMs: 4_000 });
    await parts.clock.pass(3_999);
    expect(parts.socket.names).toHaveLength(2);
    await parts.clock.pass(1);
    expect(parts.socket.names).toHaveLength(3);
    parts.socket.find('peer:find').reply({ error: 'payload-invalid', retry: false });
    await parts.clock.pass(5_000);
    expect(parts.socket.names).toHaveLength(3);
    expect((await resume(parts, { status: 'idle' })).names).toEqual([]);
  });

  test('[U95] a search or a skip that comes too soon says so, and when it is asked for again; nothing else does', async () => {
    const parts = await setUpWelcomed();
    find(parts);
    parts.socket.find('peer:find').reply({ error: 'rate-limited', retry: true, retryInMs: 4_000 });
    expect(parts.events.at(-1)).toEqual({ type: 'slowed', retryInMs: 4_000 });
    parts.client.skip(MATCH_ID);
    parts.socket.find('peer:skip').reply({ error: 'rate-limited', retry: true, retryInMs: 2_000 });
    expect(parts.events.at(-1)).toEqual({ type: 'slowed', retryInMs: 2_000 });
    const before = parts.events.length;
    parts.client.sendCandidate(MATCH_ID, CANDIDATE);
    parts.socket.find('peer:sent:icecandidate').reply({ error: 'rate-limited', retry: true });
    parts.client.skip(MATCH_ID);
    parts.socket.find('peer:skip').reply({ error: 'unavailable', retry: true });
    expect(parts.events).toHaveLength(before);
  });

  test('[K57] a signal that was refused for now is sent again behind those that were taken', async () => {
    const parts = await setUpWelcomed();
    parts.client.sendDescription(MATCH_ID, OFFER);
    parts.client.sendCandidate(MATCH_ID, CANDIDATE);
    parts.socket.find('peer:offer').reply({ error: 'unavailable', retry: true });
    parts.socket.find('peer:sent:icecandidate').reply({ ok: true });
    await parts.clock.pass(1_000);
    expect(parts.socket.find('peer:offer').args).toEqual([OFFER, { matchId: MATCH_ID, seq: 3 }]);
    parts.socket.find('peer:offer').reply({ error: 'rate-limited', retry: true, retryInMs: 2_000 });
    // The line goes before it is time: a new one is told at once.
    const socket = await resume(parts, { status: 'matched', matchId: MATCH_ID });
    expect(socket.find('peer:offer').args).toEqual([OFFER, { matchId: MATCH_ID, seq: 4 }]);
    socket.find('peer:offer').reply({ error: 'not-matched', retry: false });
    await parts.clock.pass(5_000);
    expect(socket.names).toEqual(['peer:offer']);
  });

  test('[K57] nor does it get lost behind those that were sent and taken before its time', async () => {
    const parts = await setUpWelcomed();
    parts.client.sendDescription(MATCH_ID, OFFER);
    parts.socket.find('peer:offer').reply({ error: 'rate-limited', retry: true, retryInMs: 400 });
    parts.client.sendCandidate(MATCH_ID, CANDIDATE);
    parts.socket.find('peer:sent:icecandidate').reply({ ok: true });
    await parts.clock.pass(400);
    const [, { seq: taken }] = parts.socket.find('peer:sent:icecandidate').args as [unknown, { seq: number }];
    const [, { seq: again }] = parts.socket.find('peer:offer').args as [unknown, { seq: number }];
    expect(again).toBeGreaterThan(taken);
  });

  test('[K57] and after a resume it follows those that may not have been taken', async () => {
    const parts = await setUpWelcomed();
    parts.client.sendDescription(MATCH_ID, OFFER);
    parts.socket.find('peer:offer').reply({ error: 'rate-limited', retry: true, retryInMs: 400 });
    parts.client.sendCandidate(MATCH_ID, CANDIDATE);
    const socket = await resume(parts, { status: 'matched', matchId: MATCH_ID });
    const seqs = socket.emitted
      .filter(({ name }) => name.startsWith('peer'))
      .map(({ args }) => (args[1] as { seq: number }).seq);
    expect(socket.names).toEqual(['peer:sent:icecandidate', 'peer:offer']);
    expect(seqs).toEqual(seqs.toSorted((one, other) => one - other));
    await parts.clock.pass(5_000);
    expect(socket.names).toHaveLength(2);
  });

  test('[K57] a signal whose match is over meanwhile is not', async () => {
    const parts = await setUpWelcomed();
    parts.client.sendCandidate(MATCH_ID, CANDIDATE);
    parts.socket.find('peer:sent:icecandidate').reply({ error: 'unavailable', retry: true });
    parts.socket.say('peer:disconnected', { matchId: MATCH_ID, reason: 'left' });
    await parts.clock.pass(5_000);
    expect(parts.socket.names).toEqual(['peer:sent:icecandidate']);
  });

  test('[K57] a search withdrawn meanwhile is not asked for again', async () => {
    const parts = await setUpWelcomed();
    find(parts);
    parts.socket.find('peer:find').reply({ error: 'rate-limited', retry: true });
    parts.client.leave();
    await parts.clock.pass(5_000);
    expect(parts.socket.names).toEqual(['peer:find', 'peer:leave']);
  });

  test('[K57] a search that was refused and brought a match all the same is not asked for again', async () => {
    const parts = await setUpWelcomed();
    find(parts);
    parts.socket.find('peer:find').reply({ error: 'unavailable', retry: true });
    parts.socket.say('peer:found', { ...MATCH, offset: 1 });
    await parts.clock.pass(5_000);
    expect(parts.socket.names.filter((name) => name === 'peer:find')).toHaveLength(1);
  });

  test('[K58] ICE servers come from the server, or an error when it does not answer', async () => {
    const { client, clock, socket } = await setUpWelcomed();
    const servers = client.iceServers(MATCH_ID);
    expect(socket.find('peer:ice').args).toEqual([{ matchId: MATCH_ID }]);
    socket.find('peer:ice').reply({ ok: true, iceServers: [{ urls: ['turn:a.example'] }] });
    await expect(servers).resolves.toEqual([{ urls: ['turn:a.example'] }]);

    const refused = client.iceServers(MATCH_ID);
    socket.find('peer:ice').reply({ error: 'not-matched', retry: false });
    await expect(refused).rejects.toMatchObject({ reason: 'server-unreachable' });

    const silent = expect(client.iceServers(MATCH_ID)).rejects.toMatchObject({
      reason: 'server-unreachable',
    });
    await clock.pass(5_000);
    await silent;

    socket.drop();
    await expect(client.iceServers(MATCH_ID)).rejects.toBeInstanceOf(CallError);
    client.close();
    await expect(client.iceServers(MATCH_ID)).rejects.toBeInstanceOf(CallError);
  });
});

describe('events', () => {
  test('[K59] each comes in the engine’s words', async () => {
    const { socket, events } = await setUpWelcomed();
    const meta = { matchId: MATCH_ID, seq: 4, offset: 3 };
    socket.say('peer:alone', { since: 7, anyone: true, offset: 1 });
    socket.say('peer:found', { ...MATCH, offset: 2 });
    socket.say('peer:call', OFFER, meta);
    socket.say('peer:answer', { type: 'answer', sdp: 'v=0' }, { ...meta, offset: 4 });
    socket.say('peer:sent:icecandidate', CANDIDATE, { ...meta, offset: 5 });
    socket.say('peer:sent:icecandidate', { candidate: '' }, { matchId: MATCH_ID, offset: 6 });
    socket.say('peer:state', { matchId: MATCH_ID, mic: true, cam: false, away: false, offset: 7 });
    socket.say('peer:away', { matchId: MATCH_ID, offset: 8 });
    socket.say('peer:back', { matchId: MATCH_ID, offset: 9 });
    socket.say('peer:disconnected', { matchId: MATCH_ID, reason: 'skipped', offset: 10 });
    socket.say('peer:accepted', { ...MATCH, role: 'answerer', offset: 11 });
    socket.say('chat:message', { matchId: MATCH_ID, seq: 4, text: 'hello', offset: 12 });
    socket.say('chat:delivered', { matchId: MATCH_ID, seq: 4, offset: 13 });
    socket.say('chat:typing', { matchId: MATCH_ID, on: true, offset: 14 });
    const named = { matchId: MATCH_ID, seq: 4 };
    expect(events).toEqual([
      { type: 'waiting', since: 7, anyone: true },
      { type: 'matched', match: MATCH },
      { type: 'offer', ...named, description: OFFER },
      { type: 'answer', ...named, description: { type: 'answer', sdp: 'v=0' } },
      { type: 'candidate', ...named, candidate: CANDIDATE },
      { type: 'candidate', matchId: MATCH_ID, candidate: { candidate: '' } },
      { type: 'partner-state', matchId: MATCH_ID, media: { mic: true, cam: false, away: false } },
      { type: 'partner-away', matchId: MATCH_ID },
      { type: 'partner-back', matchId: MATCH_ID },
      { type: 'partner-left', matchId: MATCH_ID, reason: 'skipped' },
      { type: 'matched', match: { ...MATCH, role: 'answerer' } },
      { type: 'text', ...named, text: 'hello' },
      { type: 'text-delivered', ...named },
      { type: 'partner-typing', matchId: MATCH_ID, on: true },
    ]);
  });

  test('[K59] R08 what the partner could have made up is not passed on, but acknowledged', async () => {
    const { clock, socket, events } = await setUpWelcomed();
    socket.say('peer:call', { type: 'offer', sdp: 'no sdp' }, { matchId: MATCH_ID, offset: 1 });
    socket.say('peer:answer', { ...OFFER }, { matchId: MATCH_ID, offset: 2 });
    socket.say('peer:sent:icecandidate', { candidate: 'x'.repeat(600) }, { matchId: MATCH_ID, offset: 3 });
    socket.say('peer:sent:icecandidate', null, { matchId: MATCH_ID, offset: 4 });
    socket.say('peer:state', { matchId: MATCH_ID, mic: 'yes', offset: 5 });
    socket.say('chat:message', { matchId: MATCH_ID, seq: 1, text: '', offset: 6 });
    await clock.pass(10_000);
    expect(events).toEqual([]);
    expect(socket.acks.at(-1)).toEqual({ upTo: 6 });
  });

  test('[K60] an event that was handled is not handled again, on the same line or another', async () => {
    const parts = await setUpWelcomed();
    parts.socket.say('peer:alone', { since: 7, anyone: true, offset: 1 });
    parts.socket.say('peer:alone', { since: 7, anyone: true, offset: 1 });
    const socket = await resume(parts, { status: 'waiting' });
    socket.say('peer:alone', { since: 7, anyone: true, offset: 1 });
    socket.say('peer:found', { ...MATCH, offset: 2 });
    const heard = parts.events.filter(({ type }) => type === 'waiting' || type === 'matched');
    expect(heard.map(({ type }) => type)).toEqual(['waiting', 'matched']);
  });

  test('[K60] offsets begin anew with a new session', async () => {
    const parts = await setUpWelcomed();
    parts.socket.say('peer:alone', { since: 7, anyone: true, offset: 5 });
    parts.socket.drop();
    await parts.clock.pass(0);
    parts.socket.welcome();
    parts.socket.say('peer:alone', { since: 8, anyone: true, offset: 1 });
    expect(parts.events.at(-1)).toEqual({ type: 'waiting', since: 8, anyone: true });
  });

  test('[K60] events are acknowledged 10 s later, or at the sixteenth', async () => {
    const { clock, socket } = await setUpWelcomed();
    socket.emitted.length = 0;
    socket.say('peer:alone', { since: 1, anyone: true, offset: 1 });
    socket.say('peer:alone', { since: 1, anyone: true, offset: 2 });
    await clock.pass(9_999);
    expect(socket.acks).toEqual([]);
    await clock.pass(1);
    expect(socket.acks).toEqual([{ upTo: 2 }]);
    for (let offset = 3; offset <= 18; offset += 1)
      socket.say('peer:alone', { since: 1, anyone: true, offset });
    expect(socket.acks).toEqual([{ upTo: 2 }, { upTo: 18 }]);
    await clock.pass(20_000);
    expect(socket.acks).toHaveLength(2);
  });

  test('[K60] a text is acknowledged within 200 ms, with all that came before it', async () => {
    const { clock, socket } = await setUpWelcomed();
    socket.emitted.length = 0;
    socket.say('peer:found', { ...MATCH, offset: 1 });
    await clock.pass(5_000);
    socket.say('chat:message', { matchId: MATCH_ID, seq: 1, text: 'hello', offset: 2 });
    await clock.pass(100);
    socket.say('chat:message', { matchId: MATCH_ID, seq: 2, text: 'you', offset: 3 });
    await clock.pass(99);
    expect(socket.acks).toEqual([]);
    await clock.pass(1);
    expect(socket.acks).toEqual([{ upTo: 3 }]);
    await clock.pass(20_000);
    expect(socket.acks).toHaveLength(1);
  });

  test('[K60] a command says how far events were handled, once, and nothing else does then', async () => {
    const { client, clock, socket } = await setUpWelcomed();
    socket.emitted.length = 0;
    socket.say('peer:found', { ...MATCH, offset: 1 });
    socket.say('chat:message', { matchId: MATCH_ID, seq: 1, text: 'hello', offset: 2 });
    client.say(MATCH_ID, 1, 'hi');
    client.typing(MATCH_ID, true);
    await clock.pass(20_000);
    expect(socket.emitted.map(({ name, args }) => [name, ...args])).toEqual([
      ['chat:message', { matchId: MATCH_ID, seq: 1, text: 'hi' }, { upTo: 2 }],
      ['chat:typing', { matchId: MATCH_ID, on: true }],
    ]);
    socket.say('peer:disconnected', { matchId: MATCH_ID, reason: 'left', offset: 3 });
    client.find(WISHES);
    expect(socket.find('peer:find').args).toEqual([WISHES, { upTo: 3 }]);
  });

  test('[K60] what was handled is acknowledged at once on a new line, before anything else', async () => {
    const parts = await setUpWelcomed();
    parts.client.find(WISHES);
    parts.socket.say('peer:alone', { since: 1, anyone: true, offset: 9 });
    const socket = await resume(parts, { status: 'idle' });
    expect(socket.emitted.map(({ name }) => name)).toEqual(['session:ack', 'peer:find']);
    expect(socket.acks).toEqual([{ upTo: 9 }]);
  });
});

describe('the token', () => {
  const HOUR = 3_600_000;
  async function setUpToken(tokenLeftMs: number): Promise<SetUp> {
    const parts = setUp();
    parts.client.connect();
    await settle();
    parts.socket.welcome({ tokenLeftMs });
    return parts;
  }

  test('[K61] R11 is renewed over the line five minutes before its end, again and again', async () => {
    const { clock, socket, asked } = await setUpToken(HOUR);
    await clock.pass(HOUR - 5 * 60_000 - 1);
    expect(socket.names).toEqual([]);
    await clock.pass(1);
    expect(socket.names).toEqual(['session:renew-token']);
    expect(socket.find('session:renew-token').args).toEqual([{ token: 'token-2' }]);
    expect(asked).toEqual([false, true]);
    socket.find('session:renew-token').reply({ ok: true, tokenLeftMs: HOUR });
    await clock.pass(HOUR - 5 * 60_000);
    expect(socket.names).toHaveLength(2);
  });

  test('[K61] or at half its life, if it is a short one', async () => {
    const { clock, socket } = await setUpToken(60_000);
    await clock.pass(30_000);
    expect(socket.names).toEqual(['session:renew-token']);
  });

  test('[K61] and never more than once a second, however soon it ends', async () => {
    const { clock, socket } = await setUpToken(0);
    for (let second = 1; second <= 3; second++) {
      await clock.pass(999);
      expect(socket.names).toHaveLength(second - 1);
      await clock.pass(1);
      expect(socket.names).toHaveLength(second);
      socket.emitted.at(-1)?.reply({ ok: true, tokenLeftMs: 0 });
    }
  });

  test('[K61] a renewal that failed is tried again', async () => {
    const { clock, socket } = await setUpToken(HOUR);
    await clock.pass(HOUR - 5 * 60_000);
    socket.find('session:renew-token').reply({ error: 'provider-unavailable', retry: true });
    await clock.pass(30_000);
    expect(socket.names).toHaveLength(2);
  });

  test('[K61] a lost line stops it; the next one begins with a token of its own', async () => {
    const { clock, sockets, client, asked } = await setUpToken(HOUR);
    sockets[0]?.drop();
    await clock.pass(0);
    expect(asked).toEqual([false, false]);
    client.close();
    expect(clock.pending).toBe(0);
    await clock.pass(2 * HOUR);
    expect(asked).toEqual([false, false]);
    expect(sockets.flatMap(({ names }) => names)).toEqual([]);
  });
});
