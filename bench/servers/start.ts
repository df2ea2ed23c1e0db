import { mkdtempSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../child.ts';
import type { Measured } from './measured.ts';

export type ServerName = 'ours' | 'floor' | 'naive' | 'peer' | 'ws';

export interface ServerOptions {
  /** Above what all of them get. */
  env?: Record<string, string>;
  /** Modules to be loaded first. */
  preload?: URL[];
}

export interface RunningServer {
  readonly port: number;
  ask: Child<Measured>['ask'];
  close(): Promise<void>;
}

/** What the passes of {@link DEPLOYMENT_SECRET} are signed for; nobody but the bench ever has it. */
export const DEPLOYMENT_SECRET = 'the deployment secret of the bench';

const OUT_OF_THE_WAY = '1000000';
/** Production with its defaults, on loopback. All limits are on, and never met. */
const ENVIRONMENT = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  SERVE_WEB: 'false',
  DEPLOYMENT_SECRET,
  CONNECTIONS_PER_ADDRESS_MAX: OUT_OF_THE_WAY,
  ...Object.fromEntries(
    ['CONNECTIONS', 'FINDS', 'DESCRIPTIONS', 'SIGNALS', 'MESSAGES', 'COMMANDS'].flatMap((limited) => [
      [`${limited}_PER_MINUTE`, OUT_OF_THE_WAY],
      [`${limited}_BURST`, OUT_OF_THE_WAY],
    ]),
  ),
};

const FILES: Record<ServerName, URL> = {
  ours: new URL('../../apps/signaling/src/main.ts', import.meta.url),
  floor: new URL('./floor.ts', import.meta.url),
  naive: new URL('./naive.ts', import.meta.url),
  peer: new URL('./rival-peer.ts', import.meta.url),
  ws: new URL('./rival-ws.ts', import.meta.url),
};

/**
 * Starts a server in a process of its own. `PROFILES` names a folder into which each writes a CPU profile
 * when it ends.
 */
export async function startServer(
  name: ServerName,
  { env = {}, preload = [] }: ServerOptions = {},
): Promise<RunningServer> {
  // Away from any `.env`, and its log goes where a log goes: into a file.
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const { PROFILES } = process.env;
  const [child, port] = await Child.start<Measured, number>(FILES[name], {
    execArgv: [
      '--expose-gc',
      ...(PROFILES === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${PROFILES}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`]),
      ...[...preload, new URL('./measured.ts', import.meta.url)].flatMap((url) => ['--import', url.href]),
    ],
    env: name === 'ours' ? { ...ENVIRONMENT, ...env } : env,
    cwd: folder,
    stdout: openSync(join(folder, 'log'), 'w'),
  });
  return {
    port,
    ask: child.ask.bind(child) as Child<Measured>['ask'],
    async close() {
      await child.close();
      await rm(folder, { recursive: true });
    },
  };
}
