import { playTones, type Tone } from './tones.ts';

/** Two notes of a bell. */
const BELL: readonly Tone[] = [
  { at: 0, lasts: 0.4, pitch: 659 },
  { at: 0.18, lasts: 0.4, pitch: 880 },
];
/** Far from loud: it may come out of a headset. */
const LOUDNESS = 0.15;

/** Plays a short sound from that speaker, or where sound comes out by itself. Rejects where it cannot be played there. */
export async function playTestSound(speakerId: string | undefined): Promise<void> {
  const context = new AudioContext();
  try {
    await playTones(context, BELL, LOUDNESS, speakerId);
  } finally {
    await context.close();
  }
}
