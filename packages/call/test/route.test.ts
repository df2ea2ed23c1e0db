import { expect, test } from 'vitest';
import { routeOf } from '../src/route.ts';

/** Statistics whose selected pair has candidates of these types; as Chromium and as Firefox name it. */
function statistics(local: string, remote: string, browser: 'chromium' | 'firefox'): RTCStatsReport {
  const pair = { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r' };
  return new Map<string, object>([
    ['other', { ...pair, localCandidateId: 'none', selected: false }],
    ['p', browser === 'firefox' ? { ...pair, selected: true } : pair],
    ['t', browser === 'firefox' ? { type: 'media' } : { type: 'transport', selectedCandidatePairId: 'p' }],
    ['l', { type: 'local-candidate', candidateType: local }],
    ['r', { type: 'remote-candidate', candidateType: remote }],
  ]) as unknown as RTCStatsReport;
}

test.each([
  ['host', 'host', 'direct'],
  ['host', 'srflx', 'reflexive'],
  ['prflx', 'host', 'reflexive'],
  ['srflx', 'relay', 'relay'],
  ['relay', 'host', 'relay'],
  ['host', 'something new', undefined],
])('[K81] %s to %s is %s', (local, remote, route) => {
  for (const browser of ['chromium', 'firefox'] as const)
    expect(routeOf(statistics(local, remote, browser)), browser).toBe(route);
});

test('[K81] without a selected pair there is no way to tell', () => {
  const none = new Map([['t', { type: 'transport', selectedCandidatePairId: 'p' }]]);
  expect(routeOf(none as unknown as RTCStatsReport)).toBeUndefined();
});
