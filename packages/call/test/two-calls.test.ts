import { describe, expect, test } from 'vitest';
import { FakeClock, settle } from './fake-clock.ts';
import { FakeNetwork } from './fake-peer-connection.ts';
import { FRAME_MS, makePerson, WISHES, type Person } from './person.ts';
import { PairServer } from './signaling-pair.ts';

interface World {
  clock: FakeClock;
  network: FakeNetwork;
  server: PairServer;
  /** Lets time pass while every message arrives at once. */
  pass(ms: number): Promise<void>;
}

function makeWorld(): World {
  const clock = new FakeClock();
  const network = new FakeNetwork(clock);
  const server = new PairServer();
  return {
    clock,
    network,
    server,
    async pass(ms) {
      for (let left = ms; left > 0; left -= 500) {
        await server.flush();
        await clock.pass(Math.min(left, 500));
      }
      await server.flush();
    },
  };
}

async function setUp(): Promise<World & { ann: Person; ben: Person }> {
  const world = makeWorld();
  const [ann, ben] = [0, 1].map(() => makePerson(world.server, world.network, world.clock)) as [
    Person,
    Person,
  ];
  for (const { call } of [ann, ben]) call.start(WISHES);
  await world.server.flush();
  return { ...world, ann, ben };
}

async function setUpConnected(): Promise<World & { ann: Person; ben: Person }> {
  const parts = await setUp();
  await parts.pass(1_000);
  expect([parts.ann.status, parts.ben.status]).toEqual(['connected', 'connected']);
  return parts;
}

function matchIdOf({ call: { view } }: Person): string | undefined {
  return 'match' in view.state ? view.state.match.matchId : undefined;
}

describe('a call from start to stop', () => {
  test('[K2] two who start see each other', async () => {
    const { ann, ben } = await setUpConnected();
    expect(matchIdOf(ann)).toBe(matchIdOf(ben));
    for (const { call, connections } of [ann, ben]) {
      expect(connections).toHaveLength(1);
      expect(call.view.remoteStream?.getTracks()).toHaveLength(2);
      expect(call.view.partnerMedia).toEqual({ mic: true, cam: true, away: false });
    }
    const statuses = ann.shown.map(({ state }) => state.status);
    expect([...new Set(statuses)]).toEqual(['idle', 'starting', 'searching', 'connecting', 'connected']);
  });

  test('[K14] without any device on either side the call stands', async () => {
    const world = makeWorld();
    const people = [0, 1].map(() => makePerson(world.server, world.network, world.clock));
    for (const { call, devices } of people) {
      devices.failing.audio = devices.failing.video = 'NotFoundError';
      call.start(WISHES, { withoutMedia: true });
    }
    await world.pass(1_000);
    expect(people.map(({ status }) => status)).toEqual(['connected', 'connected']);
    expect(people[0]?.call.view.partnerMedia).toEqual({ mic: false, cam: false, away: false });
    await world.pass(60_000);
    expect(people.map(({ status }) => status)).toEqual(['connected', 'connected']);
  });

  test('[K4] stop: devices free and session over in the same task, the partner told', async () => {
    const { ann, ben, server } = await setUpConnected();
    ann.call.stop();
    expect(ann.devices.live).toEqual([]);
    expect(ann.connection.closed).toBe(true);
    expect(ann.call.view.remoteStream).toBeUndefined();
    await server.flush();
    expect(server.counts.ends).toBe(1);
    expect(ben.call.view.state).toMatchObject({ status: 'parted', reason: 'ended' });
  });

  test('[K13] the partner hears a goodbye without the server, and the server is told', async () => {
    const { ann, ben, server } = await setUpConnected();
    ann.session.cutLine();
    await server.flush();
    ann.call.close();
    await server.flush();
    expect(ben.call.view.state).toMatchObject({ status: 'parted', reason: 'ended' });
    expect(ben.connection.closed).toBe(true);
    expect(server.counts.leaves).toBe(1);
    expect(server.sessions.every(({ match }) => match === undefined)).toBe(true);
  });
});

