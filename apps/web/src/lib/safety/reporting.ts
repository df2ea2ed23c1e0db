import type { CallView, Clock, Unsubscribe } from '@passerby/call';
import { BriefNews } from '../brief-news.ts';
import type { Against } from '../card.ts';
import { Changes } from '../changes.ts';
import { encountersAfter, isReportable, REPORT_WITHIN_MS, type Encounter } from './encounters.ts';
import type { Report, SafetyClient } from './safety-client.ts';

/** How long it is said what became of it. */
const SAID_MS = 6_000;

/** In the order in which they are offered. */
const AGAINST: readonly Against[] = ['report', 'block'];

/** What became of a report or a block. */
export type SafetyNews = 'reported' | 'blocked' | 'not-blocked';

/** Who can be reported or blocked, and the report that is being made. Without a client nobody can, and nothing offers it. */
export class Reporting {
  readonly #client: SafetyClient | undefined;
  readonly #clock: Clock;
  readonly #changes = new Changes();
  #encounters: readonly Encounter[] = [];
  readonly #reported = new Set<string>();
  #subjects: readonly Encounter[] | undefined;
  readonly #blocked = new Set<string>();
  readonly #latest: BriefNews<SafetyNews>;
  #stopExpiring: Unsubscribe | undefined;

  constructor(client: SafetyClient | undefined, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#latest = new BriefNews(clock, SAID_MS);
  }

  /** Whether this place takes reports at all. */
  get isOffered(): boolean {
    return this.#client !== undefined;
  }

  /** Who it may be about, the likeliest first, while a report is being made. */
  get subjects(): readonly Encounter[] | undefined {
    this.#changes.watch();
    return this.#subjects;
  }

  /** What can be done: a report on somebody, a block of the one who is here, or was last. */
  get against(): readonly Against[] {
    this.#changes.watch();
    const can = { report: this.#reportable().length > 0, block: this.#toBlock() !== undefined };
    return AGAINST.filter((what) => can[what]);
  }

  /** What has just become of a report or a block. */
  get news(): SafetyNews | undefined {
    return this.#latest.current;
  }

  /** To be told of each change of the call. */
  note(view: Pick<CallView, 'textLog'>): void {
    const encounters = encountersAfter(this.#encounters, view);
    if (encounters === this.#encounters) return;
    this.#encounters = encounters;
    this.#expireLater();
    this.#changes.tell();
  }

  /** Begins a report. */
  ask(): void {
    const subjects = this.#reportable();
    if (subjects.length === 0 || this.#subjects) return;
    this.#subjects = subjects;
    this.#changes.tell();
  }

  cancel(): void {
    this.#subjects = undefined;
    this.#changes.tell();
  }

  /** Ends it once the server has it. False: it does not, and the report is still being made. */
  async send(report: Report): Promise<boolean> {
    if (!this.#client) return false;
    try {
      await this.#client.report(report);
    } catch {
      return false;
    }
    this.#reported.add(report.matchId);
    this.#subjects = undefined;
    this.#latest.say('reported');
    this.#changes.tell();
    return true;
  }

  /** The one who is here, or was last, is not to be met again; whether that holds is told as news. */
  async block(): Promise<void> {
    const matchId = this.#toBlock();
    if (!this.#client || matchId === undefined) return;
    this.#blocked.add(matchId);
    this.#changes.tell();
    try {
      await this.#client.block(matchId);
      this.#latest.say('blocked');
    } catch {
      this.#blocked.delete(matchId);
      this.#latest.say('not-blocked');
      this.#changes.tell();
    }
  }

  close(): void {
    this.#latest.end();
    this.#stopExpiring?.();
  }

  #reportable(): readonly Encounter[] {
    if (!this.#client) return [];
    const now = this.#clock.now();
    return this.#encounters.filter(
      (encounter) => isReportable(encounter, now) && !this.#reported.has(encounter.matchId),
    );
  }

  /** Who was reported will not be met again either. */
  #toBlock(): string | undefined {
    const [latest] = this.#encounters;
    const can = latest && this.#reportable().includes(latest) && !this.#blocked.has(latest.matchId);
    return can ? latest.matchId : undefined;
  }

  /** Looks again when it gets too late for the next one. */
  #expireLater(): void {
    this.#stopExpiring?.();
    const now = this.#clock.now();
    const ends = this.#encounters.flatMap(({ endedAt }) =>
      endedAt === undefined ? [] : [endedAt + REPORT_WITHIN_MS - now],
    );
    const next = Math.min(...ends.filter((ms) => ms > 0));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#stopExpiring = this.#clock.after(next, () => {
      this.#changes.tell();
      this.#expireLater();
    });
  }
}
