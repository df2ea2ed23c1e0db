import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';

// What a packet costs is mostly the system call that writes it. So what is sent to a client in one turn of
// the event loop (an acknowledgement and a match, say) is written with one.

/** Streams that hold what is written to them until the turn is over. */
class Turn {
  #held: Duplex[] = [];

  hold(stream: Duplex): void {
    if (stream.writableCorked > 0) return;
    stream.cork();
    if (this.#held.push(stream) === 1) setImmediate(() => this.#end());
  }

  #end(): void {
    const held = this.#held;
    this.#held = [];
    for (const stream of held) stream.uncork();
  }
}

type Done = (error?: Error | null) => void;

class GatheringSocket extends WebSocket {
  #stream: Duplex | undefined;
  #turn: Turn | undefined;

  gather(stream: Duplex, turn: Turn): void {
    this.#stream = stream;
    this.#turn = turn;
  }

  /** As Engine.IO calls it. `done`: the next one may be sent, which is at once unless the client reads too slowly. */
  override send(data: Parameters<WebSocket['send']>[0], done?: unknown, ...more: unknown[]): void {
    const stream = this.#stream;
    if (!stream || typeof data !== 'string' || typeof done !== 'function' || this.readyState !== this.OPEN) {
      super.send(data, ...([done, ...more] as [Done]));
      return;
    }
    this.#turn?.hold(stream);
    const isFlowing = stream.writableLength < stream.writableHighWaterMark;
    if (!isFlowing) {
      stream.write(textFrame(data), done as Done);
      return;
    }
    stream.write(textFrame(data));
    done();
  }
}

/** No client of ours splits a message. Thousands of parts without an end would be kept, of whoever has not signed in, too. */
const FRAGMENTS_MAX = 16;

/** Engine.IO's `wsEngine`: the server of `ws`, whose sockets write once a turn. */
export class GatheringServer extends WebSocketServer<typeof GatheringSocket> {
  readonly #turn = new Turn();

  constructor(options: ServerOptions<typeof GatheringSocket>) {
    super({ ...options, maxFragments: FRAGMENTS_MAX, WebSocket: GatheringSocket });
  }

  override handleUpgrade(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    callback: (socket: GatheringSocket, request: IncomingMessage) => void,
  ): void {
    super.handleUpgrade(request, stream, head, (socket, upgraded) => {
      socket.gather(stream, this.#turn);
      callback(socket, upgraded);
    });
  }
}

const FINAL_TEXT = 0x81;
/** Above it two bytes say the length, above the other one eight. */
const [LENGTH_MAX_7_BITS, LENGTH_MAX_16_BITS] = [125, 65_535];

/** One unmasked text frame (RFC 6455 section 5.2). */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length <= LENGTH_MAX_7_BITS ? 2 : length <= LENGTH_MAX_16_BITS ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FINAL_TEXT;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
}
