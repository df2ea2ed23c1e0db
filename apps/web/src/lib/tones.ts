/** A tone: when it begins and how long it takes, in seconds, and its pitch in Hz. */
export interface Tone {
  at: number;
  lasts: number;
  pitch: number;
}

const ATTACK_S = 0.015;
/** What an exponential ramp may end in, for it never reaches nothing. */
const SILENCE = 0.0001;
/** What is played by an element comes out a little later. */
const LATE_S = 0.3;

/** Whether the browser lets a page choose where sound comes out. */
export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

/**
 * Plays tones by that speaker, or where sound comes out by itself, and resolves when they are over; rejects where they
 * cannot be played there. `loudness`: peak of a tone, of 1.
 */
export async function playTones(
  context: AudioContext,
  tones: readonly Tone[],
  loudness: number,
  speakerId: string | undefined,
): Promise<void> {
  const out = context.createMediaStreamDestination();
  // By an element, as in a call: an AudioContext can choose its speaker in few browsers.
  const element = new Audio();
  element.srcObject = out.stream;
  try {
    if (speakerId !== undefined && canChooseSpeaker()) await element.setSinkId(speakerId);
    await element.play();
    for (const tone of tones) sound(context, out, tone, loudness);
    const lasts = Math.max(...tones.map((tone) => tone.at + tone.lasts));
    await new Promise((resolve) => setTimeout(resolve, (lasts + LATE_S) * 1_000));
  } finally {
    element.srcObject = null;
  }
}

function sound(context: AudioContext, out: AudioNode, { at, lasts, pitch }: Tone, loudness: number): void {
  const [begin, end] = [context.currentTime + at, context.currentTime + at + lasts];
  const oscillator = new OscillatorNode(context, { type: 'sine', frequency: pitch });
  const gain = new GainNode(context, { gain: SILENCE });
  gain.gain.setValueAtTime(SILENCE, begin);
  gain.gain.linearRampToValueAtTime(loudness, begin + ATTACK_S);
  gain.gain.exponentialRampToValueAtTime(SILENCE, end);
  oscillator.connect(gain).connect(out);
  oscillator.start(begin);
  oscillator.stop(end);
}
