import { createHmac } from 'node:crypto';
import type { IceServer } from '@passerby/protocol';

export interface IceConfig {
  /** `stun:` addresses; may be empty. */
  stunUrls: readonly string[];
  /** `turn:` and `turns:` addresses; empty: no relay. */
  turnUrls: readonly string[];
  /** Shared with the TURN servers (coturn: `static-auth-secret`). Unused without `turnUrls`. */
  turnSecret: string;
  /** How long a credential is good for a new allocation. */
  turnTtlMs: number;
}

/**
 * The `RTCConfiguration.iceServers` to hand out now. TURN credentials are of the kind every TURN
 * server knows as REST API (draft-uberti-behave-turn-rest-00, section 2.2): user name
 * `<end in unix seconds>:<tag>`, credential base64(HMAC-SHA1(secret, user name)).
 *
 * @param tag what TURN servers log and count by: random or a keyed hash, never the account's id.
 * @param now milliseconds since 1970.
 */
export function iceServers(config: IceConfig, tag: string, now: number): IceServer[] {
  const servers: IceServer[] = [];
  if (config.stunUrls.length > 0) servers.push({ urls: [...config.stunUrls] });
  if (config.turnUrls.length > 0) {
    const username = `${Math.floor((now + config.turnTtlMs) / 1000)}:${tag}`;
    const credential = createHmac('sha1', config.turnSecret).update(username).digest('base64');
    servers.push({ urls: [...config.turnUrls], username, credential });
  }
  return servers;
}
