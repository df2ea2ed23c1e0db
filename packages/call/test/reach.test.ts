import { expect, test } from 'vitest';
import { checkReach } from '../src/reach.ts';
import { FakeClock, settle } from './fake-clock.ts';

const STUN = { urls: ['stun:stun.example'] };
const TURN = { urls: ['turn:turn.example', 'turns:turn.example'], username: 'u', credential: 'c' };

/** A connection that finds the candidates it is told to. */
class Gatherer extends EventTarget {
  closed = false;

  createDataChannel(): void {
    // Without anything to carry a browser gathers nothing.
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }

  fail(url: string): void {
    this.dispatchEvent(Object.assign(new Event('icecandidateerror'), { url }));
  }

  find(type: RTCIceCandidateType | undefined): void {
    const event = Object.assign(new Event('icecandidate'), { candidate: type ? { type } : null });
    this.dispatchEvent(event);
  }
}

function setUp() {
  const clock = new FakeClock();
  const gatherer = new Gatherer();
  const parts = { clock, createPeerConnection: () => gatherer as unknown as RTCPeerConnection };
  return { clock, gatherer, parts };
}

test('[K92] it is over when all servers have answered', async () => {
  const { clock, gatherer, parts } = setUp();
  const reach = checkReach([STUN, TURN], parts);
  await clock.pass(120);
  gatherer.find('host');
  gatherer.find('srflx');
  gatherer.find('relay');
  expect(await reach).toEqual({ stun: 'answered', turn: 'answered', tookMs: 120 });
  expect(gatherer.closed).toBe(true);
});

test('[K92] it is given up after 2 s, with what has answered until then', async () => {
  const { clock, gatherer, parts } = setUp();
  const reach = checkReach([STUN, TURN], parts);
  await settle();
  gatherer.find('srflx');
  await clock.pass(2_000);
  expect(await reach).toEqual({ stun: 'answered', turn: 'silent', tookMs: 2_000 });
  expect(gatherer.closed).toBe(true);
});

test('[K92] it is over when the browser has asked all it can, and where there is nothing to ask', async () => {
  const silent = setUp();
  const reach = checkReach([STUN], silent.parts);
  await settle();
  silent.gatherer.find(undefined);
  expect(await reach).toEqual({ stun: 'silent', turn: 'none', tookMs: 0 });

  const none = setUp();
  const nothing = checkReach([], none.parts);
  await settle();
  none.gatherer.find('host');
  expect(await nothing).toEqual({ stun: 'none', turn: 'none', tookMs: 0 });
});

test('[K92] a STUN server whose answer is an address of the device itself has answered', async () => {
  const one = setUp();
  const reach = checkReach([STUN, TURN], one.parts);
  await settle();
  one.gatherer.find('host');
  one.gatherer.fail('turn:turn.example:3478');
  one.gatherer.find(undefined);
  expect(await reach).toEqual({ stun: 'answered', turn: 'silent', tookMs: 0 });

  const failed = setUp();
  const silent = checkReach([STUN], failed.parts);
  await settle();
  failed.gatherer.find('host');
  failed.gatherer.fail('stun:stun.example:3478');
  failed.gatherer.find(undefined);
  expect(await silent).toMatchObject({ stun: 'silent' });

  const late = setUp();
  const givenUp = checkReach([STUN], late.parts);
  await settle();
  late.gatherer.find('host');
  await late.clock.pass(2_000);
  late.gatherer.find(undefined);
  expect(await givenUp).toMatchObject({ stun: 'silent' });
});

test('[K92] without WebRTC nothing has answered', async () => {
  const { clock } = setUp();
  const createPeerConnection = () => {
    throw new Error('blocked');
  };
  expect(await checkReach([STUN], { clock, createPeerConnection })).toMatchObject({ stun: 'silent' });
});
