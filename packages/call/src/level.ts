import { TIMES } from './times.ts';
import type { Unsubscribe } from './types.ts';

export interface LevelParts {
  /** A context that runs, or will with the next touch of the page. Closed with the measuring. */
  createContext(): AudioContext;
  /** As `requestAnimationFrame`: not called while the page is hidden. */
  requestFrame(callback: (now: number) => void): number;
  cancelFrame(id: number): void;
}

/** Loudest and softest that is told apart, in dB below full scale: a voice close by, and an empty room. */
const LOUD_DB = -10;
const SOFT_DB = -60;
/** Below that a microphone brings nothing that anybody could hear; from 0 to 1 as levels are. */
const HEARD_MIN = 0.05;
/** Frames further apart than that were not seen: the page was hidden. */
const GAP_MS = 1_000;

/** Samples from -1 to 1 as a level from 0 to 1, by their root mean square in decibels. */
export function levelOf(samples: Float32Array): number {
  const squares = samples.reduce((sum, sample) => sum + sample * sample, 0);
  const db = 10 * Math.log10(squares / Math.max(1, samples.length));
  return Math.min(1, Math.max(0, (db - SOFT_DB) / (LOUD_DB - SOFT_DB)));
}

/**
 * Tells how loud a track is, from 0 to 1, at each animation frame, and whether nothing at all has come for
 * 5 s. Tells nothing where the browser cannot measure it. The track is neither changed nor ended.
 */
export function watchLevel(
  track: MediaStreamTrack,
  parts: LevelParts,
  tell: (level: number, isSilent: boolean) => void,
): Unsubscribe {
  const context = parts.createContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024; // 21 ms at 48 kHz: a syllable is not averaged away
  try {
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  } catch {
    // Firefox bears no microphone whose sample rate is not the context's.
    void context.close();
    return () => undefined;
  }
  const samples = new Float32Array(analyser.fftSize);
  const silence = new Silence();
  const look = (now: number): void => {
    frame = parts.requestFrame(look);
    // A context that was made before any touch of the page waits; a track that is off says nothing.
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    analyser.getFloatTimeDomainData(samples);
    const level = levelOf(samples);
    const isOn = context.state === 'running' && track.enabled && !track.muted;
    tell(level, silence.hear(level, now, isOn));
  };
  let frame = parts.requestFrame(look);
  return () => {
    parts.cancelFrame(frame);
    void context.close();
  };
}

/** Whether a microphone that is on has brought nothing for a while. */
export class Silence {
  #heardAt: number | undefined;
  #lookedAt = 0;

  /** `now` in milliseconds, of any clock that only goes forward. */
  hear(level: number, now: number, isOn: boolean): boolean {
    const isGap = now - this.#lookedAt > GAP_MS;
    this.#lookedAt = now;
    if (!isOn || isGap || level >= HEARD_MIN) this.#heardAt = now;
    this.#heardAt ??= now;
    return now - this.#heardAt >= TIMES.silenceMs;
  }
}
