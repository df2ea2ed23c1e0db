import { ERRORS, type ErrorCode, type PartnerLeftReason, type Route } from '@passerby/protocol';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Metrics, Relayed } from '../core/metrics.ts';
import type { Counts, Mode } from '../core/types.ts';

export interface MetricsParts {
  /** The sessions of the whole deployment; asked at each scrape. */
  count(): Promise<Counts>;
  /** Socket.IO connections of this node. */
  connections(): number;
}

export interface PrometheusMetrics extends Metrics {
  readonly contentType: string;
  /** All series, in the text format of Prometheus. */
  text(): Promise<string>;
}

// Every label is one of these words, so the number of series does not depend on who comes.
const MODES = wordsOf<Mode>({ video: 0, voice: 0, text: 0 });
const REASONS = wordsOf<PartnerLeftReason>({
  skipped: 0,
  left: 0,
  lost: 0,
  ended: 0,
  moderated: 0,
  failed: 0,
});
const KINDS = wordsOf<Relayed>({ offer: 0, answer: 0, candidate: 0, state: 0, message: 0, typing: 0 });
const ROUTES = wordsOf<Route>({ direct: 0, reflexive: 0, relay: 0 });
const OUTCOMES = ['resumed', 'restored', 'refused'] as const;
const CODES = Object.keys(ERRORS) as ErrorCode[];

const WAIT_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
const FIRST_FRAME_SECONDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20];
const STORE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

/** The metrics of this node, for Prometheus; docs/metrics.md lists them. Those of Node.js are among them. */
export function createMetrics({ count, connections }: MetricsParts): PrometheusMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  /** A counter whose series are all there from the start: the first event is a change, too. */
  function counter<Label extends string>(
    name: string,
    help: string,
    labels: Partial<Record<Label, readonly string[]>> = {},
  ): Counter<Label> {
    const names = Object.keys(labels) as Label[];
    const made = new Counter({ name, help, labelNames: names, registers });
    const series = names.reduce<Partial<Record<Label, string>>[]>(
      (all, label) =>
        all.flatMap((some) => (labels[label] ?? []).map((word) => ({ ...some, [label]: word }))),
      [{}],
    );
    for (const one of series) made.inc(one, 0);
    return made;
  }

  // While nobody knows, no number is better than an old one.
  const known = () => count().catch(() => undefined);
  new Gauge({
    name: 'passerby_sessions_online',
    help: 'All sessions. The whole deployment: the same on every node.',
    registers,
    async collect() {
      const counts = await known();
      if (counts) this.set(counts.online);
      else this.remove();
    },
  });
  new Gauge({
    name: 'passerby_sessions',
    help: 'Sessions that wait or are matched, by mode. The whole deployment: the same on every node.',
    labelNames: ['state', 'mode'],
    registers,
    async collect() {
      const counts = await known();
      if (!counts) return this.reset();
      for (const mode of MODES) {
        for (const state of ['waiting', 'matched'] as const) this.set({ state, mode }, counts[state][mode]);
      }
    },
  });
  new Gauge({
    name: 'passerby_connections',
    help: 'Open Socket.IO connections of this node.',
    registers,
    collect() {
      this.set(connections());
    },
  });
  const wait = new Histogram({
    name: 'passerby_match_wait_seconds',
    help: 'How long somebody who was matched had waited; two for each match.',
    labelNames: ['mode'],
    buckets: WAIT_SECONDS,
    registers,
  });
  const matches = counter('passerby_matches_total', 'Matches made.', { mode: MODES });
  const ends = counter(
    'passerby_matches_ended_total',
    'Matches ended, by what the one who stayed was told.',
    {
      mode: MODES,
      reason: REASONS,
    },
  );
  const resumes = counter('passerby_resumes_total', 'Resume tokens shown.', { outcome: OUTCOMES });
  const relayed = counter('passerby_relayed_total', 'What was taken for a partner.', { kind: KINDS });
  const refusals = counter('passerby_refusals_total', 'What clients were refused.', { code: CODES });
  const firstFrame = new Histogram({
    name: 'passerby_first_frame_seconds',
    help: 'From the match to the first frame, by the way the call took, as clients say.',
    labelNames: ['route'],
    buckets: FIRST_FRAME_SECONDS,
    registers,
  });
  for (const route of ROUTES) firstFrame.zero({ route });
  for (const mode of MODES) wait.zero({ mode });
  const store = new Histogram({
    name: 'passerby_store_seconds',
    help: 'How long Redis took to answer.',
    buckets: STORE_SECONDS,
    registers,
  });
  const storeFailures = counter('passerby_store_failures_total', 'How often Redis did not answer.');

  return {
    matched(mode, waitedMs) {
      matches.inc({ mode });
      for (const ms of waitedMs) wait.observe({ mode }, ms / 1_000);
    },
    matchEnded: (mode, reason) => ends.inc({ mode, reason }),
    resumed: (outcome) => resumes.inc({ outcome }),
    relayed: (kind) => relayed.inc({ kind }),
    refused: (code) => refusals.inc({ code }),
    saw: (route, firstFrameMs) => firstFrame.observe({ route }, firstFrameMs / 1_000),
    storeAnswered(ms, ok) {
      if (ok) store.observe(ms / 1_000);
      else storeFailures.inc();
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

/** The words of a union; a missing one does not compile. */
function wordsOf<Word extends string>(words: Record<Word, 0>): Word[] {
  return Object.keys(words) as Word[];
}
