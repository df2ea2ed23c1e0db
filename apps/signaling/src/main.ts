import { config as loadDotenv } from 'dotenv';
import pino from 'pino';
import { createFirebaseAuth } from './auth/firebase.ts';
import { createGuestAuth } from './auth/guest.ts';
import { MemoryBackplane } from './backplane/memory.ts';
import { RedisBackplane } from './backplane/redis.ts';
import { banner } from './banner.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createChat } from './core/chat.ts';
import type { Backplane } from './core/ports.ts';
import type { MatchId, SessionId } from './core/types.ts';
import { deploymentKey, deriveKey, keyedHash } from './deployment-key.ts';
import { iceServers } from './ice-servers.ts';
import { createLogOutput } from './log-output.ts';
import { createMatchProofs } from './match-proof.ts';
import { startAdminUi } from './ops/admin-ui.ts';
import { startMetricsServer } from './ops/metrics-server.ts';
import { type PrometheusMetrics, createMetrics } from './ops/metrics.ts';
import { createRandomReserve } from './random-reserve.ts';
import { createServer } from './server.ts';
import { loadWebApp } from './web-app.ts';

const REMATCH_AFTER_FAILURE_MS = 600_000;
const CLOSE_WITHIN_MS = 8_000;

async function main(): Promise<void> {
  loadDotenv({ quiet: true });
  const config = loadConfig(process.env);
  const output = createLogOutput();
  const log = pino({ level: config.logLevel }, output.stream);
  const now = Date.now;
  const key = deploymentKey(config.deploymentSecret, config.dataDir);
  const reserve = createRandomReserve();
  const random = () => reserve(16).toString('base64url');
  const { metricsAddress } = config;
  const metrics: PrometheusMetrics | undefined =
    metricsAddress &&
    createMetrics({ count: () => backplane.count(), connections: () => server.io.engine.clientsCount });

  const options = {
    random: Math.random,
    newMatchId: () => random() as MatchId,
    matchWindow: config.matchWindow,
    interestWaitMs: config.interestWaitMs,
    rematchAfterMs: config.rematchAfterMs,
    rematchAfterFailureMs: REMATCH_AFTER_FAILURE_MS,
    mailboxMax: config.mailboxMax,
    metrics,
  };
  const backplane: Backplane = config.redisUrl
    ? new RedisBackplane({ ...options, url: config.redisUrl, log })
    : new MemoryBackplane({ ...options, now });
  const chat = createChat({
    backplane,
    log,
    metrics,
    newSessionId: () => random() as SessionId,
    newSecret: random,
    hashSecret: keyedHash(deriveKey(key, 'resume token')),
    matchProofs: createMatchProofs(deriveKey(key, 'match proof'), now),
    iceServers: (tag) =>
      iceServers(tag === undefined ? { ...config.ice, turnUrls: [] } : config.ice, tag ?? '', now()),
  });

  const guest = config.auth.kind === 'guest' ? createGuestAuth({ key }) : undefined;
  const firebase = config.auth.kind === 'firebase' ? await createFirebaseAuth(config.auth) : undefined;
  const authenticator = guest ?? firebase;
  if (!authenticator) throw new Error('no sign-in is configured');

  const server = createServer({
    ...config,
    chat,
    metrics,
    authenticator,
    ...(guest && { guest }),
    ...(config.serveWeb && { web: await loadWebApp({ relayOffered: config.ice.turnUrls.length > 0 }) }),
    now,
    log,
  });
  const port = await server.listen(config.port, config.host);
  const admin =
    config.admin &&
    (await startAdminUi({
      io: server.io,
      auth: { type: 'basic', username: config.admin.username, passwordHash: config.admin.passwordHash },
      host: '127.0.0.1',
      port: config.admin.port,
      log,
      now,
    }));
  const scraped =
    metrics && metricsAddress && (await startMetricsServer({ ...metrics, ...metricsAddress, log }));
  console.log(banner(config, `http://localhost:${port}`, admin && `http://localhost:${admin.port}/admin/`));

  let closing = false;
  const close = () => {
    if (closing) return output.exit(1);
    closing = true;
    // A client that does not read its goodbye must not hold the process.
    setTimeout(() => output.exit(0), CLOSE_WITHIN_MS).unref();
    Promise.all([admin?.close(), scraped?.close(), server.close(), firebase?.close()])
      .then(() => backplane.close())
      .then(
        () => output.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'shutdown failed');
          output.exit(1);
        },
      );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
});