describe('next', () => {
  test('[K1] [K2] the picture is gone, the search is on and the skip is out in the same task', async () => {
    const { ann, ben } = await setUpConnected();
    const matchId = matchIdOf(ann);
    const tracks = ann.call.view.remoteStream?.getTracks() ?? [];
    ann.call.next();
    expect(ann.call.view).toMatchObject({ state: { status: 'searching' }, remoteStream: undefined });
    expect(tracks.map(({ enabled }) => enabled)).toEqual([false, false]);
    expect(ann.session.commands).toEqual([{ type: 'skip', matchId }]);
    expect(ben.status).toBe('connected');
  });

  test('[K105] a skipped connection says nothing more, and is closed after the paint, or before the next is opened', async () => {
    const { ann, ben, pass } = await setUpConnected();
    const former = ann.connection;
    ann.call.next();
    expect(former.channel?.sent.at(-1)).toContain('bye');
    const sent = former.channel?.sent.length;
    ann.call.setMuted(true);
    expect(former.channel?.sent).toHaveLength(sent ?? NaN);
    expect(former.closed).toBe(false);
    await pass(FRAME_MS);
    expect(former.closed).toBe(true);

    ben.call.next();
    await pass(2_000);
    // Found in the same frame: the old one is closed first.
    const last = ann.connection;
    ann.call.next();
    ben.call.next();
    await pass(FRAME_MS - 1);
    expect(ann.connection).not.toBe(last);
    expect(last.closed).toBe(true);
  });

  test('[K4] [K105] stop closes what was just skipped in the same task', async () => {
    const { ann } = await setUpConnected();
    ann.call.next();
    ann.call.stop();
    expect(ann.connections.every(({ closed }) => closed)).toBe(true);
  });

  test('[K17] no view ever shows a stream of a former partner', async () => {
    const { ann, ben, pass } = await setUpConnected();
    const streams = new Map<string, unknown>();
    for (let round = 0; round < 5; round += 1) {
      (round % 2 ? ann : ben).call.next();
      await pass(5_000);
    }
    for (const { shown } of [ann, ben]) {
      for (const { state, remoteStream } of shown) {
        if (!('match' in state)) expect(remoteStream).toBeUndefined();
        else if (remoteStream) {
          const key = `${shown === ann.shown ? 'ann' : 'ben'} ${state.match.matchId}`;
          expect(streams.get(key) ?? remoteStream).toBe(remoteStream);
          expect([...streams].every(([other, stream]) => other === key || stream !== remoteStream)).toBe(
            true,
          );
          streams.set(key, remoteStream);
        }
      }
    }
    expect(streams.size).toBe(12);
    expect(ann.connections).toHaveLength(6);
    expect(ann.connections.filter(({ closed }) => !closed)).toHaveLength(1);
  });

  test('[K3] both press Next at once: one new match, nothing left of the old', async () => {
    const { ann, ben, server, pass } = await setUpConnected();
    ann.call.next();
    ben.call.next();
    await pass(2_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    expect(server.counts).toMatchObject({ matches: 2, skips: 2 });
  });

  test('[K3] R06 Next in the middle of a negotiation: the late answer reaches nobody', async () => {
    const { server, network, clock, pass } = makeWorld();
    const people = [0, 1].map(() => makePerson(server, network, clock)) as [Person, Person];
    for (const { call } of people) call.start(WISHES);
    await settle();
    for (const { session } of people) while (session.deliverEvent());
    for (const { session } of people) while (session.deliverCommand());
    for (const { session } of people) while (session.deliverEvent());
    await settle();
    expect(people.map(({ status }) => status)).toEqual(['connecting', 'connecting']);
    const [ann, ben] = people;
    const [offerer, answerer] = ann.session.commands.length > 0 ? [ann, ben] : [ben, ann];
    while (offerer.session.deliverCommand()); // the offer
    while (answerer.session.deliverEvent());
    await settle();
    expect(answerer.session.commands.length).toBeGreaterThan(0); // the answer, on its way
    offerer.call.next();
    offerer.session.deliverCommand(); // the skip overtakes it
    await pass(5_000);
    expect(server.counts.stale).toBeGreaterThan(0);
    expect(people.map(matchIdOf)).toEqual(['match-2', 'match-2']);
    expect(people.map(({ status }) => status)).toEqual(['connected', 'connected']);
  });
});

describe('when something breaks', () => {
  test('[K5] R07 media never comes: both are in a new match after 10 s', async () => {
    const { ann, ben, network, server, pass } = await setUp();
    expect(server.counts.matches).toBe(1);
    network.cut = true;
    for (const person of [ann, ben]) person.connection.simulate('connecting');
    await pass(10_500);
    expect(server.counts).toMatchObject({ failed: 2, matches: 2 }); // each side said so
    network.cut = false;
    await pass(2_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    expect(matchIdOf(ann)).toBe('match-2');
  });

  test('[K8] [K9] media cut for 20 s: same partner, picture back', async () => {
    const { ann, ben, network, server, pass } = await setUpConnected();
    network.cut = true;
    await pass(3_000);
    expect(ann.call.view.state).toMatchObject({ status: 'connected', weak: true });
    await pass(17_000);
    expect([ann.status, ben.status]).toEqual(['reconnecting', 'reconnecting']);
    network.cut = false;
    await pass(3_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    expect(server.counts.matches).toBe(1);
    expect([ann.connections.length, ben.connections.length]).toEqual([1, 1]);
  });

  test('[K98] [K99] what one side loses on its way out is its own side here, and the partner’s there', async () => {
    const { ann, ben, pass } = await setUpConnected();
    ann.connection.link.sendingLoss = 0.1;
    await pass(15_000);
    expect(ann.call.view).toMatchObject({ state: { status: 'connected', weak: false }, weakSide: 'own' });
    expect(ben.call.view).toMatchObject({ state: { status: 'connected', weak: false }, weakSide: 'partner' });
    ann.call.next();
    await pass(1_000);
    expect([ann.call.view.weakSide, ben.call.view.weakSide]).toEqual([undefined, undefined]);
  });

  test('[K104] a picture that is too much however small is told to its owner, while it is sent', async () => {
    const { ann, ben, pass } = await setUpConnected();
    ann.connection.link.sendingLoss = 0.1;
    await pass(30_000);
    expect([ann.call.view.pictureHopeless, ben.call.view.pictureHopeless]).toEqual([true, false]);
    await ann.call.setCameraOff(true);
    expect(ann.call.view.pictureHopeless).toBe(false);
    await ann.call.setCameraOff(false);
    expect(ann.call.view.pictureHopeless).toBe(true);
    ann.connection.link.sendingLoss = 0;
    await pass(6_000);
    expect(ann.call.view.pictureHopeless).toBe(false);
  });

  test('[K98] with nothing coming in, it is whose line is down', async () => {
    const { ann, ben, network, pass } = await setUpConnected();
    network.cut = true;
    await pass(3_000);
    expect([ann.call.view.weakSide, ben.call.view.weakSide]).toEqual(['unknown', 'unknown']);
    ann.session.cutLine();
    await pass(500);
    expect(ann.call.view.state).toMatchObject({ status: 'connected', weak: true });
    expect([ann.call.view.weakSide, ben.call.view.weakSide]).toEqual(['own', 'partner']);
    await pass(5_000);
    expect(ann.call.view).toMatchObject({ state: { status: 'reconnecting' }, weakSide: undefined });
  });

  test('[K9] R04 media and line cut for 10 s: same partner, picture back after the line is', async () => {
    const { ann, ben, network, server, pass } = await setUpConnected();
    network.cut = true;
    ann.session.cutLine();
    await pass(10_000);
    expect(ann.status).toBe('reconnecting');
    network.cut = false;
    for (const { connection } of [ann, ben]) connection.simulate('failed');
    ann.session.mendLine();
    await pass(3_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    expect(ann.call.view).toMatchObject({ online: true, offlineBanner: false });
    expect(server.counts.matches).toBe(1);
  });

  test('[K9] another network: the way is renewed at once, with fresh servers', async () => {
    const { ann, ben, pass } = await setUpConnected();
    const before = ann.connection.localDescription?.sdp;
    ann.changeNetwork();
    await pass(1_000);
    expect(ann.connection.localDescription?.sdp).not.toBe(before);
    expect(ann.connection.configurations.at(-1)?.iceServers).toEqual([{ urls: 'turn:fresh.example' }]);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
  });

  test('[K9] without a line no restart is tried; its return tries one', async () => {
    const { ann, network, server, pass } = await setUpConnected();
    ann.session.cutLine();
    network.cut = true;
    await pass(8_000);
    expect(ann.status).toBe('reconnecting');
    expect(ann.session.commands).toEqual([]);
    ann.session.mendLine();
    ann.session.deliverEvent();
    ann.session.deliverEvent();
    await settle();
    expect(
      ann.session.commands.some((command) => command.type === 'signal' && command.event.type === 'offer'),
    ).toBe(true);
    expect(server.counts.matches).toBe(1);
  });

  test('[K9] another network while there is no line: the way is renewed when the line is back, once', async () => {
    const { ann, ben, pass } = await setUpConnected();
    const before = ann.connection.localDescription?.sdp;
    const { length } = ann.connection.configurations;
    ann.session.cutLine();
    ann.changeNetwork();
    await pass(1_000);
    expect(ann.connection.localDescription?.sdp).toBe(before);
    ann.session.mendLine();
    await pass(1_000);
    expect(ann.connection.localDescription?.sdp).not.toBe(before);
    expect(ann.connection.configurations).toHaveLength(length + 1);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
  });

  test('[K9] 45 s without media end the call, on both sides, at the server too', async () => {
    const { ann, ben, network, server, pass } = await setUpConnected();
    network.cut = true;
    await pass(45_000);
    expect([ann.status, ben.status]).toEqual(['reconnecting', 'reconnecting']);
    await pass(6_000);
    for (const { call } of [ann, ben])
      expect(call.view.state).toMatchObject({ status: 'parted', reason: 'lost' });
    expect(server.counts.leaves).toBe(1);
    expect(server.sessions.every(({ match }) => match === undefined)).toBe(true);
    await pass(4_000);
    expect(server.counts.matches).toBe(2);
  });

  test('[K9] 15 s without media and without the partner’s line end it; the partner’s return stops the clock', async () => {
    const { ann, ben, network, pass } = await setUpConnected();
    network.cut = true;
    await pass(6_000);
    ben.session.cutLine();
    await pass(10_000);
    expect(ann.call.view).toMatchObject({
      partnerAway: true,
      state: { status: 'reconnecting', partnerAway: true },
    });
    ben.session.mendLine();
    await pass(10_000);
    expect(ann.call.view).toMatchObject({ partnerAway: false, state: { status: 'reconnecting' } });
    ben.session.cutLine();
    await pass(14_500);
    expect(ann.status).toBe('reconnecting');
    await pass(1_000);
    expect(ann.call.view.state).toMatchObject({ status: 'parted', reason: 'lost' });
  });

  test('[K9] 15 s without media and without our own line end it too; its return stops the clock', async () => {
    const { ann, ben, network, server, pass } = await setUpConnected();
    network.cut = true;
    await pass(6_000);
    ann.session.cutLine();
    await pass(14_500);
    expect(ann.call.view.state).toMatchObject({ status: 'reconnecting', offline: true });
    ann.session.mendLine();
    await pass(10_000);
    expect(ann.call.view.state).toMatchObject({ status: 'reconnecting', offline: false });
    ann.session.cutLine();
    await pass(14_500);
    expect([ann.status, ben.status]).toEqual(['reconnecting', 'reconnecting']);
    await pass(1_000);
    for (const { call } of [ann, ben])
      expect(call.view.state).toMatchObject({ status: 'parted', reason: 'lost' });
    ann.session.mendLine();
    await pass(500);
    expect(server.sessions.every(({ match }) => match?.id !== 'match-1')).toBe(true);
  });

  test('[K9] a line that was lost before the media counts from the loss of the media', async () => {
    const { ann, network, pass } = await setUpConnected();
    ann.session.cutLine();
    await pass(20_000);
    expect(ann.status).toBe('connected');
    network.cut = true;
    await pass(18_000); // 4 s until the loss is noticed
    expect(ann.status).toBe('reconnecting');
    await pass(2_000);
    expect(ann.call.view.state).toMatchObject({ status: 'parted', reason: 'lost' });
  });

  test('[K15] R03 a lost line alone changes nothing in the call', async () => {
    const { ann, ben, pass } = await setUpConnected();
    ann.session.cutLine();
    ben.session.cutLine();
    await pass(30_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    ann.session.mendLine();
    ben.session.mendLine();
    await pass(5_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
  });

  test('[K10] a session that the server forgot: the call is over for both, and both find again', async () => {
    const { ann, ben, server, pass } = await setUpConnected();
    ann.session.cutLine();
    server.lapse(ann.session);
    await server.flush();
    expect(ben.call.view.state).toMatchObject({ status: 'parted', reason: 'lost' });
    ann.session.mendLine();
    await server.flush();
    expect(ann.status).toBe('parted');
    await pass(6_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    expect(server.counts.matches).toBe(2);
  });

  test('[K10] a session forgotten while it searched searches again', async () => {
    const { server, network, clock, pass } = makeWorld();
    const ann = makePerson(server, network, clock);
    ann.call.start(WISHES);
    await server.flush();
    expect(ann.call.view.state).toMatchObject({ status: 'searching', since: 1 });
    ann.session.cutLine();
    server.lapse(ann.session);
    ann.session.mendLine();
    await pass(500);
    expect(server.pool).toEqual([ann.session]);
  });
});

describe('a page that is too old for the server', () => {
  test('[K108] ends no call, but whatever follows it', async () => {
    const { ann, ben, network, pass } = await setUpConnected();
    for (const { session } of [ann, ben]) session.refuseLine('page-outdated');
    await pass(60_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    expect(ann.call.view).toMatchObject({ online: false, offlineBanner: true });
    expect(ann.call.say('still there?')).toBe(true);
    await settle();
    expect(ben.call.view.textLog?.lines.at(-1)).toMatchObject({ from: 'partner', text: 'still there?' });
    ann.call.next();
    await settle();
    const outdated = { status: 'failed', reason: 'page-outdated' };
    expect(ann.call.view.state).toEqual(outdated);
    // Whoever is left has time to read.
    expect(ben.status).toBe('parted');
    await pass(3_000);
    expect(ben.call.view.state).toEqual(outdated);
    expect(network.connections.every(({ closed }) => closed)).toBe(true);
    expect([...ann.devices.live, ...ben.devices.live]).toEqual([]);
  });

  test('[K108] a call that cannot be won back ends so, too', async () => {
    const { ann, ben, network, pass } = await setUpConnected();
    for (const { session } of [ann, ben]) session.refuseLine('page-outdated');
    network.cut = true;
    await pass(30_000);
    expect([ann.call.view.state, ben.call.view.state]).toEqual(
      [1, 2].map(() => ({ status: 'failed', reason: 'page-outdated' })),
    );
  });
});

describe('devices during a call', () => {
  test('[K29] [K30] camera off and on: the partner is told, nothing is negotiated', async () => {
    const { ann, ben, server } = await setUpConnected();
    const before = server.counts.signals;
    await ann.call.setCameraOff(true);
    await settle();
    expect(ann.connection.getTransceivers()[1]?.sender.track).toBeNull();
    expect(ann.devices.live.map(({ kind }) => kind)).toEqual(['audio']);
    expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: false, away: false });
    await ann.call.setCameraOff(false);
    await settle();
    expect(ann.connection.getTransceivers()[1]?.sender.track).toBe(ann.devices.live[1]);
    expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: true, away: false });
    await server.flush();
    expect(server.counts.signals).toBe(before);
  });

  test('[K29] mute is told and silences, and survives into the next match', async () => {
    const { ann, ben, pass } = await setUpConnected();
    ann.call.setMuted(true);
    await settle();
    expect(ann.devices.live[0]?.enabled).toBe(false);
    expect(ben.call.view.partnerMedia.mic).toBe(false);
    ann.call.next();
    await pass(5_000);
    expect(ann.status).toBe('connected');
    expect(ben.call.view.partnerMedia.mic).toBe(false);
  });

  test.each(['NotFoundError', 'NotReadableError', 'NotAllowedError'])(
    '[K29] [K41] a camera that fails with %s: the partner is told that there is none, and hears',
    async (name) => {
      const world = makeWorld();
      const [ann, ben] = [0, 1].map(() => makePerson(world.server, world.network, world.clock)) as [
        Person,
        Person,
      ];
      ann.devices.failing.video = name;
      ann.devices.permitted.camera = 'denied';
      ann.devices.permitted.microphone = 'granted';
      for (const { call } of [ann, ben]) call.start(WISHES);
      await world.pass(1_000);
      expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
      expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: false, away: false });
      expect(ann.connection.getTransceivers().map(({ sender }) => sender.track?.kind)).toEqual([
        'audio',
        undefined,
      ]);
    },
  );

  test('[K29] [K41] a microphone that comes later is asked for, told and sent', async () => {
    const world = makeWorld();
    const [ann, ben] = [0, 1].map(() => makePerson(world.server, world.network, world.clock)) as [
      Person,
      Person,
    ];
    ann.devices.failing.audio = 'NotFoundError';
    for (const { call } of [ann, ben]) call.start(WISHES);
    await world.pass(1_000);
    expect(ann.call.view.missing).toEqual({ microphone: 'media-missing' });
    expect(ben.call.view.partnerMedia).toEqual({ mic: false, cam: true, away: false });
    delete ann.devices.failing.audio;
    await ann.call.preview();
    await settle();
    expect(ann.call.view.missing).toEqual({});
    expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: true, away: false });
    expect(ann.connection.getTransceivers()[0]?.sender.track).toBe(ann.devices.live[1]);
  });

  test('[K106] a phone whose page is hidden says so at once, and after 5 s sends no picture until it is seen', async () => {
    const world = makeWorld();
    const ann = makePerson(world.server, world.network, world.clock, { quality: 'phone' });
    const ben = makePerson(world.server, world.network, world.clock);
    for (const { call } of [ann, ben]) call.start(WISHES);
    await world.pass(1_000);
    const sent = () => ann.connection.getTransceivers().map(({ sender }) => sender.track?.kind);
    ann.call.setAway(true);
    await settle();
    expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: true, away: true });
    await world.pass(4_500);
    expect(sent()).toEqual(['audio', 'video']);
    await world.pass(500);
    expect(sent()).toEqual(['audio', undefined]);
    await world.pass(60_000);
    expect(ben.call.view.state).toMatchObject({ status: 'connected', weak: false });
    expect(ann.devices.live).toHaveLength(2);
    ann.call.setAway(false);
    await settle();
    expect(sent()).toEqual(['audio', 'video']);
    expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: true, away: false });
    ann.call.setAway(true);
    await world.pass(4_500);
    ann.call.setAway(false);
    await world.pass(10_000);
    expect(sent()).toEqual(['audio', 'video']);
  });

  test('[K106] a desktop goes on sending, and whoever is away still is for the next one', async () => {
    const { ann, ben, pass } = await setUpConnected();
    ann.call.setAway(true);
    await pass(10_000);
    expect(ann.connection.getTransceivers()[1]?.sender.track?.kind).toBe('video');
    ben.call.next();
    expect(ben.call.view.partnerMedia.away).toBe(false);
    await pass(5_000);
    expect(ben.status).toBe('connected');
    expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: true, away: true });
  });

  test('[K106] nobody is away for not looking where there is nothing to be seen', async () => {
    const world = makeWorld();
    const [ann, ben] = [0, 1].map(() => makePerson(world.server, world.network, world.clock)) as [
      Person,
      Person,
    ];
    for (const { call } of [ann, ben]) call.start({ ...WISHES, mode: 'voice' });
    ann.call.setAway(true);
    await world.pass(1_000);
    expect(ben.status).toBe('connected');
    expect(ben.call.view.partnerMedia.away).toBe(false);
  });

  test('[K107] a device that brings nothing for 2 s is off for the partner, here interrupted, until it does again', async () => {
    const { ann, ben, pass } = await setUpConnected();
    const [microphone, camera] = ann.devices.live;
    camera?.interrupt(true);
    await pass(1_500);
    expect(ann.call.view.interrupted).toEqual({});
    await pass(500);
    expect(ann.call.view.interrupted).toEqual({ camera: true });
    expect(ben.call.view.partnerMedia).toEqual({ mic: true, cam: false, away: false });
    microphone?.interrupt(true);
    camera?.interrupt(false);
    await pass(2_000);
    expect(ann.call.view.interrupted).toEqual({ microphone: true });
    expect(ben.call.view.partnerMedia).toEqual({ mic: false, cam: true, away: false });
    // One that only stutters is not.
    for (const held of [true, false, true]) {
      camera?.interrupt(held);
      await pass(1_500);
    }
    camera?.interrupt(false);
    await pass(5_000);
    expect(ann.shown.every(({ interrupted }) => !interrupted.camera || !interrupted.microphone)).toBe(true);
    expect(ben.call.view.partnerMedia.cam).toBe(true);
    ann.call.stop();
    expect(ann.call.view.interrupted).toEqual({});
    microphone?.interrupt(true);
    await pass(5_000);
    expect(ann.call.view.interrupted).toEqual({});
  });

  test('[K107] a camera that is taken while nobody looks is asked for when they do, one that was not there before is not', async () => {
    const { ann } = await setUpConnected();
    ann.devices.permitted.camera = 'granted';
    const take = async () => {
      ann.devices.failing.video = 'NotReadableError';
      ann.devices.live[1]?.unplug();
      await settle();
      expect(ann.call.view.missing).toEqual({ camera: 'media-busy' });
    };
    ann.call.setAway(true);
    await take();
    delete ann.devices.failing.video;
    ann.call.setAway(false);
    await settle();
    expect(ann.call.view.missing).toEqual({});
    await take();
    ann.call.setAway(true);
    delete ann.devices.failing.video;
    ann.call.setAway(false);
    await settle();
    expect(ann.call.view.missing).toEqual({ camera: 'media-busy' });
  });

  test('[K45] a camera that is unplugged is said here and there', async () => {
    const { ann, ben } = await setUpConnected();
    ann.devices.failing.video = 'NotFoundError';
    ann.devices.live[1]?.unplug();
    await settle();
    expect(ann.call.view.missing).toEqual({ camera: 'media-missing' });
    expect(ben.call.view.partnerMedia.cam).toBe(false);
  });

  test('[K87] [K88] another camera is sent over the same connection, without negotiation', async () => {
    const { ann, ben, server, pass } = await setUpConnected();
    ann.devices.plugged = [...ann.devices.plugged, { kind: 'video', deviceId: 'video-2', label: 'Other' }];
    const { connection } = ann;
    const said = server.counts.signals;
    await ann.call.chooseDevice('video', { id: 'video-2', label: 'Other' });
    await settle();
    const sent = () => connection.getTransceivers()[1]?.sender.track?.settings.deviceId;
    expect(sent()).toBe('video-2');
    // The one in use is pulled out: the other one comes, is told for 8 s, and the partner sees a picture.
    ann.devices.plug(...ann.devices.plugged.slice(0, 2));
    await settle();
    expect(sent()).toBe('video-1');
    expect(ann.call.view.fallbacks).toEqual({ camera: 'media-missing' });
    expect(ben.call.view.partnerMedia.cam).toBe(true);
    expect(ann.connection).toBe(connection);
    expect(server.counts.signals).toBe(said);
    await pass(8_000);
    expect(ann.call.view.fallbacks).toEqual({});
  });

  test('[K93] the data saver holds in the call that is on, and in the next', async () => {
    const { ann, pass } = await setUpConnected();
    await pass(3_000);
    const most = () =>
      ann.connection.getTransceivers().map(({ sender }) => sender.getParameters().encodings[0]);
    expect(most()[1]).toMatchObject({ maxBitrate: 1_500_000, scaleResolutionDownBy: 1 });
    ann.call.setDataSaver(true);
    await settle();
    expect(most()).toMatchObject([{ maxBitrate: 32_000 }, { maxBitrate: 300_000, scaleResolutionDownBy: 2 }]);
    ann.call.setDataSaver(false);
    await settle();
    expect(most()[1]).toMatchObject({ maxBitrate: 1_500_000, scaleResolutionDownBy: 1 });
    ann.call.setDataSaver(true);
    ann.call.next();
    await pass(10_000);
    expect([ann.status, ann.connections.length]).toEqual(['connected', 2]);
    expect(most()[1]).toMatchObject({ maxBitrate: 300_000, scaleResolutionDownBy: 2 });
  });
});

