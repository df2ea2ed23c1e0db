import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../core/ports.ts';

export interface MetricsServerOptions {
  /** Where it listens. Whoever reaches it may read. */
  host: string;
  /** 0: any free port. */
  port: number;
  contentType: string;
  text(): Promise<string>;
  log: Log;
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 20;

/** Answers `GET /metrics` on a port of its own, so that no proxy of the public one can lead there. */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, contentType, text, log } = options;
  const http = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    }
    text().then(
      (series) => response.writeHead(200, { 'content-type': contentType }).end(series),
      (error: unknown) => {
        log.error({ err: error, where: 'metrics' }, 'unexpected failure');
        response.writeHead(500).end();
      },
    );
  });
  http.maxConnections = CONNECTIONS_MAX;
  http.listen(port, host);
  await once(http, 'listening');
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}
