import type { MediaState } from '@passerby/protocol';
import { TIMES } from './times.ts';
import type { Clock, Unsubscribe } from './types.ts';

/** What the watch concludes; the names are the machine's. */
export type MediaFact = 'first-media' | 'media-stalled' | 'media-lost' | 'media-back';

/** The little that is read from the statistics; each number only grows. */
interface Sample {
  /** Anything at all that came in, ICE consent checks included: the way is open. */
  pulse: number;
  /** Sound and picture. */
  bytes: number;
  framesReceived: number;
  framesDecoded: number;
}

interface WatchParts {
  connection: RTCPeerConnection;
  clock: Clock;
  emit(fact: MediaFact): void;
  /** What a look brought while something comes in; undefined while nothing does. */
  onlook(report: RTCStatsReport | undefined): void;
  /** `isSilent` has changed. */
  onsilence(): void;
}

const NOTHING: Sample = { pulse: 0, bytes: 0, framesReceived: 0, framesDecoded: 0 };

/**
 * Watches whether media arrives. ICE alone is no judge: it notices a cut cable after seven seconds
 * or more, and calls a heal-by-itself `disconnected`. So the statistics are looked at once a second.
 */
export class MediaWatch {
  readonly #parts: WatchParts;
  #verdict: 'waiting' | 'flowing' | 'stalled' | 'lost' = 'waiting';
  #partner: MediaState | undefined;
  #last = NOTHING;
  #upSince: number | undefined;
  #flowAt = 0;
  #pulseAt = 0;
  /** Nothing came in between the last two looks, of what the partner sends. */
  #silent = false;
  /** ICE has heard the partner since the last look, whether or not this browser counts such packets. */
  #opened = false;
  #looking = false;
  #closed = false;
  #stopLooking: Unsubscribe | undefined;
  #stopDisconnected: Unsubscribe | undefined;
  readonly #onState = (): void => this.#stateChanged();

  constructor(parts: WatchParts) {
    this.#parts = parts;
    parts.connection.addEventListener('connectionstatechange', this.#onState);
  }

  /** What the partner says it sends; nothing is missed that it does not. */
  set partner(partner: MediaState) {
    this.#partner = partner;
    this.#flowAt = this.#parts.clock.now();
    if (this.#verdict === 'waiting') this.#lookNow();
  }

  /** A frame of the partner is on the screen. */
  frameShown(): void {
    if (this.#up && this.#verdict === 'waiting') this.#first();
  }

  close(): void {
    this.#closed = true;
    this.#stopLooking?.();
    this.#stopDisconnected?.();
    this.#parts.connection.removeEventListener('connectionstatechange', this.#onState);
  }

  /** Nothing comes in of what the partner sends, so what is sent is likely lost. */
  get isSilent(): boolean {
    return this.#silent;
  }

  get #up(): boolean {
    return this.#parts.connection.connectionState === 'connected';
  }

  #stateChanged(): void {
    this.#stopDisconnected?.();
    this.#stopDisconnected = undefined;
    switch (this.#parts.connection.connectionState) {
      case 'connected':
        this.#upSince ??= this.#parts.clock.now();
        this.#opened = true;
        this.#lookNow();
        break;
      case 'disconnected':
        this.#stopDisconnected = this.#parts.clock.after(TIMES.disconnectedMs, () => {
          if (this.#verdict !== 'lost') this.#lose();
        });
        break;
      case 'failed':
        // Also when it is lost already: the restart that was tried has failed.
        this.#lose();
        break;
      default:
    }
  }

  #lookNow(): void {
    if (this.#upSince === undefined) return;
    this.#stopLooking?.();
    void this.#look();
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    // A connection that cannot tell counts as silent.
    const report = await this.#parts.connection.getStats().catch(() => undefined);
    this.#looking = false;
    if (this.#closed) return;
    this.#judge(report ? sampleOf(report) : this.#last);
    if (this.#closed) return;
    this.#parts.onlook(this.#up && !this.#silent ? report : undefined);
    const ms = this.#silent ? TIMES.lookSilentMs : TIMES.lookMs;
    this.#stopLooking = this.#parts.clock.after(ms, () => void this.#look());
  }

  #judge(sample: Sample): void {
    const now = this.#parts.clock.now();
    const last = this.#last;
    const partner = this.#partner;
    this.#last = sample;

    const pulse = this.#opened || sample.pulse > last.pulse || sample.bytes > last.bytes;
    this.#opened = false;
    if (pulse) this.#pulseAt = now;
    // Missed is only what has been there before and was not switched off since.
    const isPicture = !partner || (partner.cam && !partner.away);
    const missesBytes = last.bytes > 0 && (isPicture || partner?.mic === true);
    const missesFrames = last.framesReceived > 0 && isPicture;
    const flows =
      (!missesBytes || sample.bytes > last.bytes) &&
      (!missesFrames || sample.framesReceived > last.framesReceived);
    if (flows) this.#flowAt = now;
    const isSilent = missesBytes && !pulse;
    if (isSilent !== this.#silent) {
      this.#silent = isSilent;
      this.#parts.onsilence();
    }

    switch (this.#verdict) {
      case 'waiting':
        if (this.#up && (sample.framesDecoded > 0 || !isPicture || this.#upFor(now) >= TIMES.firstFrameMs))
          this.#first();
        break;
      case 'flowing':
      case 'stalled':
        if (now - this.#pulseAt >= TIMES.silentMs) this.#lose();
        else if (flows) this.#become('flowing', 'media-back');
        else if (now - this.#flowAt >= TIMES.weakMs) this.#become('stalled', 'media-stalled');
        break;
      case 'lost':
        if (this.#up && pulse && flows) this.#become('flowing', 'media-back');
        break;
    }
  }

  #upFor(now: number): number {
    return now - (this.#upSince ?? now);
  }

  #first(): void {
    this.#flowAt = this.#pulseAt = this.#parts.clock.now();
    this.#become('flowing', 'first-media');
  }

  #lose(): void {
    if (this.#verdict !== 'waiting') this.#verdict = 'lost';
    this.#parts.emit('media-lost');
  }

  #become(verdict: 'flowing' | 'stalled', fact: MediaFact): void {
    if (this.#verdict === verdict) return;
    this.#verdict = verdict;
    this.#parts.emit(fact);
  }
}

function sampleOf(report: RTCStatsReport): Sample {
  const sample = { ...NOTHING };
  const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
  // The DOM's type of an entry knows only its common fields.
  report.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] === 'candidate-pair') {
      sample.pulse +=
        count(entry['bytesReceived']) + count(entry['requestsReceived']) + count(entry['responsesReceived']);
    } else if (entry['type'] === 'inbound-rtp') {
      sample.bytes += count(entry['bytesReceived']);
      sample.framesReceived += count(entry['framesReceived']);
      sample.framesDecoded += count(entry['framesDecoded']);
    }
  });
  return sample;
}
