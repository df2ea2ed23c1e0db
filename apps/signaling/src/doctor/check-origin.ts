import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { type Finding, reasonOf } from './finding.ts';

const ANSWER_MS = 5_000;
const DAY_MS = 86_400_000;
/** Let's Encrypt renews a month before the end. */
const DAYS_LEFT_MIN = 14;
const SKEW_MS_MAX = 30_000;

export interface OriginCheck {
  /** As people open it: `https://chat.example.org`. */
  origin: string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** Whom to trust beside the usual authorities (PEM). */
  ca?: string | undefined;
}

/** Comes in by the front door: certificate, proxy, WebSocket, and the clock at the other end. */
export async function* checkOrigin({ origin, now, ca }: OriginCheck): AsyncGenerator<Finding> {
  if (origin === undefined) {
    const detail = 'TLS, proxy and clock were not looked at: no address was given';
    yield {
      level: 'skip',
      subject: 'public address',
      detail,
      advice: 'give it as argument: https://chat.example.org',
    };
    return;
  }
  const url = URL.parse(origin);
  if (!url || url.origin !== origin.replace(/\/$/, '') || !/^https?:$/.test(url.protocol)) {
    yield { level: 'fail', subject: origin, detail: 'not an address like https://chat.example.org' };
    return;
  }
  if (url.protocol === 'http:' && !isLocal(url.hostname)) {
    const detail = 'no TLS: browsers give a page the camera over HTTPS alone';
    yield { level: 'fail', subject: origin, detail, advice: 'put a proxy with a certificate in front' };
    return;
  }
  try {
    const health = await ask(new URL('/health', url), ca);
    yield* judgeCertificate(origin, health, now());
    yield judgeHealth(origin, health);
    yield judgeDate(health.headers.date, now());
    yield await checkReady(url, ca);
    yield await checkWebSocket(url, ca);
  } catch (error) {
    yield {
      level: 'fail',
      subject: origin,
      detail: reasonOf(error),
      advice:
        'look at the DNS record, the firewall (80 and 443), and the log of the proxy for its certificate',
    };
  }
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  /** When the certificate ends, milliseconds since 1970; absent without TLS. */
  certificateEndsAt?: number;
}

/** A GET. Rejects without an answer, and for a certificate that does not hold. */
function ask(url: URL, ca: string | undefined, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const request = make(url, { headers, signal, agent: false, ...(ca !== undefined && { ca }) });
    request.on('response', (response) => {
      const certificate = (response.socket as Partial<TLSSocket>).getPeerCertificate?.();
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          ...(certificate && { certificateEndsAt: Date.parse(certificate.valid_to) }),
        }),
      );
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
    });
    request.on('error', reject);
    request.end();
  });
}

function* judgeCertificate(origin: string, { certificateEndsAt }: Answer, now: number): Generator<Finding> {
  if (certificateEndsAt === undefined) return;
  const days = Math.floor((certificateEndsAt - now) / DAY_MS);
  const detail = `the certificate is valid for ${days} more day(s)`;
  yield days >= DAYS_LEFT_MIN
    ? { level: 'ok', subject: origin, detail }
    : {
        level: 'warn',
        subject: origin,
        detail,
        advice: 'look at the log of the proxy: it should have renewed it',
      };
}

function judgeHealth(origin: string, { status, text }: Answer): Finding {
  return status === 200 && text === 'ok'
    ? { level: 'ok', subject: origin, detail: '/health answers ok' }
    : {
        level: 'fail',
        subject: origin,
        detail: `/health answers ${status}, not ok`,
        advice: 'the name or the proxy leads elsewhere, or the app does not run',
      };
}

function judgeDate(date: string | undefined, now: number): Finding {
  const subject = 'clock';
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { level: 'skip', subject, detail: 'the answer names no date' };
  // The header has whole seconds.
  const skewMs = theirs + 500 - now;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return Math.abs(skewMs) <= SKEW_MS_MAX
    ? { level: 'ok', subject, detail: `within ${SKEW_MS_MAX / 1_000} s of the public address` }
    : {
        level: 'warn',
        subject,
        detail: `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of the public address`,
        advice: 'keep time by NTP: sign-in tokens and TURN credentials end by the clock',
      };
}

async function checkReady(url: URL, ca: string | undefined): Promise<Finding> {
  const { status } = await ask(new URL('/ready', url), ca);
  return status === 200
    ? { level: 'ok', subject: url.origin, detail: 'people can be paired (/ready)' }
    : {
        level: 'fail',
        subject: url.origin,
        detail: `/ready answers ${status}`,
        advice: 'look at Redis and at the log',
      };
}

/** RFC 6455 section 4.1, to where Socket.IO listens; the connection is dropped as soon as it stands. */
async function checkWebSocket(url: URL, ca: string | undefined): Promise<Finding> {
  const { status } = await ask(new URL('/socket.io/?EIO=4&transport=websocket', url), ca, {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  });
  return status === 101
    ? { level: 'ok', subject: url.origin, detail: 'WebSocket gets through' }
    : {
        level: 'fail',
        subject: url.origin,
        detail: `WebSocket is answered ${status}`,
        advice: 'let the proxy pass the headers Upgrade and Connection on',
      };
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
