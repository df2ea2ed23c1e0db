import { once } from 'node:events';
import { Agent, createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyAndCertificate } from './certificates.ts';

export const CERTIFICATE_HOST = 'www.googleapis.com';
const CERTIFICATE_PATH = '/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com';
/** What Google's answer has been seen to say. */
const MAX_AGE_SECONDS = 21_600;

export interface CertificateServer {
  /** Leads here whatever host is asked for, and checks that the server may speak for that host. */
  agent: Agent;
  /** How often the certificates were asked for. */
  requests: number;
  /** Replaces the answer; undefined: the certificates again. */
  answer: RequestListener | undefined;
  close(): Promise<void>;
}

/** Stands in for the address where Google publishes the certificates of its token keys. */
export async function startCertificateServer(options: {
  /** PEM by key id. */
  certificates: Record<string, string>;
  /** What the server shows of itself, and whom its clients trust (PEM). */
  tls: KeyAndCertificate;
  authority: string;
}): Promise<CertificateServer> {
  const { authority, certificates, tls } = options;
  const server = createServer({ key: tls.key, cert: tls.certificate }, (request, response) => {
    if (request.url !== CERTIFICATE_PATH) return void response.writeHead(404).end();
    running.requests += 1;
    if (running.answer !== undefined) return running.answer(request, response);
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', `public, max-age=${MAX_AGE_SECONDS}, must-revalidate, no-transform`);
    response.end(JSON.stringify(certificates));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const running: CertificateServer = {
    // An agent's host and port go before those of the request; the TLS name stays the request's.
    agent: new Agent({ host: '127.0.0.1', port, ca: authority }),
    requests: 0,
    answer: undefined,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return running;
}
