import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';

/** A raw Engine.IO connection, as far as the cap needs it. */
interface RawConnection extends Pick<EventEmitter, 'on'> {
  request: IncomingMessage;
  close(): void;
}

/** Counts open connections by address, so that one address cannot take them all. */
export class ConnectionCap {
  readonly #max: number;
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #open = new Map<string, number>();

  /** `max` 0: no cap. */
  constructor(max: number, addressOf: (request: IncomingMessage) => string) {
    this.#max = max;
    this.#addressOf = addressOf;
  }

  /** Whether another connection may be made: the cheap answer, before any work is done for it. */
  admits(request: IncomingMessage): boolean {
    return this.#max === 0 || (this.#open.get(this.#addressOf(request)) ?? 0) < this.#max;
  }

  /** Counts a connection until it closes; closes it at once if many slipped through together. */
  count(connection: RawConnection): void {
    if (this.#max === 0) return;
    const address = this.#addressOf(connection.request);
    const count = (this.#open.get(address) ?? 0) + 1;
    this.#open.set(address, count);
    connection.on('close', () => {
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left === 0) this.#open.delete(address);
      else this.#open.set(address, left);
    });
    if (count > this.#max) connection.close();
  }
}
