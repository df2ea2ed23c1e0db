import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { checkIce, parseIceUrl } from '../src/doctor/check-ice.ts';
import type { Finding } from '../src/doctor/finding.ts';
import {
  ATTRIBUTE,
  type Attribute,
  METHOD,
  decode,
  encodeAddress,
  encodeRequest,
} from '../src/doctor/stun-message.ts';
import type { IceConfig } from '../src/ice-servers.ts';
import { createCertificateAuthority } from './support/certificates.ts';
import { collected } from './support/collected.ts';
import { type Coturn, startCoturn } from './support/coturn.ts';

let turn: Coturn;
beforeAll(async () => {
  turn = await startCoturn();
});
afterAll(() => turn.stop());

async function check(ice: Partial<IceConfig>, ca?: string): Promise<Finding[]> {
  const whole = { stunUrls: [], turnUrls: [], turnSecret: turn.secret, turnTtlMs: 600_000, ...ice };
  return collected(checkIce({ ice: whole, now: Date.now, ca }));
}

const turnUrl = (transport: string) => `turn:127.0.0.1:${turn.port}?transport=${transport}`;
/** A relay on loopback is all that a test may have. */
const RELAYS = { level: 'warn', detail: expect.stringContaining('relays from 127.0.0.1, a private address') };

test('[Y5] a STUN server is asked for the own address', async () => {
  const [found] = await check({ stunUrls: [`stun:127.0.0.1:${turn.port}`] });
  expect(found).toMatchObject({ level: 'ok', detail: 'sees this machine as 127.0.0.1' });
});

test('[Y5] a relay is asked for over UDP and TCP, with credentials as the server makes them', async () => {
  const found = await check({ turnUrls: [turnUrl('udp'), turnUrl('tcp')] });
  expect(found.slice(1)).toMatchObject([RELAYS, RELAYS]);
});

test('[Y5] a relay is asked for over TLS; a certificate nobody vouches for is told', async () => {
  const authority = await createCertificateAuthority();
  const secure = await startCoturn({ tls: await authority.issue('localhost') });
  onTestFinished(secure.stop);
  const ice = { turnUrls: [`turns:localhost:${secure.tlsPort}`], turnSecret: secure.secret };
  expect((await check(ice, authority.certificate)).at(-1)).toMatchObject(RELAYS);
  const untrusted = (await check(ice)).at(-1);
  expect(untrusted).toMatchObject({ level: 'fail', detail: expect.stringContaining('certificate') });
});

test('[Y5] a wrong secret is told, and what to do; the secret is not', async () => {
  const found = await check({ turnUrls: [turnUrl('udp')], turnSecret: 'not the secret of that server' });
  expect(found.at(-1)).toMatchObject({
    level: 'fail',
    detail: '401 Unauthorized',
    advice: expect.stringContaining('TURN_SECRET'),
  });
  expect(JSON.stringify(found)).not.toContain('not the secret');
});

test('[Y5] credentials that have ended are refused', async () => {
  const found = await check({ turnUrls: [turnUrl('tcp')], turnTtlMs: -60_000 });
  expect(found.at(-1)).toMatchObject({ level: 'fail', detail: '401 Unauthorized' });
});

test('[Y5] a relay that leads into private networks is a failure', async () => {
  const open = await startCoturn({ change: (lines) => lines.replaceAll(/^denied-peer-ip=.*$/gm, '') });
  onTestFinished(open.stop);
  const turnUrls = [`turn:127.0.0.1:${open.port}?transport=udp`];
  expect((await check({ turnUrls, turnSecret: open.secret })).at(-1)).toMatchObject({
    level: 'fail',
    detail: expect.stringContaining('relays to 10.0.0.1'),
    advice: expect.stringContaining('docker/turnserver.conf'),
  });
});

test('[Y5] a server that gives relays to anybody is a failure', async () => {
  const open = await startCoturn({
    change: (lines) => lines.replace(/^use-auth-secret$/m, 'no-auth').replace(/^static-auth-secret=.*$/m, ''),
  });
  onTestFinished(open.stop);
  const turnUrls = [`turn:127.0.0.1:${open.port}?transport=udp`];
  expect((await check({ turnUrls, turnSecret: open.secret })).at(-1)).toMatchObject({
    level: 'fail',
    detail: 'the server asks for no credentials',
  });
});

