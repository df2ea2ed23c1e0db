import { afterPaint } from './after-paint.ts';
import { Call } from './call.ts';
import { watchLevel } from './level.ts';
import { LocalMedia, type LocalMediaParts } from './media.ts';
import { checkReach, type Reach } from './reach.ts';
import { createSocketSignaling } from './signaling.ts';
import type { AuthSource, Clock, NetworkChanges, Unsubscribe } from './types.ts';

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

/** Chromium alone tells, under the policy's older name. */
function policyOf(page: Document): LocalMediaParts['isAllowed'] {
  const { featurePolicy } = page as Document & {
    featurePolicy?: { allowsFeature(feature: string): boolean };
  };
  return featurePolicy && ((device) => featurePolicy.allowsFeature(device));
}

export interface BrowserCallOptions {
  /** Origin of the signaling server. */
  url: string;
  auth: AuthSource;
}

/** How loud a track is, at this browser's animation frames. See {@link watchLevel}. */
export function watchBrowserLevel(
  track: MediaStreamTrack,
  tell: (level: number, isSilent: boolean) => void,
): Unsubscribe {
  const parts = {
    createContext: () => new AudioContext(),
    requestFrame: (callback: (now: number) => void) => requestAnimationFrame(callback),
    cancelFrame: (id: number) => cancelAnimationFrame(id),
  };
  return watchLevel(track, parts, tell);
}

/** Whether STUN and TURN servers answer this browser. See {@link checkReach}. */
export function checkBrowserReach(iceServers: RTCIceServer[]): Promise<Reach> {
  return checkReach(iceServers, { createPeerConnection, clock: browserClock });
}

const createPeerConnection = (configuration: RTCConfiguration): RTCPeerConnection =>
  new RTCPeerConnection(configuration);

/** A call over this browser's own camera, connection and clock. Opens nothing yet. */
export function createBrowserCall({ url, auth }: BrowserCallOptions): Call {
  const createStream = (): MediaStream => new MediaStream();
  const phone = matchMedia('(pointer: coarse)').matches;
  // WebKit alone has this event; every browser of iOS is WebKit.
  const isWebKit = 'GestureEvent' in globalThis;
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
      isAllowed: policyOf(document),
      createStream,
      clock: browserClock,
      phone,
      // Safari ends a new microphone while the old one runs; few phones run two cameras.
      oneAtATime: [...(isWebKit ? (['audio'] as const) : []), ...(phone ? (['video'] as const) : [])],
      replacesNothing: isWebKit && phone,
    }),
    createPeerConnection,
    createStream,
    clock: browserClock,
    quality: phone ? 'phone' : 'desktop',
    networkChanges: browserNetworkChanges,
    afterPaint,
  });
}
