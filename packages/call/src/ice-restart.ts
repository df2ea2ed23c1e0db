import type { Peer } from './peer.ts';
import type { SignalingClient } from './types.ts';

/** Has a peer look for a new way to the partner, one attempt at a time. */
export class IceRestart {
  readonly #signaling: Pick<SignalingClient, 'iceServers'>;
  /** The one that waits for the server, or for a line to it. */
  #pending: symbol | undefined;

  constructor(signaling: Pick<SignalingClient, 'iceServers'>) {
    this.#signaling = signaling;
  }

  /** Something that is another one each time; undefined where none waits. */
  get pending(): symbol | undefined {
    return this.#pending;
  }

  /** Without a line it waits, to be tried again when the line is back. */
  async attempt(peer: Peer, matchId: string, isOnline: boolean): Promise<void> {
    const own = (this.#pending = Symbol());
    if (!isOnline) return;
    // TURN credentials run out, so new ones are asked for; the old ones are better than none.
    const iceServers = await this.#signaling.iceServers(matchId).catch(() => undefined);
    if (own !== this.#pending) return; // asked for again meanwhile, or nobody's any more
    this.#pending = undefined;
    peer.restart(iceServers);
  }

  /** The peer is closed. */
  forget(): void {
    this.#pending = undefined;
  }
}
