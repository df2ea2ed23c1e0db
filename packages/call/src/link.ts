type Entry = Record<string, unknown>;

/** What one look at the statistics says of the way to the partner and back. Counters grow; undefined: not told. */
export interface LinkSample {
  /** Milliseconds since 1970. */
  at: number;
  /** Packets sent, and those of them that the partner's browser reports as lost. */
  sent: number;
  sentLost: number;
  received: number;
  receivedLost: number;
  /** There and back. */
  rttMs: number | undefined;
  /** Of the sound that comes in: that of a picture is large by nature. */
  jitterMs: number | undefined;
  /** What the browser thinks that it can send (not Firefox). */
  availableBps: number | undefined;
  /** What holds the picture below what its sender may send (Chromium alone). */
  limit: 'none' | 'bandwidth' | 'other' | undefined;
}

/** How the last seconds were. Shares of the packets, from 0 to 1; undefined: too few to say, or not told. */
export interface LinkTrend extends Pick<LinkSample, 'rttMs' | 'jitterMs' | 'availableBps' | 'limit'> {
  sendingLoss: number | undefined;
  receivingLoss: number | undefined;
}

const LEVELS = ['good', 'fair', 'poor'] as const;
export type Level = (typeof LEVELS)[number];

/** What our sending, what comes in, and the way itself, which is the same for both, are like. */
export interface LinkLevels {
  sending: Level;
  receiving: Level;
  path: Level;
}

/** Whose side of a weak connection it is; `unknown`: both directions are alike. */
export type WeakSide = 'own' | 'partner' | 'unknown';

/** Fewer packets than that say nothing about a share; a second of sound is 50. */
const PACKETS_MIN = 50;

/** Each measure is fair from the first value on, and poor from the second. */
const LOSS = [0.02, 0.06] as const;
const RTT_MS = [250, 500] as const;
const JITTER_MS = [50, 100] as const;
/** The same downwards, for a picture that bandwidth holds down. */
const AVAILABLE_BPS = [300_000, 150_000] as const;

/** Reads the statistics of W3C webrtc-stats. */
export function linkSampleOf(report: RTCStatsReport, at: number): LinkSample {
  const sample: LinkSample = {
    at,
    sent: 0,
    sentLost: 0,
    received: 0,
    receivedLost: 0,
    rttMs: undefined,
    jitterMs: undefined,
    availableBps: undefined,
    limit: undefined,
  };
  const rtts: { at: number; ms: number | undefined }[] = [];
  report.forEach((entry: Entry) => {
    switch (entry['type']) {
      case 'outbound-rtp':
        sample.sent += numberIn(entry, 'packetsSent') ?? 0;
        sample.limit = limitIn(entry) ?? sample.limit;
        break;
      case 'remote-inbound-rtp':
        sample.sentLost += numberIn(entry, 'packetsLost') ?? 0;
        rtts.push({ at: numberIn(entry, 'timestamp') ?? 0, ms: inMs(numberIn(entry, 'roundTripTime')) });
        break;
      case 'inbound-rtp':
        sample.received += numberIn(entry, 'packetsReceived') ?? 0;
        sample.receivedLost += numberIn(entry, 'packetsLost') ?? 0;
        if (entry['kind'] === 'audio') sample.jitterMs = inMs(numberIn(entry, 'jitter'));
        break;
      case 'candidate-pair':
        sample.availableBps = numberIn(entry, 'availableOutgoingBitrate') ?? sample.availableBps;
        break;
    }
  });
  // Of a picture the partner reports every second, of sound every five: the older one is no news.
  sample.rttMs = rtts.toSorted((one, other) => one.at - other.at).at(-1)?.ms;
  return sample;
}

/** From the first of these samples to the last. */
export function trendOf(first: LinkSample, last: LinkSample): LinkTrend {
  const { rttMs, jitterMs, availableBps, limit } = last;
  const lostOnTheWayIn = last.receivedLost - first.receivedLost;
  return {
    sendingLoss: share(last.sentLost - first.sentLost, last.sent - first.sent),
    receivingLoss: share(lostOnTheWayIn, lostOnTheWayIn + last.received - first.received),
    rttMs,
    jitterMs,
    availableBps,
    limit,
  };
}

/** `told`: what the partner says of its sending. */
export function levelsOf(trend: LinkTrend, told: Level): LinkLevels {
  const { availableBps } = trend;
  const starved = trend.limit === 'bandwidth' && availableBps !== undefined ? -availableBps : undefined;
  return {
    sending: worst(graded(trend.sendingLoss, LOSS), graded(starved, [-AVAILABLE_BPS[0], -AVAILABLE_BPS[1]])),
    receiving: worst(graded(trend.receivingLoss, LOSS), graded(trend.jitterMs, JITTER_MS), told),
    path: graded(trend.rttMs, RTT_MS),
  };
}

/** [K97] A level holds until all of the latest ones are worse, or all better; then it goes to the nearest of them. */
export function steadied(level: Level, latest: readonly Level[]): Level {
  const ranks = latest.map((one) => LEVELS.indexOf(one));
  const rank = Math.min(Math.max(LEVELS.indexOf(level), Math.min(...ranks)), Math.max(...ranks));
  return LEVELS[rank] ?? level;
}

/** [K98] Undefined: the connection is not weak. */
export function weakSideOf({ sending, receiving, path }: LinkLevels): WeakSide | undefined {
  if (worst(sending, receiving, path) !== 'poor') return undefined;
  if (sending === receiving) return 'unknown';
  return worst(sending, receiving) === sending ? 'own' : 'partner';
}

export function isLevel(value: unknown): value is Level {
  return LEVELS.some((level) => level === value);
}

function worst(...levels: readonly Level[]): Level {
  return LEVELS.findLast((level) => levels.includes(level)) ?? 'good';
}

function graded(value: number | undefined, [fair, poor]: readonly [number, number]): Level {
  if (value === undefined || value < fair) return 'good';
  return value < poor ? 'fair' : 'poor';
}

/** Packets that come after they were given up are taken back from the lost ones. */
function share(lost: number, all: number): number | undefined {
  return all < PACKETS_MIN ? undefined : Math.min(1, Math.max(0, lost / all));
}

function limitIn({ qualityLimitationReason: reason }: Entry): LinkSample['limit'] {
  if (reason === undefined) return undefined;
  return reason === 'none' || reason === 'bandwidth' ? reason : 'other';
}

function numberIn(entry: Entry, name: string): number | undefined {
  const value = entry[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
