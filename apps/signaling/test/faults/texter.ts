import {
  Call,
  type CallView,
  type Clock,
  LocalMedia,
  type TextLine,
  type SocketSignalingParts,
  createSocketSignaling,
} from '@passerby/call';
import { DEFAULT_WISHES } from '@passerby/protocol';
import { io } from 'socket.io-client';

export interface TexterParts {
  /** Its account, too. */
  name: string;
  /** Of the server, or of what stands before it. */
  url: string;
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** How many texts it says. */
  texts: number;
  /** Another text of the partner is shown. */
  onheard?(): void;
}

/** The most texts that are said before the first of them has arrived. */
const AHEAD_MAX = 20;
const FILLERS = ['', ' ok', ' and so on'.repeat(20), ' 👩🏽‍🚀'.repeat(30), ' שלום\n"{}"'];

type OpenSocket = NonNullable<SocketSignalingParts['io']>;

/** Somebody with our own client in text mode: says so many texts and notes what the log shows. */
export class Texter {
  readonly said: string[] = [];
  readonly heard: string[] = [];
  /** How often an established line to the server was lost. */
  cuts = 0;
  /** How often the server had forgotten the match. */
  restores = 0;
  readonly #parts: TexterParts;
  readonly #call: Call;
  /** Keys of its texts that are not known to have arrived. */
  readonly #underway = new Set<string>();
  /** Key of the partner's last text that was noted. */
  #noted = '';
  /** Where in the mailbox the partner's texts were, by their numbers. */
  readonly #offsets = new Map<number, number | undefined>();
  #matchId: string | undefined;
  #online = false;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(parts: TexterParts) {
    const { name, url, clock, random } = parts;
    this.#parts = parts;
    const noMedia = () => {
      throw new Error('texts need no media');
    };
    this.#call = new Call({
      signaling: createSocketSignaling({
        url,
        clock,
        random,
        auth: { token: async () => ({ token: name }) },
        io: this.#open,
      }),
      // As in a page that is not secure: there is nothing to ask.
      media: new LocalMedia({ mediaDevices: undefined, createStream: emptyStream, clock }),
      createPeerConnection: noMedia,
      createStream: emptyStream,
      clock,
    });
    this.#call.on((view) => {
      this.#look(view);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  get matchId(): string | undefined {
    return this.#matchId;
  }

  start(): void {
    this.#call.start({ ...DEFAULT_WISHES, mode: 'text' });
  }

  close(): void {
    this.#call.close();
  }

  /** Resolves when all its texts are delivered and so many of the partner's are heard; rejects when something went wrong. */
  async isThrough(hears: number): Promise<void> {
    while (this.said.length < this.#parts.texts || this.#underway.size > 0 || this.heard.length < hears) {
      if (this.#failure) break;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#failure) throw this.#failure;
  }

  /** Where it stands, for a run that did not come to its end. */
  toString(): string {
    const { name, texts } = this.#parts;
    const { state, online } = this.#call.view;
    const counts = `said ${this.said.length} of ${texts}, ${this.#underway.size} underway, heard ${this.heard.length}`;
    return `${name} ${state.status} ${online ? 'online' : 'offline'}: ${counts}, ${this.cuts} cuts`;
  }

  /** The client would not show a text twice; the server must not have stored it twice either. */
  readonly #open: OpenSocket = (url, options) => {
    // Each connection that the proxy cuts is one attempt.
    const socket = io(url, { ...options, transports: ['websocket'] }) as ReturnType<OpenSocket>;
    socket.on('chat:message', ({ seq = 0, offset }) => {
      const known = this.#offsets.get(seq) ?? offset;
      if (known !== offset) this.#failure ??= new Error(`text ${seq} is in the mailbox twice`);
      this.#offsets.set(seq, offset);
    });
    socket.on('session:welcome', ({ resumed }) => {
      if (resumed !== 'restored') return;
      // The mailbox is another one, and who sends cannot know what arrived.
      this.restores += 1;
      this.#offsets.clear();
    });
    return socket;
  };

  #look({ online, state, textLog }: CallView): void {
    if (this.#online && !online) this.cuts += 1;
    this.#online = online;
    if (state.status === 'failed') this.#failure ??= new Error(`${this.#parts.name}: ${state.reason}`);
    if (!textLog) return;
    this.#matchId ??= textLog.matchId;
    if (state.status !== 'connected' || state.match.matchId !== this.#matchId) {
      this.#failure ??= new Error(`${this.#parts.name} lost its match: ${JSON.stringify(state)}`);
    }
    this.#read(textLog.lines);
    queueMicrotask(() => this.#talk());
  }

  /** From the newest line back to what is known. */
  #read(lines: readonly TextLine[]): void {
    const news: TextLine[] = [];
    let unseen = this.#underway.size;
    for (let index = lines.length - 1, known = false; index >= 0 && !(known && unseen === 0); index--) {
      const line = lines[index] as TextLine;
      if (line.from === 'partner') {
        known ||= line.key === this.#noted;
        if (!known) news.unshift(line);
      } else if (this.#underway.has(line.key)) {
        unseen -= 1;
        if (line.progress === 'delivered') this.#underway.delete(line.key);
      }
    }
    for (const { text } of news) {
      this.heard.push(text);
      this.#parts.onheard?.();
    }
    this.#noted = news.at(-1)?.key ?? this.#noted;
  }

  #talk(): void {
    const { name, texts, random } = this.#parts;
    const ahead = random() * AHEAD_MAX;
    while (this.said.length < texts && this.#underway.size < ahead) {
      const number = this.said.length + 1;
      const text = `${name} ${number}${FILLERS[Math.floor(random() * FILLERS.length)]}`;
      if (!this.#call.say(text)) return;
      this.said.push(text);
      this.#underway.add(`me ${number}`);
    }
  }
}

function emptyStream(): MediaStream {
  return { getTracks: () => [] } as unknown as MediaStream;
}