test('[Y5] a server that is not there is a failure', async () => {
  const gone = createSocket('udp4');
  gone.bind(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address();
  gone.close();
  const found = await check({
    stunUrls: [`stun:127.0.0.1:${port}`],
    turnUrls: [`turn:127.0.0.1:${port}?transport=tcp`, 'turn:no-such-host.invalid'],
  });
  expect(found.map(({ level }) => level)).toEqual(['fail', 'fail', 'fail']);
  expect(found[1]).toMatchObject({ advice: expect.stringContaining('TCP') });
});

test('[Y5] a server that speaks something else is a failure', async () => {
  const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  onTestFinished(() => void web.close());
  const { port } = web.address() as AddressInfo;
  const found = await check({ turnUrls: [`turn:127.0.0.1:${port}?transport=tcp`] });
  expect(found.at(-1)).toMatchObject({ level: 'fail', detail: 'the connection was closed' });
});

/** A server on loopback that answers as it is told; a class of 0x100 is success, 0x110 an error. */
async function fakeServer(
  answer: (
    request: NonNullable<ReturnType<typeof decode>>,
  ) => { type: number; attributes: Attribute[] } | undefined,
): Promise<{ port: number; socket: Socket }> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    const request = decode(bytes);
    const said = request && answer(request);
    if (!said) return;
    const response = encodeRequest(METHOD.binding, request.transactionId, said.attributes);
    response.writeUInt16BE(request.method | said.type, 0);
    socket.send(response, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return { port: socket.address().port, socket };
}

test('[Y5] a request that was lost is sent again; a server that says nothing is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let heard = 0;
  let silent = false;
  const { port, socket } = await fakeServer(({ transactionId }) => {
    if (++heard === 1 || silent) return undefined;
    const value = encodeAddress({ address: '192.0.2.7', port: 7 }, transactionId);
    return { type: 0x100, attributes: [{ type: ATTRIBUTE.xorMappedAddress, value }] };
  });
  const ask = () => check({ stunUrls: [`stun:127.0.0.1:${port}`] });
  const again = ask();
  await once(socket, 'message');
  await vi.advanceTimersByTimeAsync(500);
  expect((await again)[0]).toMatchObject({ level: 'ok', detail: 'sees this machine as 192.0.2.7' });
  silent = true;
  const never = ask();
  await once(socket, 'message');
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await never)[0]).toMatchObject({ level: 'fail', detail: 'no answer' });
});

test('[Y5] an answer that is not signed with the secret is a failure', async () => {
  const { port } = await fakeServer(({ transactionId, attributes }) => {
    const signed = attributes.some(({ type }) => type === ATTRIBUTE.integrity);
    const value = encodeAddress({ address: '192.0.2.7', port: 7 }, transactionId);
    if (signed) return { type: 0x100, attributes: [{ type: ATTRIBUTE.xorRelayedAddress, value }] };
    const challenge = [
      { type: ATTRIBUTE.errorCode, value: Buffer.from([0, 0, 4, 1]) },
      { type: ATTRIBUTE.realm, value: Buffer.from('realm') },
      { type: ATTRIBUTE.nonce, value: Buffer.from('nonce') },
    ];
    return { type: 0x110, attributes: challenge };
  });
  const found = await check({ turnUrls: [`turn:127.0.0.1:${port}`] });
  expect(found.at(-1)).toMatchObject({ level: 'fail', detail: 'the answer is not signed with the secret' });
});

test('[Y5] without STUN or TURN it says who cannot connect', async () => {
  expect(await check({})).toMatchObject([
    { level: 'warn', subject: 'STUN' },
    { level: 'warn', subject: 'TURN' },
  ]);
});

test('[Y5] addresses are read as RFC 7064 and RFC 7065 write them', () => {
  const at = (transport: string, host: string, port: number) => ({ transport, host, port });
  expect(parseIceUrl('stun:stun.test')).toEqual(at('udp', 'stun.test', 3478));
  expect(parseIceUrl('stuns:stun.test')).toEqual(at('tls', 'stun.test', 5349));
  expect(parseIceUrl('turn:turn.test:80?transport=tcp')).toEqual(at('tcp', 'turn.test', 80));
  expect(parseIceUrl('turns:[2001:db8::1]:443?transport=tcp')).toEqual(at('tls', '2001:db8::1', 443));
  expect(parseIceUrl('turns:turn.test?transport=udp')).toBe('dtls');
  for (const wrong of ['turn:', 'http://turn.test', 'turn://turn.test', 'turn:a:b', 'turn:a?transport=sctp'])
    expect(parseIceUrl(wrong), wrong).toBeUndefined();
});
