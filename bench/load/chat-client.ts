import { type RawData, WebSocket } from 'ws';

/**
 * `own`: what our client speaks, with match ids, numbers, acknowledged commands and acknowledged events.
 * `plain`: the nine events of the plain protocol.
 */
export type Dialect = 'own' | 'plain';

/** What a client tells of what it receives. `payload`: the arguments as JSON, without the outer brackets. */
export interface ChatListener {
  event(client: ChatClient, name: string, payload: string): void;
  /** A command was refused. */
  refused(client: ChatClient, ack: string): void;
}

// As `packages/call` has it.
const ACK_TEXT_MS = 200;
const ACK_MS = 10_000;
const ACK_EVENTS_MAX = 16;

/**
 * A client of the chat on a bare WebSocket: Engine.IO's and Socket.IO's packets are written and read by
 * hand, and what nobody asks for is not parsed, so that thousands cost little.
 */
export class ChatClient {
  readonly index: number;
  readonly #socket: WebSocket;
  readonly #dialect: Dialect;
  readonly #listener: ChatListener;
  #commands = 0;
  #handled = 0;
  #acknowledged = 0;
  #acknowledging: NodeJS.Timeout | undefined;
  #acknowledgingText: NodeJS.Timeout | undefined;

  private constructor(index: number, socket: WebSocket, dialect: Dialect, listener: ChatListener) {
    this.index = index;
    this.#socket = socket;
    this.#dialect = dialect;
    this.#listener = listener;
  }

  /** Resolves when the server has taken it in: with its welcome, if it is one that welcomes. */
  static async connect(options: {
    index: number;
    port: number;
    dialect: Dialect;
    token: string;
    welcomes: boolean;
    listener: ChatListener;
  }): Promise<ChatClient> {
    const { index, port, dialect, token, welcomes, listener } = options;
    const url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
    const client = new ChatClient(index, socket, dialect, listener);
    const id = String(index).padStart(22, '0');
    const auth = {
      token,
      ...(dialect === 'own' && { protocol: 1, client: { id, attempt: 1 }, takeOver: false }),
    };
    await new Promise<void>((resolve, reject) => {
      const ready = dialect === 'own' && welcomes ? '42["session:welcome"' : '40';
      socket.on('error', reject);
      socket.on('close', () => reject(new Error(`client ${index} was cut`)));
      socket.on('message', (data) => {
        const packet = textOf(data);
        if (packet.startsWith('0')) socket.send(`40${JSON.stringify(auth)}`);
        else if (packet.startsWith('44')) reject(new Error(packet));
        if (!packet.startsWith(ready)) return;
        socket.removeAllListeners('message');
        socket.on('message', (next) => client.#receive(textOf(next)));
        resolve();
      });
    });
    // A welcome is acknowledged by the offset of the last event, of which there is none.
    if (welcomes) client.#acknowledge();
    return client;
  }

  /**
   * Sends a command whose arguments are JSON already, as our client does: it asks for an acknowledgement, and
   * says how far events were handled.
   */
  send(name: string, ...args: string[]): void {
    const id = this.#dialect === 'own' ? this.#commands++ : '';
    const handled = this.#handled > this.#acknowledged ? [`{"upTo":${this.#takeHandled()}}`] : [];
    this.#socket.send(`42${id}[${[`"${name}"`, ...args, ...handled].join(',')}]`);
  }

  /** Ends the session; the server closes the connection if it knows sessions. */
  goodbye(): void {
    this.#takeHandled();
    this.#socket.removeAllListeners('close');
    this.send('session:end');
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(packet: string): void {
    if (packet === '2') this.#socket.send('3');
    else if (packet.startsWith('42')) this.#read(packet);
    else if (packet.startsWith('43') && packet.includes('"error"')) this.#listener.refused(this, packet);
  }

  #read(packet: string): void {
    const from = packet.indexOf('"') + 1;
    const to = packet.indexOf('"', from);
    this.#listener.event(this, packet.slice(from, to), packet.slice(to + 2, -1));
    if (this.#dialect !== 'own') return;
    // The offset is the last field of the last argument, and only our server sends it.
    const offset = /"offset":(\d+)\}\]$/.exec(packet.slice(-40))?.[1];
    if (offset !== undefined) this.#handle(Number(offset), packet.startsWith('42["chat:message"'));
  }

  #handle(offset: number, isText: boolean): void {
    this.#handled = offset;
    const acknowledge = () => this.#acknowledge();
    if (offset - this.#acknowledged >= ACK_EVENTS_MAX) acknowledge();
    else if (isText) this.#acknowledgingText ??= setTimeout(acknowledge, ACK_TEXT_MS);
    else this.#acknowledging ??= setTimeout(acknowledge, ACK_MS);
  }

  #acknowledge(): void {
    this.#socket.send(`42["session:ack",{"upTo":${this.#takeHandled()}}]`);
  }

  #takeHandled(): number {
    clearTimeout(this.#acknowledging);
    clearTimeout(this.#acknowledgingText);
    this.#acknowledging = this.#acknowledgingText = undefined;
    this.#acknowledged = this.#handled;
    return this.#handled;
  }
}

function textOf(data: RawData): string {
  return (data as Buffer).toString('utf8');
}
