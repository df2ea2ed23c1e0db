import { setTimeout as wait } from 'node:timers/promises';
import {
  type Clock,
  type SignalingEvent,
  type SocketSignalingParts,
  createSocketSignaling,
} from '@passerby/call';
import { DEFAULT_WISHES } from '@passerby/protocol';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { startTestServer } from '../support/server.ts';

const clock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

type OpenSocket = NonNullable<SocketSignalingParts['io']>;
const open: OpenSocket = (url, options) => io(url, options) as ReturnType<OpenSocket>;

/** A client of ours, with what it was told. */
function signIn(name: string, url: string) {
  const auth = { token: async () => ({ token: name }) };
  const signaling = createSocketSignaling({ url, clock, auth, io: open });
  const told: SignalingEvent[] = [];
  signaling.on((event) => told.push(event));
  signaling.connect();
  onTestFinished(() => signaling.close());
  /** Resolves with the next event of that type, or the last one. */
  const isTold = async <T extends SignalingEvent['type']>(type: T) => {
    for (;;) {
      const event = told.find((one): one is Extract<SignalingEvent, { type: T }> => one.type === type);
      if (event) return event;
      await wait(5);
    }
  };
  return { signaling, told, isTold };
}

test('[K76] what is said right before a goodbye is heard, and the goodbye is one', async () => {
  const { url } = await startTestServer();
  const [ann, bob] = [signIn('ann', url), signIn('bob', url)];
  await Promise.all([ann.isTold('welcome'), bob.isTold('welcome')]);
  for (const { signaling } of [ann, bob]) signaling.find({ ...DEFAULT_WISHES, mode: 'text' });
  const [{ match }] = await Promise.all([ann.isTold('matched'), bob.isTold('matched')]);

  // The first is under way, so the others wait for it.
  for (const seq of [1, 2, 3]) ann.signaling.say(match.matchId, seq, `text ${seq}`);
  ann.signaling.close();

  expect(await bob.isTold('partner-left')).toMatchObject({ matchId: match.matchId, reason: 'left' });
  const heard = bob.told.flatMap((event) => (event.type === 'text' ? [event.text] : []));
  expect(heard).toEqual(['text 1', 'text 2', 'text 3']);
  expect(bob.told.map(({ type }) => type)).not.toContain('partner-away');
});
