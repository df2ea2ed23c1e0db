import type { CallErrorReason, MissingDevices } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { Card, WayOn } from './card.ts';

type Device = keyof MissingDevices;

/** What each failure says and where it leads. `startable`: pressing Start may help. */
interface Failure extends Card {
  /** The title where it is about one device and not about both. */
  alone?: Readonly<Record<Device, string>>;
  startable: boolean;
}

const TRY_AGAIN: WayOn = { way: 'start', label: 'Try again', strong: true };
const WITHOUT: WayOn = { way: 'start-without', label: 'Continue without' };
/** Needs no device. */
const BY_TEXT: WayOn = { way: 'start-text', label: 'Continue with text' };

export const FAILURES: Readonly<Record<CallErrorReason, Failure>> = {
  'media-refused': {
    title: 'Your camera and microphone are blocked',
    alone: { camera: 'Your camera is blocked', microphone: 'Your microphone is blocked' },
    text: 'Allow access for this page by the symbol beside its address, then try again.',
    ways: [TRY_AGAIN, WITHOUT, BY_TEXT],
    startable: true,
  },
  'media-missing': {
    title: 'No camera or microphone found',
    alone: { camera: 'No camera found', microphone: 'No microphone found' },
    text: 'Plug one in or switch it on, then try again.',
    ways: [TRY_AGAIN, WITHOUT, BY_TEXT],
    startable: true,
  },
  'media-busy': {
    title: 'Your camera and microphone are in use',
    alone: { camera: 'Your camera is in use', microphone: 'Your microphone is in use' },
    text: 'Close the program or tab that has taken it, then try again.',
    ways: [TRY_AGAIN, WITHOUT, BY_TEXT],
    startable: true,
  },
  'media-insecure': {
    title: 'This page may not use cameras',
    alone: { camera: 'This page may not use cameras', microphone: 'This page may not use microphones' },
    text: 'Browsers allow that only on pages that come over https. Please tell whoever runs this site.',
    ways: [BY_TEXT],
    startable: false,
  },
  'media-unknown': {
    title: 'Your camera and microphone did not start',
    alone: { camera: 'Your camera did not start', microphone: 'Your microphone did not start' },
    text: 'Unplug it and plug it in again, or restart the browser, then try again.',
    ways: [TRY_AGAIN, WITHOUT, BY_TEXT],
    startable: true,
  },
  'signed-out': {
    title: 'Your sign-in has ended',
    text: 'Sign in again and you come straight back here.',
    ways: [{ way: 'sign-in', label: 'Sign in again', strong: true }],
    startable: false,
  },
  elsewhere: {
    title: 'Open in another tab or device',
    text: 'You can be in one place at a time.',
    ways: [{ way: 'use-here', label: 'Use here', strong: true }],
    startable: false,
  },
  'too-many-connections': {
    title: 'Too many connections from your network',
    text: 'Close other tabs of this site, or wait a minute, then try again.',
    ways: [TRY_AGAIN],
    startable: true,
  },
  'server-unreachable': {
    title: 'We cannot reach the service',
    text: 'Check your connection, then try again.',
    ways: [TRY_AGAIN],
    startable: true,
  },
  'webrtc-unsupported': {
    title: 'This browser cannot make calls',
    text: 'Please use a current Firefox, Chrome, Edge or Safari.',
    ways: [BY_TEXT],
    startable: false,
  },
  'session-ended': {
    title: 'Your session has ended',
    text: 'The service closed it. You can start a new one.',
    ways: [{ way: 'start', label: 'Start again', strong: true }],
    startable: true,
  },
};

/** What is wrong with one device; a title, without its full stop. */
export function problemOf(device: Device, reason: CallErrorReason): string {
  const { alone, title } = FAILURES[reason];
  return alone?.[device] ?? title;
}

/** Which devices are missing and why: one sentence where both have the same reason, without its full stop. */
export function titleOf({ camera, microphone }: MissingDevices): string {
  if (camera && camera === microphone) return FAILURES[camera].title;
  const problems = [camera && problemOf('camera', camera), microphone && problemOf('microphone', microphone)];
  return problems.filter(Boolean).join('. ');
}

/** The card of a start that failed; `missing` where it was for want of devices. */
export function failureCard(reason: CallErrorReason, mode: Mode, missing: MissingDevices | undefined): Card {
  const { title, text, ways } = FAILURES[reason];
  if (missing) return { title: titleOf(missing), text, ways };
  return { title: mode === 'voice' ? problemOf('microphone', reason) : title, text, ways };
}

/** What it means for a call. */
export function consequenceOf({ camera, microphone }: MissingDevices): string {
  if (camera && microphone) return 'Strangers can neither see nor hear you.';
  return camera ? 'You go on with sound only.' : 'Strangers cannot hear you.';
}