describe('texts', () => {
  const shown = ({ call }: Person): string[] =>
    (call.view.textLog?.lines ?? []).map(({ from, text, progress, direct }) =>
      [from, text, progress, direct && 'directly'].filter(Boolean).join(' '),
    );

  test('[K70] they arrive, and are delivered when the partner has them', async () => {
    const { ann, ben, server } = await setUpConnected();
    expect(ann.call.say('hello')).toBe(true);
    expect(shown(ann)).toEqual(['me hello sending']);
    await server.flush();
    expect(shown(ann)).toEqual(['me hello delivered']);
    expect(shown(ben)).toEqual(['partner hello']);
    expect(ben.call.say('hi')).toBe(true);
    await server.flush();
    expect(shown(ann)).toEqual(['me hello delivered', 'partner hi']);
  });

  test('[K70] what is no text, or finds no match, is refused', async () => {
    const { ann, ben } = await setUp();
    expect(ann.call.say('  \n')).toBe(false);
    expect(ann.call.say('x'.repeat(501))).toBe(false);
    expect(ann.call.say('x'.repeat(500))).toBe(true);
    ben.call.stop();
    expect(ben.call.say('hello')).toBe(false);
    expect(ben.call.view.textLog?.lines).toEqual([]);
  });

  test('[K12] [K70] in text mode, without any connection', async () => {
    const world = makeWorld();
    const [ann, ben] = [0, 1].map(() => makePerson(world.server, world.network, world.clock)) as [
      Person,
      Person,
    ];
    for (const { call } of [ann, ben]) call.start({ ...WISHES, mode: 'text' });
    await world.server.flush();
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    ann.call.say('hello');
    await world.server.flush();
    expect(shown(ben)).toEqual(['partner hello']);
    expect(ann.connections).toEqual([]);
  });

  test.each(['sender', 'receiver'])(
    '[K72] the line of the %s is down: they go directly, and count once when it is back',
    async (side) => {
      const { ann, ben, server, pass } = await setUpConnected();
      ann.call.say('before');
      await server.flush();
      (side === 'sender' ? ann : ben).session.cutLine();
      await server.flush();
      ann.call.say('one');
      ann.call.say('two');
      await settle();
      await server.flush();
      expect(shown(ben)).toEqual(['partner before', 'partner one directly', 'partner two directly']);
      expect(shown(ann)).toEqual([
        'me before delivered',
        'me one delivered directly',
        'me two delivered directly',
      ]);
      (side === 'sender' ? ann : ben).session.mendLine();
      await pass(1_000);
      ann.call.say('after');
      await pass(1_000);
      expect(shown(ben).slice(1)).toEqual(['partner one directly', 'partner two directly', 'partner after']);
      expect(shown(ann).at(-1)).toBe('me after delivered');
    },
  );

  test('[K75] what was said before a goodbye that came sooner is shown, and the log stays', async () => {
    const { ann, ben, server } = await setUpConnected();
    ann.call.say('farewell');
    ann.call.next();
    await settle();
    expect(ben.status).toBe('parted');
    await server.flush();
    expect(shown(ben)).toEqual(['partner farewell']);
    expect(ben.call.view.textLog).toMatchObject({ endedAt: expect.any(Number) });
    ben.call.stop();
    expect(shown(ben)).toEqual(['partner farewell']);
  });

  test('[K75] the next match begins with an empty log', async () => {
    const { ann, ben, pass } = await setUpConnected();
    ann.call.say('hello');
    await pass(500);
    const first = ann.call.view.textLog?.matchId;
    ben.call.next();
    await pass(5_000);
    expect([ann.status, ben.status]).toEqual(['connected', 'connected']);
    expect(ann.call.view.textLog?.matchId).not.toBe(first);
    expect([shown(ann), shown(ben)]).toEqual([[], []]);
    ben.call.say('hello again');
    await pass(500);
    expect(shown(ann)).toEqual(['partner hello again']);
  });

  test('[K79] the log tells each side how the match ended, and keeps to it', async () => {
    const { ann, ben, pass } = await setUpConnected();
    const endings = () => [ann, ben].map(({ call }) => call.view.textLog?.ending);
    expect(endings()).toEqual([undefined, undefined]);
    ann.call.next();
    await pass(500);
    expect(endings()).toEqual(['me', 'skipped']);
    ben.call.stop();
    expect(endings()).toEqual(['me', 'skipped']);
  });

  test('[K74] typing is seen, and over when the line of the one who types goes', async () => {
    const { ann, ben, server } = await setUpConnected();
    ann.call.typed();
    await server.flush();
    expect(ben.call.view.textLog?.partnerTyping).toBe(true);
    ann.session.cutLine();
    await server.flush();
    expect(ben.call.view.textLog?.partnerTyping).toBe(false);
  });

  test('[K77] widen asks the server while searching, and at no other time', async () => {
    const world = makeWorld();
    const ann = makePerson(world.server, world.network, world.clock);
    ann.call.start(WISHES);
    await world.server.flush();
    ann.call.widen();
    expect(ann.session.commands).toEqual([{ type: 'widen' }]);
    await world.server.flush();
    const { session } = ann;
    ann.call.stop();
    session.commands.length = 0;
    ann.call.widen();
    expect(session.commands).toEqual([]);
  });
});
