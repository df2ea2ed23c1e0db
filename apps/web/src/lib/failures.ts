import type { CallErrorReason, MissingDevices } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { Card, Way, WayOn } from './card.ts';
import type { Messages } from './i18n/messages/en.ts';

type Device = keyof MissingDevices;

type FailureWay = Extract<
  Way,
  'start' | 'start-without' | 'start-text' | 'start-voice' | 'sign-in' | 'use-here' | 'update'
>;

/** Where a failure leads; what it says is in the messages. `startable`: pressing Start may help. */
interface Failure {
  /** Best first. */
  ways: readonly FailureWay[];
  startable: boolean;
}

// Text needs no device.
const DEVICE: Failure = { ways: ['start', 'start-without', 'start-text'], startable: true };
const TEXT_ALONE: Failure = { ways: ['start-text'], startable: false };
const START: Failure = { ways: ['start'], startable: true };

const FAILURES: Readonly<Record<CallErrorReason, Failure>> = {
  'media-refused': DEVICE,
  'media-dismissed': DEVICE,
  'media-system': DEVICE,
  'media-missing': DEVICE,
  'media-busy': DEVICE,
  'media-insecure': TEXT_ALONE,
  'media-unknown': DEVICE,
  'signed-out': { ways: ['sign-in'], startable: false },
  elsewhere: { ways: ['use-here'], startable: false },
  'too-many-connections': START,
  'server-unreachable': START,
  'webrtc-unsupported': TEXT_ALONE,
  'session-ended': START,
  'page-outdated': { ways: ['update'], startable: false },
};

/** Whether pressing Start may help. */
export function isStartable(reason: CallErrorReason): boolean {
  return FAILURES[reason].startable;
}

/** What can be done about a failure. */
export function waysOf(reason: CallErrorReason, { call }: Messages): WayOn[] {
  const labels: Record<FailureWay, string> = {
    start: startLabel(reason, call),
    'start-without': call.continueWithout,
    'start-text': call.continueWithText,
    'start-voice': call.continueWithVoice,
    'sign-in': call.signInAgain,
    'use-here': call.useHere,
    update: call.update,
  };
  return FAILURES[reason].ways.map((way) => {
    const wayOn = { way, label: labels[way] };
    return way === 'start-without' || way === 'start-text' ? wayOn : { ...wayOn, strong: true };
  });
}

function startLabel(reason: CallErrorReason, call: Messages['call']): string {
  if (reason === 'session-ended') return call.startAgain;
  return reason === 'media-dismissed' ? call.askAgain : call.tryAgain;
}

/** What is wrong with one device; a title, without its full stop. */
export function problemOf(device: Device, reason: CallErrorReason, { call }: Messages): string {
  const words = call.failures[reason];
  return words[device] ?? words.title;
}

/** Which devices are missing and why: one sentence where both have the same reason, without its full stop. */
export function titleOf({ camera, microphone }: MissingDevices, m: Messages): string {
  if (camera && camera === microphone) return m.call.failures[camera].title;
  const problems = [];
  if (camera) problems.push(problemOf('camera', camera, m));
  if (microphone) problems.push(problemOf('microphone', microphone, m));
  return m.sentences(problems);
}

/** The card of a start that failed; `missing` where it was for want of devices. */
export function failureCard(
  reason: CallErrorReason,
  mode: Mode,
  missing: MissingDevices | undefined,
  m: Messages,
): Card {
  const { title, text } = m.call.failures[reason];
  const ways = waysOf(reason, m);
  if (missing) return { title: titleOf(missing, m), text, ways, reason };
  return { title: mode === 'voice' ? problemOf('microphone', reason, m) : title, text, ways, reason };
}

/** What it means for a call. */
export function consequenceOf({ camera, microphone }: MissingDevices, { call }: Messages): string {
  if (camera && microphone) return call.unseenAndUnheard;
  return camera ? call.soundOnly : call.unheardByStrangers;
}
