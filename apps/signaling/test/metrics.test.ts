import { ERRORS } from '@passerby/protocol';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { createGuestAuth } from '../src/auth/guest.ts';
import { RedisScripts } from '../src/backplane/redis-scripts.ts';
import { loadConfig } from '../src/config.ts';
import type { MatchId } from '../src/core/types.ts';
import { createMetrics } from '../src/ops/metrics.ts';
import { startMetricsServer } from '../src/ops/metrics-server.ts';
import { TestLog } from './support/chat-parts.ts';
import { TestMetrics } from './support/metrics.ts';
import { type TestServer, startTestServer } from './support/server.ts';
import { candidate, offer } from './support/signals.ts';

const NOBODY = { video: 0, voice: 0, text: 0 };
const sources = {
  count: async () => ({ online: 0, waiting: NOBODY, matched: NOBODY }),
  connections: () => 0,
};

/** Name and labels of each series, with its value. */
async function scrape(metrics: ReturnType<typeof createMetrics>): Promise<Map<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** Ann waited, Bob offers. */
async function pair({ ours }: TestServer, names = ['ann', 'bob']) {
  const [ann, bob] = [ours(names[0] ?? ''), ours(names[1] ?? '')];
  await ann.ask('peer:find', { mode: 'video' });
  await bob.ask('peer:find', { mode: 'video' });
  const [{ matchId }] = await ann.next('peer:accepted');
  return { ann, bob, matchId: matchId as string };
}

