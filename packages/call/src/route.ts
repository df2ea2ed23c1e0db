import type { Route } from '@passerby/protocol';

type Entry = Record<string, unknown>;

/**
 * How the two sides of a connection reach each other, by its statistics (W3C webrtc-stats): undefined until they do,
 * or where the browser does not tell.
 */
export function routeOf(report: RTCStatsReport): Route | undefined {
  const entries = new Map<unknown, Entry>();
  report.forEach((entry: Entry, id: string) => entries.set(id, entry));
  const all = [...entries.values()];
  const transport = all.find((entry) => 'selectedCandidatePairId' in entry);
  // Where no transport names its pair (Firefox), the pair itself is marked.
  const pair =
    entries.get(transport?.['selectedCandidatePairId']) ?? all.find(({ selected }) => selected === true);
  if (!pair) return undefined;
  const types = ['localCandidateId', 'remoteCandidateId'].map(
    (side) => entries.get(pair[side])?.['candidateType'],
  );
  if (types.includes('relay')) return 'relay';
  if (types.includes('srflx') || types.includes('prflx')) return 'reflexive';
  return types.every((type) => type === 'host') ? 'direct' : undefined;
}
