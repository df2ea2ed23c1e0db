import { TRANSPORTS, type DevicesFound, type Transport, type TransportFound } from './connection-test.ts';
import type { Messages } from './i18n/messages/en.ts';

/** What a test has come to; undefined where it is still on, `failed` where it could not be made. */
export interface TestFacts {
  /** In milliseconds. */
  roundTrip: number | 'failed' | undefined;
  transports: Record<Transport, TransportFound> | 'failed' | undefined;
  devices: DevicesFound | undefined;
}

/** One line of it. */
export interface TestLine {
  label: string;
  text: string;
  state: 'ok' | 'warn' | 'off' | 'checking';
}

/** All that was tested, in the order in which a call needs it. */
export function testLines({ roundTrip, transports, devices }: TestFacts, m: Messages): TestLine[] {
  return [
    serviceLine(roundTrip, m),
    ...TRANSPORTS.map((transport) => transportLine(transport, transports, m)),
    ...deviceLines(devices, m),
  ];
}

/**
 * The same as a text for whoever helps. Nothing in it says where anybody is: neither an address nor a name of a server
 * or a device. `at`: milliseconds since 1970.
 */
export function testReport(lines: readonly TestLine[], userAgent: string, at: number, m: Messages): string {
  const moment = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return [
    m.test.title,
    `${moment} UTC`,
    userAgent,
    ...lines.map(({ label, text }) => `${label}: ${text}`),
    '',
  ].join('\n');
}

function serviceLine(roundTrip: TestFacts['roundTrip'], { test: words }: Messages): TestLine {
  const label = words.service;
  if (roundTrip === undefined) return { label, text: words.testing, state: 'checking' };
  if (roundTrip === 'failed') return { label, text: words.silent, state: 'warn' };
  return { label, text: words.answered(Math.round(roundTrip)), state: 'ok' };
}

function transportLine(
  transport: Transport,
  transports: TestFacts['transports'],
  { test: words }: Messages,
): TestLine {
  const label = words.transports[transport];
  if (transports === undefined) return { label, text: words.testing, state: 'checking' };
  if (transports === 'failed') return { label, text: words.untested, state: 'warn' };
  const { answer, tookMs } = transports[transport];
  switch (answer) {
    case 'answered':
      return { label, text: words.answered(Math.round(tookMs)), state: 'ok' };
    case 'silent':
      return { label, text: words.silent, state: 'warn' };
    case 'none':
      return { label, text: words.none, state: 'off' };
  }
}

function deviceLines(devices: DevicesFound | undefined, { test: words, settings }: Messages): TestLine[] {
  const { camera, microphone, speaker } = settings.devices;
  if (!devices) {
    return [camera, microphone, speaker].map((label) => ({ label, text: words.testing, state: 'checking' }));
  }
  const permitted = (count: number, permission: PermissionState | undefined): Omit<TestLine, 'label'> => ({
    text: permission ? words.devicesAnd(count, words.permissions[permission]) : words.devices(count),
    state: count === 0 || permission === 'denied' ? 'warn' : 'ok',
  });
  return [
    { label: camera, ...permitted(devices.cameras, devices.camera) },
    { label: microphone, ...permitted(devices.microphones, devices.microphone) },
    // Few browsers list them.
    { label: speaker, text: words.devices(devices.speakers), state: devices.speakers === 0 ? 'off' : 'ok' },
  ];
}
