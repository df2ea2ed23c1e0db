import { randomBytes } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import { type IceConfig, iceServers } from '../ice-servers.ts';
import { type Finding, reasonOf } from './finding.ts';
import { StunConnection, type StunServer, type Transport } from './stun-connection.ts';
import { type Credentials, StunRefusal, TurnClient, binding } from './turn-client.ts';

/** Where a relay must not lead: itself, private networks, the metadata service of clouds. */
const FORBIDDEN = ['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254'];

export interface IceCheck {
  ice: IceConfig;
  /** Milliseconds since 1970. */
  now(): number;
  /** Whom to trust beside the usual authorities (PEM). */
  ca?: string | undefined;
}

/** Asks every STUN and TURN server what a browser would ask it, with credentials as the server makes them. */
export async function* checkIce({ ice, now, ca }: IceCheck): AsyncGenerator<Finding> {
  if (ice.stunUrls.length === 0) {
    yield {
      level: 'warn',
      subject: 'STUN',
      detail: 'none: without TURN only people in one network or with public addresses connect directly',
      advice: 'set STUN_URLS',
    };
  }
  for (const url of ice.stunUrls) yield await checkUrl(url, ca, (server) => checkStun(url, server));
  if (ice.turnUrls.length === 0) {
    yield {
      level: 'warn',
      subject: 'TURN',
      detail:
        'none: people in many mobile and company networks cannot connect, and nobody can hide their address',
      advice: 'set TURN_URLS and TURN_SECRET',
    };
  }
  for (const url of ice.turnUrls) {
    const given = iceServers({ ...ice, stunUrls: [] }, `doctor-${randomBytes(6).toString('hex')}`, now())[0];
    const credentials = { username: given?.username ?? '', password: given?.credential ?? '' };
    yield await checkUrl(url, ca, (server) => checkTurn(url, server, credentials));
  }
}

async function checkUrl(
  url: string,
  ca: string | undefined,
  check: (server: StunServer) => Promise<Finding>,
): Promise<Finding> {
  const server = parseIceUrl(url);
  if (server === undefined) {
    return {
      level: 'fail',
      subject: url,
      detail: 'not an address of a STUN or TURN server',
      advice: 'see .env.example',
    };
  }
  if (server === 'dtls') return { level: 'skip', subject: url, detail: 'TURN over DTLS is not looked at' };
  try {
    return await check({ ...server, ca });
  } catch (error) {
    return {
      level: 'fail',
      subject: url,
      detail: reasonOf(error),
      advice: adviceFor(error, server.transport),
    };
  }
}

async function checkStun(url: string, server: StunServer): Promise<Finding> {
  const connection = await StunConnection.open(server);
  try {
    const { address } = await binding(connection);
    return { level: 'ok', subject: url, detail: `sees this machine as ${address}` };
  } finally {
    connection.close();
  }
}

async function checkTurn(url: string, server: StunServer, credentials: Credentials): Promise<Finding> {
  const connection = await StunConnection.open(server);
  try {
    const client = new TurnClient(connection, credentials);
    const { address } = await client.allocate();
    const reached = await firstPermitted(client, FORBIDDEN);
    await client.release();
    if (reached !== undefined) {
      return {
        level: 'fail',
        subject: url,
        detail: `relays to ${reached}: anybody can reach its network through it`,
        advice: 'deny private and special ranges, as docker/turnserver.conf does',
      };
    }
    return isPrivate(address)
      ? {
          level: 'warn',
          subject: url,
          detail: `relays from ${address}, a private address that partners outside cannot reach`,
          advice: 'tell it its public address (external-ip in docker/turnserver.conf)',
        }
      : { level: 'ok', subject: url, detail: `relays from ${address}` };
  } finally {
    connection.close();
  }
}

/** Asked for one by one: of several in one request a server may refuse all. */
async function firstPermitted(client: TurnClient, addresses: readonly string[]): Promise<string | undefined> {
  for (const address of addresses) {
    try {
      await client.permit(address);
      return address;
    } catch (error) {
      if (!(error instanceof StunRefusal)) throw error;
    }
  }
  return undefined;
}

function adviceFor(error: unknown, transport: Transport): string {
  if (error instanceof StunRefusal && error.code === 401) {
    return 'TURN_SECRET must be its static-auth-secret, and its clock and ours must agree';
  }
  if (error instanceof StunRefusal) return 'look at its quotas and its log';
  const protocol = transport === 'udp' ? 'UDP' : 'TCP';
  return `look whether it runs, whether the name leads to it, and whether the firewall lets ${protocol} through`;
}

/** RFC 7064 and RFC 7065. `dtls`: TLS over UDP. Undefined: neither. */
export function parseIceUrl(url: string): StunServer | 'dtls' | undefined {
  const match =
    /^(stun|turn)(s?):(\[[\d:a-f.]+\]|[^:/?[\]]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(url);
  if (!match) return undefined;
  const [, , secure, host = '', port, given] = match;
  const isSecure = secure !== '';
  const protocol = given?.toLowerCase() ?? (isSecure ? 'tcp' : 'udp');
  if (isSecure && protocol === 'udp') return 'dtls';
  return {
    transport: isSecure ? 'tls' : (protocol as 'udp' | 'tcp'),
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: port === undefined ? (isSecure ? 5349 : 3478) : Number(port),
  };
}

function isPrivate(address: string): boolean {
  const ranges = new BlockList();
  for (const [network, bits] of [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
  ] as const) {
    ranges.addSubnet(network, bits, 'ipv4');
  }
  ranges.addAddress('::1', 'ipv6');
  ranges.addSubnet('fc00::', 7, 'ipv6');
  ranges.addSubnet('fe80::', 10, 'ipv6');
  return ranges.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
