import type { CallView, Reach } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { Messages } from './i18n/messages/en.ts';
import { problemOf } from './failures.ts';

/** One thing to be sure of before the start. `warn` never holds it up. */
export interface Tick {
  name: 'camera' | 'microphone' | 'connection';
  state: 'ok' | 'warn' | 'off' | 'checking';
  /** What it is about, in a word. */
  label: string;
  /** What was found, as a sentence without its full stop. */
  text: string;
}

/** What was found of the connection; undefined while it is being looked at, `failed` where that was not possible. */
export type Connection = Reach | 'failed' | undefined;

/** `silent`: the microphone is on and brings nothing. None before the devices were asked for. */
export function ticksOf(
  view: Pick<CallView, 'missing' | 'cameraOff' | 'muted' | 'localStream'>,
  mode: Mode,
  silent: boolean,
  connection: Connection,
  m: Messages,
): Tick[] {
  const { missing, localStream } = view;
  if (!localStream && !missing.camera && !missing.microphone) return [];
  const ticks: Tick[] = [];
  if (mode === 'video') ticks.push(cameraTick(view, m));
  ticks.push(microphoneTick(view, silent, m), connectionTick(connection, m));
  return ticks;
}

function cameraTick({ missing, cameraOff }: Pick<CallView, 'missing' | 'cameraOff'>, m: Messages): Tick {
  const { label, off } = m.call.camera;
  const tick = { name: 'camera', label } as const;
  if (cameraOff) return { ...tick, state: 'off', text: off };
  if (missing.camera) return { ...tick, state: 'warn', text: problemOf('camera', missing.camera, m) };
  return { ...tick, state: 'ok', text: m.greenRoom.cameraWorks };
}

function microphoneTick(
  { missing, muted }: Pick<CallView, 'missing' | 'muted'>,
  silent: boolean,
  m: Messages,
): Tick {
  const { label, off } = m.call.microphone;
  const tick = { name: 'microphone', label } as const;
  if (missing.microphone) {
    return { ...tick, state: 'warn', text: problemOf('microphone', missing.microphone, m) };
  }
  if (muted) return { ...tick, state: 'off', text: off };
  if (silent) return { ...tick, state: 'warn', text: m.greenRoom.cannotHear };
  return { ...tick, state: 'ok', text: m.greenRoom.microphoneWorks };
}

function connectionTick(connection: Connection, { greenRoom }: Messages): Tick {
  const tick = { name: 'connection', label: greenRoom.connection } as const;
  if (connection === undefined) return { ...tick, state: 'checking', text: greenRoom.connectionChecking };
  if (connection === 'failed') return { ...tick, state: 'warn', text: greenRoom.connectionUnknown };
  const { stun, turn } = connection;
  if (stun === 'answered' || turn === 'answered' || (stun === 'none' && turn === 'none')) {
    // A relay that is silent is missed only where no direct way is found, which shows in a call alone.
    return { ...tick, state: 'ok', text: greenRoom.connectionWorks };
  }
  return { ...tick, state: 'warn', text: greenRoom.connectionSilent };
}
