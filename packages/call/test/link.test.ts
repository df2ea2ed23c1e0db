import { describe, expect, test } from 'vitest';
import {
  levelsOf,
  linkSampleOf,
  steadied,
  trendOf,
  weakSideOf,
  type Level,
  type LinkTrend,
} from '../src/link.ts';

function reportOf(...entries: object[]): RTCStatsReport {
  return new Map(entries.map((entry, id) => [`${id}`, entry])) as unknown as RTCStatsReport;
}

const QUIET: LinkTrend = {
  sendingLoss: undefined,
  receivingLoss: undefined,
  rttMs: undefined,
  jitterMs: undefined,
  availableBps: undefined,
  limit: undefined,
};

describe('what the statistics say', () => {
  test('[K97] both kinds are one way; the jitter is that of the sound, and the newest report counts', () => {
    const report = reportOf(
      { type: 'outbound-rtp', kind: 'audio', packetsSent: 100 },
      { type: 'outbound-rtp', kind: 'video', packetsSent: 300, qualityLimitationReason: 'bandwidth' },
      { type: 'remote-inbound-rtp', kind: 'audio', timestamp: 1, packetsLost: 1, roundTripTime: 0.7 },
      { type: 'remote-inbound-rtp', kind: 'video', timestamp: 5, packetsLost: 7, roundTripTime: 0.25 },
      { type: 'remote-inbound-rtp', kind: 'audio', timestamp: 2, packetsLost: 1, roundTripTime: 0.8 },
      { type: 'inbound-rtp', kind: 'audio', packetsReceived: 90, packetsLost: 10, jitter: 0.03 },
      { type: 'inbound-rtp', kind: 'video', packetsReceived: 200, packetsLost: 5, jitter: 0.9 },
      { type: 'candidate-pair', availableOutgoingBitrate: 640_000 },
      { type: 'candidate-pair' },
    );
    expect(linkSampleOf(report, 1_000)).toEqual({
      at: 1_000,
      sent: 400,
      sentLost: 9,
      received: 290,
      receivedLost: 15,
      rttMs: 250,
      jitterMs: 30,
      availableBps: 640_000,
      limit: 'bandwidth',
    });
  });

  test('[K97] a browser that tells little, or nonsense, is not thought ill of', () => {
    const report = reportOf(
      { type: 'outbound-rtp', packetsSent: 'many', qualityLimitationReason: 'cpu' },
      { type: 'remote-inbound-rtp', packetsLost: NaN, roundTripTime: Infinity },
      { type: 'codec' },
    );
    const sample = linkSampleOf(report, 0);
    expect(sample).toMatchObject({ sent: 0, sentLost: 0, limit: 'other', rttMs: undefined });
    expect(levelsOf(trendOf(sample, sample), 'good')).toEqual({
      sending: 'good',
      receiving: 'good',
      path: 'good',
    });
  });

  test.each([
    ['a tenth each way', [1_000, 100, 900, 100], [0.1, 0.1]],
    ['too few to say', [49, 40, 9, 40], [undefined, undefined]],
    ['more lost than sent, as reports come late', [100, 150, 0, 50], [1, 1]],
    ['some of the lost ones came after all', [100, -5, 105, -5], [0, 0]],
  ] as const)('[K97] shares of what was lost: %s', (_, [sent, sentLost, received, receivedLost], shares) => {
    const base = linkSampleOf(reportOf(), 0);
    const first = { ...base, sent: 7, sentLost: 60, received: 7, receivedLost: 60 };
    const last = {
      ...base,
      sent: 7 + sent,
      sentLost: 60 + sentLost,
      received: 7 + received,
      receivedLost: 60 + receivedLost,
    };
    const { sendingLoss, receivingLoss } = trendOf(first, last);
    expect([sendingLoss, receivingLoss]).toEqual(shares);
  });
});

test.each<[Partial<LinkTrend>, Level, Level, Level]>([
  [{}, 'good', 'good', 'good'],
  [{ sendingLoss: 0.019, receivingLoss: 0.019, rttMs: 249, jitterMs: 49 }, 'good', 'good', 'good'],
  [{ sendingLoss: 0.02 }, 'fair', 'good', 'good'],
  [{ sendingLoss: 0.06 }, 'poor', 'good', 'good'],
  [{ receivingLoss: 0.059 }, 'good', 'fair', 'good'],
  [{ receivingLoss: 0.06 }, 'good', 'poor', 'good'],
  [{ jitterMs: 50 }, 'good', 'fair', 'good'],
  [{ jitterMs: 100 }, 'good', 'poor', 'good'],
  [{ rttMs: 250 }, 'good', 'good', 'fair'],
  [{ rttMs: 500 }, 'good', 'good', 'poor'],
  [{ availableBps: 300_001, limit: 'bandwidth' }, 'good', 'good', 'good'],
  [{ availableBps: 300_000, limit: 'bandwidth' }, 'fair', 'good', 'good'],
  [{ availableBps: 150_000, limit: 'bandwidth' }, 'poor', 'good', 'good'],
  [{ availableBps: 100_000, limit: 'other' }, 'good', 'good', 'good'],
  [{ availableBps: 100_000 }, 'good', 'good', 'good'],
])('[K97] %o: sending %s, receiving %s, the way %s', (trend, sending, receiving, path) => {
  expect(levelsOf({ ...QUIET, ...trend }, 'good')).toEqual({ sending, receiving, path });
});

test('[K99] what the partner says of its sending counts for what comes in, if it is worse', () => {
  expect(levelsOf(QUIET, 'poor').receiving).toBe('poor');
  expect(levelsOf({ ...QUIET, receivingLoss: 0.5 }, 'fair').receiving).toBe('poor');
});

test.each<[Level, Level[], Level]>([
  ['good', ['poor', 'poor', 'poor'], 'poor'],
  ['good', ['poor', 'fair', 'poor'], 'fair'],
  ['good', ['poor', 'good', 'poor'], 'good'],
  ['poor', ['good', 'poor', 'good'], 'poor'],
  ['poor', ['good', 'fair', 'good'], 'fair'],
  ['poor', ['good', 'good', 'good'], 'good'],
  ['fair', ['good', 'poor'], 'fair'],
])('[K97] %s, of late %o: %s', (level, latest, now) => {
  expect(steadied(level, latest)).toBe(now);
});

test.each<[Level, Level, Level, ReturnType<typeof weakSideOf>]>([
  ['good', 'good', 'good', undefined],
  ['fair', 'fair', 'fair', undefined],
  ['poor', 'good', 'good', 'own'],
  ['poor', 'fair', 'poor', 'own'],
  ['good', 'poor', 'good', 'partner'],
  ['poor', 'poor', 'good', 'unknown'],
  ['good', 'good', 'poor', 'unknown'],
  ['fair', 'good', 'poor', 'own'],
  ['good', 'fair', 'poor', 'partner'],
])('[K98] sending %s, receiving %s, the way %s: %s', (sending, receiving, path, side) => {
  expect(weakSideOf({ sending, receiving, path })).toBe(side);
});
