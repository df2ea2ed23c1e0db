import { DEFAULT_WISHES, type Wishes } from '@passerby/protocol';
import { Call, type CallParts } from '../src/call.ts';
import type { CallState, CallView, NetworkChanges } from '../src/types.ts';
import type { FakeClock } from './fake-clock.ts';
import { fakeLocalMedia, fakeStream, FakeDevices } from './fake-media.ts';
import type { FakeNetwork, FakePeerConnection } from './fake-peer-connection.ts';
import type { PairServer, Session } from './signaling-pair.ts';

export const WISHES: Wishes = DEFAULT_WISHES;

/** From a change to the paint of it. */
export const FRAME_MS = 16;

/** Somebody with a call, fake devices and connections of their own. */
export interface Person {
  call: Call;
  devices: FakeDevices;
  connections: FakePeerConnection[];
  /** What waits for the next paint. */
  readonly unpainted: number;
  /** Every view that was shown. */
  shown: CallView[];
  readonly session: Session;
  readonly status: CallState['status'];
  /** The connection of the current match. */
  readonly connection: FakePeerConnection;
  changeNetwork(): void;
}

export function makePerson(
  server: PairServer,
  network: FakeNetwork,
  clock: FakeClock,
  parts: Pick<CallParts, 'quality'> = {},
): Person {
  const signaling = server.client();
  const devices = new FakeDevices();
  const connections: FakePeerConnection[] = [];
  const listeners = new Set<() => void>();
  const networkChanges: NetworkChanges = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const unpainted = new Set<() => void>();
  const call = new Call({
    signaling,
    media: fakeLocalMedia(devices, clock),
    createPeerConnection(configuration) {
      const connection = network.open(configuration);
      connections.push(connection);
      return connection as unknown as RTCPeerConnection;
    },
    createStream: fakeStream,
    clock,
    ...parts,
    networkChanges,
    afterPaint(act) {
      const once = (): void => {
        if (!unpainted.delete(once)) return;
        cancel();
        act();
      };
      const cancel = clock.after(FRAME_MS, once);
      unpainted.add(once);
      return once;
    },
  });
  const shown: CallView[] = [call.view];
  call.on((view) => shown.push(view));
  return {
    call,
    devices,
    connections,
    shown,
    get session() {
      if (!signaling.session) throw new Error('no session');
      return signaling.session;
    },
    get unpainted() {
      return unpainted.size;
    },
    get status() {
      return call.view.state.status;
    },
    get connection() {
      const connection = connections.at(-1);
      if (!connection) throw new Error('no connection');
      return connection;
    },
    changeNetwork: () => listeners.forEach((listener) => listener()),
  };
}