test('[G1] they are read on a port of their own, and by nothing but GET', async () => {
  const metrics = createMetrics(sources);
  const { port, close } = await startMetricsServer({
    ...metrics,
    host: '127.0.0.1',
    port: 0,
    log: new TestLog(),
  });
  onTestFinished(close);
  const url = `http://127.0.0.1:${port}`;
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  expect(await response.text()).toMatch(/^passerby_sessions_online 0$/m);
  const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  const post = await fetch(`${url}/metrics`, { method: 'POST' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect((await fetch(url)).status).toBe(404);
});

test('[G1] the public port does not lead to them, and without METRICS_PORT they are nowhere', async () => {
  const server = await startTestServer({ parts: { metrics: createMetrics(sources) } });
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  expect(loadConfig({}).metricsAddress).toBeUndefined();
  expect(loadConfig({ METRICS_PORT: '0' }).metricsAddress).toBeUndefined();
  expect(loadConfig({ METRICS_PORT: '9464' }).metricsAddress).toEqual({ host: '127.0.0.1', port: 9464 });
});

test('[G1] a scrape that fails is answered and logged, and nothing ends', async () => {
  const log = new TestLog();
  const { port, close } = await startMetricsServer({
    contentType: 'text/plain',
    text: () => Promise.reject(new Error('broken')),
    host: '127.0.0.1',
    port: 0,
    log,
  });
  onTestFinished(close);
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(500);
  expect(log.lines).toMatchObject([{ level: 'error' }]);
});

test('[G2] the sessions are counted when they are asked for; while nobody knows there is no number', async () => {
  let known = true;
  const metrics = createMetrics({
    connections: () => 4,
    count: async () => {
      if (!known) throw new Error('away');
      return {
        online: 9,
        waiting: { video: 2, voice: 1, text: 0 },
        matched: { video: 4, voice: 0, text: 2 },
      };
    },
  });
  const series = await scrape(metrics);
  expect(series.get('passerby_sessions_online')).toBe(9);
  expect(series.get('passerby_connections')).toBe(4);
  expect(series.get('passerby_sessions{state="waiting",mode="video"}')).toBe(2);
  expect(series.get('passerby_sessions{state="matched",mode="text"}')).toBe(2);
  known = false;
  const names = [...(await scrape(metrics)).keys()];
  expect(names.filter((name) => name.startsWith('passerby_sessions'))).toEqual([]);
  expect(names).toContain('passerby_connections');
});

test('[G4] what is relayed and resumed is counted by kind and outcome', async () => {
  const metrics = new TestMetrics();
  const server = await startTestServer({ metrics });
  const { ann, bob, matchId } = await pair(server);
  await bob.ask('peer:offer', offer(), { matchId });
  await bob.ask('peer:sent:icecandidate', candidate(1), { matchId });
  await ann.ask('peer:state', { matchId, mic: true, cam: false });
  await ann.ask('chat:typing', { matchId, on: true });
  await ann.ask('chat:message', { matchId, seq: 1, text: 'hello' });
  await ann.ask('chat:message', { matchId: 'another-match', seq: 2, text: 'hello' });
  expect(metrics.of('relayed')).toEqual([['offer'], ['candidate'], ['state'], ['typing'], ['message']]);

  const cid = server.ours('cid');
  const [{ resumeToken: token }] = await cid.next('session:welcome');
  await server.ours('cid', { resume: { token, offset: 0 } }).next('session:welcome');
  await server.ours('dan', { resume: { token, offset: 0 } }).next('session:welcome');
  expect(metrics.of('resumed')).toEqual([['resumed'], ['refused']]);
});

test('[G4] refusals are counted by code at every door', async () => {
  const metrics = new TestMetrics();
  const guest = createGuestAuth({ key: new Uint8Array(32).fill(7) });
  const textApi = { pollMs: 1, startsPerMinute: 1, strangeIdsPerMinute: 0 };
  const server = await startTestServer({ metrics, parts: { guest, guestsPerMinute: 1, textApi } });
  const count = async (code: string, refused: () => Promise<unknown>) => {
    const before = metrics.of('refused').length;
    await refused();
    expect(metrics.of('refused').slice(before), code).toEqual([[code]]);
  };
  const ann = server.ours('ann');
  const send = (path: string, body = '') => fetch(server.url + path, { method: 'POST', body });
  await count('event-unknown', () => ann.ask('nonsense'));
  await count('payload-invalid', () => ann.ask('peer:find', 7));
  await count('not-matched', () => ann.ask('chat:typing', { matchId: 'no-such-match', on: true }));
  await count('elsewhere', () => server.ours('ann').next('connect_error'));
  await count('token-invalid', () => server.ours('bad').next('connect_error'));
  const foreign = { extraHeaders: { origin: 'https://evil.test' } };
  await count('origin-refused', () => server.plain('eve', foreign).next('connect_error'));
  await count('not-found', () => send('/no/such/path'));
  await count('method-not-allowed', () => send('/health'));
  await count('adult-statement-required', () => send('/api/guest', '{}'));
  await count('rate-limited', () => send('/api/guest', '{}'));
  await count('token-missing', () => send('/api/ice'));
  await count('rate-limited', () => send('/api/ice'));
  await send('/start');
  await count('rate-limited', () => send('/start'));
});

test('[G5] a first frame is counted once a match, while it is on, and says nothing of whose it is', async () => {
  const metrics = new TestMetrics();
  const server = await startTestServer({ metrics });
  const { ann, bob, matchId } = await pair(server);
  const report = { matchId, firstFrameMs: 412, route: 'reflexive' };
  expect(await ann.ask('peer:report', { ...report, matchId: 'another-match' })).toMatchObject({
    error: 'not-matched',
  });
  const twice = await Promise.all([ann.ask('peer:report', report), ann.ask('peer:report', report)]);
  expect(twice).toEqual([{ ok: true }, { ok: true }]);
  expect(metrics.of('saw')).toEqual([['reflexive', 412]]);
  await bob.ask('peer:report', { ...report, route: 'relay', firstFrameMs: 60_000 });
  expect(metrics.of('saw')).toHaveLength(2);

  for (const wrong of [
    { route: 'host' },
    { firstFrameMs: -1 },
    { firstFrameMs: 60_001 },
    { firstFrameMs: 1.5 },
  ])
    expect(await bob.ask('peer:report', { ...report, ...wrong })).toMatchObject({ error: 'payload-invalid' });
  await ann.ask('peer:leave');
  expect(await bob.ask('peer:report', { ...report, firstFrameMs: 1 })).toEqual({ ok: true });
  expect(metrics.of('saw')).toHaveLength(2);
});

test('[G6] nothing anybody is called, says or sends is in them, and the series stay the same', async () => {
  const metrics = createMetrics({ ...sources, connections: () => server.io.engine.clientsCount });
  const testServer = await startTestServer({ metrics });
  const { server } = testServer;
  const before = [...(await scrape(metrics)).keys()];
  const { ann, bob, matchId } = await pair(testServer, ['CANARY-ann', 'CANARY-bob']);
  await bob.ask('peer:offer', offer('CANARY-sdp'), { matchId });
  await ann.ask('chat:message', { matchId, seq: 1, text: 'CANARY-text' });
  await ann.ask('peer:report', { matchId, firstFrameMs: 300, route: 'CANARY-route' });
  await ann.ask('peer:report', { matchId, firstFrameMs: 300, route: 'direct' });
  await ann.ask('CANARY-event', { CANARY: 'CANARY' });
  await ann.ask('peer:find', { mode: 'CANARY-mode', interests: ['CANARY-interest'] });
  await testServer
    .ours('CANARY-cid', { resume: { token: 'CANARY-resume-token', offset: 0 } })
    .next('connect');
  await fetch(`${testServer.url}/CANARY-path`, { headers: { 'user-agent': 'CANARY-agent' } });
  await ann.ask('peer:skip', { matchId });

  const text = await metrics.text();
  expect(text).toMatch(/^passerby_matches_ended_total\{mode="video",reason="skipped"\} 1$/m);
  expect(text).not.toContain('CANARY');
  expect(text).not.toContain(matchId);
  expect(text).not.toContain('127.0.0.1');
  const own = (names: string[]) => names.filter((name) => name.startsWith('passerby_'));
  expect(own([...(await scrape(metrics)).keys()])).toEqual(own(before));
});

test('[G6] every code of a refusal has its series', async () => {
  const series = await scrape(createMetrics(sources));
  for (const code of Object.keys(ERRORS))
    expect(series.get(`passerby_refusals_total{code="${code}"}`)).toBe(0);
});

test('[G7] an answer of the store is timed, also where a script has to be sent again; a failure is counted', async () => {
  const metrics = createMetrics(sources);
  const options = {
    random: () => 0,
    newMatchId: () => 'match' as MatchId,
    matchWindow: 8,
    interestWaitMs: 10_000,
    rematchAfterMs: 30_000,
    rematchAfterFailureMs: 600_000,
    mailboxMax: 512,
    metrics,
  };
  type Client = ConstructorParameters<typeof RedisScripts>[0];
  const scripts = (fCall: () => Promise<unknown>, functionLoad = async () => '') =>
    new RedisScripts({ fCall, functionLoad } as unknown as Client, '{t}', 'node', options);
  let isLoaded = false;
  const unknown = scripts(
    () => (isLoaded ? Promise.resolve([['sent']]) : Promise.reject(new Error('ERR Function not found'))),
    async () => {
      isLoaded = true;
      return '';
    },
  );
  expect(await unknown.run('count', [])).toEqual(['sent']);
  const gone = scripts(() => Promise.reject(new Error('gone')));
  await expect(gone.run('count', [])).rejects.toThrow('gone');
  const series = await scrape(metrics);
  expect(series.get('passerby_store_seconds_count')).toBe(1);
  expect(series.get('passerby_store_failures_total')).toBe(1);
});

test('[G7] the delay of the event loop is among them', async () => {
  expect((await scrape(createMetrics(sources))).has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
});

test('[G8] docs/metrics.md lists every metric of ours and no other', async () => {
  const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| `(passerby_\w+)`/gm)].map(([, name]) => name);
  const made = [...(await createMetrics(sources).text()).matchAll(/^# TYPE (passerby_\w+)/gm)];
  expect(listed.sort()).toEqual(made.map(([, name]) => name).sort());
});
