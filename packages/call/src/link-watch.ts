import {
  levelsOf,
  linkSampleOf,
  steadied,
  trendOf,
  weakSideOf,
  type Level,
  type LinkLevels,
  type LinkSample,
  type WeakSide,
} from './link.ts';
import { FIRST_STEP, isHopeless, stepAfter } from './picture-step.ts';
import { TIMES } from './times.ts';

interface LinkWatchParts {
  /** Tells the partner how our sending fares. False: it could not be told. */
  tell(level: Level): boolean;
  onside(side: WeakSide | undefined): void;
  /** Another step of `PICTURE_STEPS` is to be sent. */
  onstep(): void;
  /** Whether even the least of it is too much, from now on. */
  onhopeless(isHopeless: boolean): void;
}

const GOOD: LinkLevels = { sending: 'good', receiving: 'good', path: 'good' };

/** Grades the way to the partner and back: whose side is weak, and how much of the picture is to be sent. */
export class LinkWatch {
  /** What the partner says of its sending. */
  partner: Level = 'good';
  readonly #parts: LinkWatchParts;
  #samples: LinkSample[] = [];
  #latest: { at: number; levels: LinkLevels }[] = [];
  #levels = GOOD;
  #side: WeakSide | undefined;
  #told: Level = 'good';
  #stepping = FIRST_STEP;
  #hopeless = false;

  constructor(parts: LinkWatchParts) {
    this.#parts = parts;
  }

  /** What is to be sent of the picture; an index of `PICTURE_STEPS`. */
  get step(): number {
    return this.#stepping.step;
  }

  /** Takes what the statistics say now. To be called once a second or so, while media flows. */
  look(report: RTCStatsReport, now: number): void {
    const sample = linkSampleOf(report, now);
    this.#samples = [...this.#samples.filter(({ at }) => at >= now - TIMES.trendMs), sample];
    const trend = trendOf(this.#samples[0] ?? sample, sample);
    const levels = levelsOf(trend, this.partner);
    if (levels.sending !== this.#told && this.#parts.tell(levels.sending)) this.#told = levels.sending;

    if (this.#latest.length === 0) this.#latest = [{ at: now, levels: this.#levels }];
    this.#latest = [...this.#latest.filter(({ at }) => at >= now - TIMES.steadyMs), { at: now, levels }];
    this.#steady();

    const { step } = this.#stepping;
    this.#stepping = stepAfter(this.#stepping, trend, now);
    if (this.#stepping.step !== step) this.#parts.onstep();
    const hopeless = isHopeless(this.#stepping, now);
    if (hopeless !== this.#hopeless) this.#parts.onhopeless(hopeless);
    this.#hopeless = hopeless;
  }

  /** Nothing flows: what is lost meanwhile says nothing of the time after it. */
  pause(): void {
    this.#samples = [];
    this.#latest = [];
    const { step, patienceMs } = this.#stepping;
    this.#stepping = { step, patienceMs };
  }

  #steady(): void {
    const steady = (direction: keyof LinkLevels): Level =>
      steadied(
        this.#levels[direction],
        this.#latest.map(({ levels }) => levels[direction]),
      );
    this.#levels = { sending: steady('sending'), receiving: steady('receiving'), path: steady('path') };
    const side = weakSideOf(this.#levels);
    if (side === this.#side) return;
    this.#side = side;
    this.#parts.onside(side);
  }
}
