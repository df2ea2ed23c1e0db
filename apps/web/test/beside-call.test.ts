import type { CallState } from '@passerby/call';
import { DEFAULT_WISHES, type Mode } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { BesideCall } from '../src/lib/beside-call.ts';
import { FakeSafety } from '../states/fake-safety.ts';
import { FakeCall } from './fake-call.ts';

const SHARED = { interests: [], languages: [] };
const MODE: Mode = 'video';
const connected = {
  status: 'connected' as const,
  wishes: DEFAULT_WISHES,
  match: {
    matchId: 'm1',
    role: 'offerer' as const,
    mode: MODE,
    shared: SHARED,
    iceServers: [],
    relayOnly: false,
  },
  weak: false,
} satisfies CallState;

test.each([
  [connected, [['next']]],
  [{ status: 'parted', wishes: DEFAULT_WISHES, reason: 'left', paused: false }, [['next']]],
  // Somebody else is looked for already.
  [{ status: 'searching', wishes: DEFAULT_WISHES }, []],
] as const)(
  '[U123] who is blocked is left at once, though nobody knows yet whether it holds: %j',
  (state, asked) => {
    const call = new FakeCall();
    const safety = new FakeSafety('waits');
    const beside = new BesideCall(call, safety, new FakeClock());
    call.show({
      state,
      textLog: {
        matchId: 'm1',
        mode: MODE,
        shared: SHARED,
        wishes: DEFAULT_WISHES,
        startedAt: 0,
        lines: [],
        partnerTyping: false,
      },
    });
    beside.note(call.view, false);
    beside.block(call.view);
    expect(call.asked).toEqual(asked);
    expect(safety.blocks).toEqual(['m1']);
  },
);

test('[U125] the seconds are counted while the call is being won back, and by no timer of a screen that is gone', async () => {
  const [call, clock] = [new FakeCall(), new FakeClock()];
  const beside = new BesideCall(call, undefined, clock);
  const show = (state: CallState) => {
    call.show({ state });
    beside.note(call.view, false);
  };
  show(connected);
  await clock.pass(5_000);
  expect(beside.known(call.view).lostFor).toBe(0);
  const { wishes, match } = connected;
  show({ status: 'reconnecting', wishes, match, offline: false, partnerAway: false });
  await clock.pass(2_500);
  show({ status: 'reconnecting', wishes, match, offline: true, partnerAway: false });
  await clock.pass(1_000);
  expect(beside.known(call.view).lostFor).toBe(3);
  show(connected);
  expect(beside.known(call.view).lostFor).toBe(0);
  show({ status: 'reconnecting', wishes, match, offline: true, partnerAway: false });
  beside.close();
  expect(clock.pending).toBe(0);
});
