import type { Reach } from '@passerby/call';

/** The ways to the servers of a call that networks let through one by one. */
export const TRANSPORTS = ['stun', 'turn-udp', 'turn-tcp', 'turn-tls'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What one of them came to. `tookMs`: until the answer, or until it was given up. */
export interface TransportFound {
  answer: Reach['stun'];
  tookMs: number;
}

/** How many there are, and whether they may be used; no names, which need the permission that a test does not ask for. */
export interface DevicesFound {
  cameras: number;
  microphones: number;
  speakers: number;
  camera: PermissionState | undefined;
  microphone: PermissionState | undefined;
}

/** Round trips to the service; the median of these is told. */
const ROUND_TRIPS = 5;
const ROUND_TRIP_MS = 3_000;

/** By which way an address of RFC 7064 or RFC 7065 is reached; undefined where it is none. */
export function transportOf(url: string): Transport | undefined {
  const [, scheme, transport] = /^(stuns?|turns?):[^?]*(?:\?transport=(\w+))?$/.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  if (scheme.startsWith('stun')) return 'stun';
  if (scheme === 'turns') return 'turn-tls';
  return transport === 'tcp' ? 'turn-tcp' : 'turn-udp';
}

/** The servers that are reached by one way, with nothing of the others. */
function serversBy(transport: Transport, servers: readonly RTCIceServer[]): RTCIceServer[] {
  return servers.flatMap((server) => {
    const urls = [server.urls].flat().filter((url) => transportOf(url) === transport);
    return urls.length > 0 ? [{ ...server, urls }] : [];
  });
}

/** Tries each way by itself, all at once. Never rejects where `check` does not. */
export async function tryTransports(
  servers: readonly RTCIceServer[],
  check: (servers: RTCIceServer[]) => Promise<Reach>,
): Promise<Record<Transport, TransportFound>> {
  const attempt = async (transport: Transport): Promise<[Transport, TransportFound]> => {
    const some = serversBy(transport, servers);
    if (some.length === 0) return [transport, { answer: 'none', tookMs: 0 }];
    const { stun, turn, tookMs } = await check(some);
    return [transport, { answer: transport === 'stun' ? stun : turn, tookMs }];
  };
  return Object.fromEntries(await Promise.all(TRANSPORTS.map(attempt))) as Record<Transport, TransportFound>;
}

/** How long the service takes to answer, in milliseconds; undefined where it does not. `ask` resolves with the answer. */
export async function roundTripMs(
  ask: (signal: AbortSignal) => Promise<unknown>,
  now: () => number = () => performance.now(),
): Promise<number | undefined> {
  const took: number[] = [];
  try {
    for (let time = 0; time < ROUND_TRIPS; time += 1) {
      const begin = now();
      // One after another: side by side they would wait for each other.
      await ask(AbortSignal.timeout(ROUND_TRIP_MS));
      took.push(now() - begin);
    }
  } catch {
    return undefined;
  }
  return took.sort((one, other) => one - other)[Math.floor(ROUND_TRIPS / 2)];
}

/** Asks for nothing: what is there, and what is allowed already. Never rejects. */
export async function lookAtDevices({
  mediaDevices,
  permissions,
}: Partial<Pick<Navigator, 'mediaDevices' | 'permissions'>>): Promise<DevicesFound> {
  const devices = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const count = (kind: MediaDeviceKind): number => devices.filter((device) => device.kind === kind).length;
  const state = async (name: 'camera' | 'microphone'): Promise<PermissionState | undefined> => {
    try {
      return (await permissions?.query({ name: name as PermissionName }))?.state;
    } catch {
      // A browser that does not know the name.
      return undefined;
    }
  };
  return {
    cameras: count('videoinput'),
    microphones: count('audioinput'),
    speakers: count('audiooutput'),
    camera: await state('camera'),
    microphone: await state('microphone'),
  };
}
