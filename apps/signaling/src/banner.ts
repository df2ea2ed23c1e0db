import type { Config } from './config.ts';

/** What is printed at the start: the address, and each embedded default with the line that changes it. */
export function banner(config: Config, address: string, adminAddress: string | undefined): string {
  const lines = [`Passerby is ready at ${address}`, ''];
  const note = (what: string, change: string) => lines.push(`  ${what.padEnd(40)} ${change}`);
  if (config.auth.kind === 'guest') {
    note('sign-in: guests only', 'change: SERVICE_ACCOUNT_CREDENTIAL + PUBLIC_FIREBASE_CONFIG');
  } else
    note(
      `sign-in: Firebase, ${config.auth.projectId}`,
      config.auth.emulatorHost ? 'emulator, not for production' : '',
    );
  if (config.redisUrl) note('backplane: Redis', '');
  else note('backplane: memory, one node', 'change: REDIS_URL + DEPLOYMENT_SECRET');
  if (config.ice.turnUrls.length === 0)
    note('no TURN: some networks cannot connect', 'change: TURN_URLS=turn:host:3478 TURN_SECRET=…');
  else note(`TURN: ${config.ice.turnUrls.length} address(es)`, '');
  if (config.textApi) note('text API: on, without sign-in', 'change: TEXT_API=off');
  if (adminAddress) note('admin UI', adminAddress);
  else note('admin UI: off', 'change: SOCKET_ADMIN_USERNAME + SOCKET_ADMIN_PASSWORD');
  lines.push('', '  All variables: .env.example. Cameras need HTTPS on any other host than localhost.');
  return lines.map((line) => line.trimEnd()).join('\n');
}
