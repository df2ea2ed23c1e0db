import type { Cue } from './cues.ts';
import { playTones, type Tone } from './tones.ts';

/** All over within 0.4 s, and told apart without looking: up is somebody coming, down is somebody going. */
export const CHIMES: Readonly<Record<Cue, readonly Tone[]>> = {
  matched: [
    { at: 0, lasts: 0.16, pitch: 523.25 },
    { at: 0.12, lasts: 0.26, pitch: 783.99 },
  ],
  parted: [
    { at: 0, lasts: 0.16, pitch: 523.25 },
    { at: 0.12, lasts: 0.26, pitch: 349.23 },
  ],
  message: [{ at: 0, lasts: 0.18, pitch: 880 }],
  reconnecting: [
    { at: 0, lasts: 0.12, pitch: 392 },
    { at: 0.18, lasts: 0.12, pitch: 392 },
  ],
};

/** Peak of a tone, of 1: well below a voice. */
const LOUDNESS = 0.08;

/** Plays cues. A browser that has not been touched yet stays silent, and so does one without Web Audio. */
export class Chimes {
  #context: AudioContext | undefined;

  /** `speakerId`: where it is heard, as the partner is; where that one is gone, or undefined: as the browser chooses. */
  play(cue: Cue, speakerId: string | undefined): void {
    if (typeof AudioContext === 'undefined') return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    // Not resumed later: a cue that comes late says something that is no longer so.
    if (context.state === 'suspended') {
      if (navigator.userActivation?.hasBeenActive) void context.resume();
      else return;
    }
    const play = (speaker?: string) => playTones(context, CHIMES[cue], LOUDNESS, speaker);
    play(speakerId)
      .catch(() => play())
      // Nobody has to hear it.
      .catch(() => undefined);
  }

  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }
}
