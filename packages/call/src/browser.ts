import { Call } from './call.ts';
import { LocalMedia } from './media.ts';
import { createSocketSignaling } from './signaling.ts';
import type { AuthSource, Clock, NetworkChanges } from './types.ts';

/** Largest delay of `setTimeout`; a longer one would fire at once. */
const DELAY_MAX_MS = 2 ** 31 - 1;

export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, DELAY_MAX_MS));
    return () => clearTimeout(timer);
  },
};

/** `connection.type` is known in some browsers alone; its `change` event also fires for mere estimates of speed. */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

export const browserNetworkChanges: NetworkChanges = (listener) => {
  const connection = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  let type = connection?.type;
  const onChange = (): void => {
    if (connection?.type === type) return;
    type = connection?.type;
    if (navigator.onLine) listener();
  };
  addEventListener('online', listener);
  connection?.addEventListener('change', onChange);
  return () => {
    removeEventListener('online', listener);
    connection?.removeEventListener('change', onChange);
  };
};

export interface BrowserCallOptions {
  /** Origin of the signaling server. */
  url: string;
  auth: AuthSource;
}

/** A call over this browser's own camera, connection and clock. Opens nothing yet. */
export function createBrowserCall({ url, auth }: BrowserCallOptions): Call {
  const createStream = (): MediaStream => new MediaStream();
  const phone = matchMedia('(pointer: coarse)').matches;
  return new Call({
    signaling: createSocketSignaling({
      url,
      auth,
      clock: browserClock,
      networkChanges: browserNetworkChanges,
    }),
    media: new LocalMedia({
      // Absent in a page that is not secure, whatever the type says.
      mediaDevices: navigator.mediaDevices as MediaDevices | undefined,
      permissions: navigator.permissions as Permissions | undefined,
      createStream,
      phone,
    }),
    createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
    createStream,
    clock: browserClock,
    phone,
    networkChanges: browserNetworkChanges,
  });
}
