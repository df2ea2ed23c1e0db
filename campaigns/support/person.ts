import { io } from 'socket.io-client';
import {
  type Clock,
  type SignalingClient,
  type SignalingEvent,
  type SocketSignalingParts,
  createSocketSignaling,
} from '../../packages/call/src/index.ts';
import { DEFAULT_WISHES } from '../../packages/protocol/src/wishes.ts';

export interface Pass {
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface PersonParts {
  name: string;
  /** Each connection goes to the next of these servers. */
  urls: readonly string[];
  /** Which of them comes first. */
  first: number;
  /** A guest pass; with an older one for the same account. */
  sign(older?: string): Promise<Pass>;
  /** Something has happened to it. */
  onchange(): void;
}

/** What became of somebody since it was last marked. Times in milliseconds since 1970. */
export interface Fate {
  name: string;
  /** Where its line was then, by the place of the server in the list. */
  server: number;
  /** The match that was on then. */
  matchId: string | undefined;
  /** Its line was lost for the first time, and was there again after the last. */
  lostAt: number | undefined;
  backAt: number | undefined;
  /** Each time it came back it was to its session. */
  resumed: boolean;
  /** It was told that its partner has no line: the first time. */
  partnerAwayAt: number | undefined;
  /** Why its match ended, if it did: by what it was told, `me`, or `forgotten` with its session. */
  parted: string | undefined;
}

/** The texts of the match that is on, or was last. */
export interface Texts {
  name: string;
  matchId: string | undefined;
  said: number;
  delivered: number;
  heard: number;
}

type OpenSocket = NonNullable<SocketSignalingParts['io']>;
type Socket = ReturnType<OpenSocket>;

/** So much of what somebody did and heard is told with a fault. */
const RECENT = 16;

const clock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Somebody who chats by text through our own client's signaling, over WebSocket alone, and notes what happens. */
export class Person {
  readonly name: string;
  /** What must not have happened, each with what was done and heard last. */
  readonly faults: string[] = [];
  #recent: string[] = [];
  readonly #parts: PersonParts;
  readonly #signaling: SignalingClient;
  #pass: Promise<Pass> | undefined;
  #opened: number;
  #socket: Socket | undefined;
  #online = false;
  /** No new connection is made before this is done. */
  #absence: Promise<void> | undefined;
  #seeks = false;
  #matchId: string | undefined;
  #isPartnerAway = false;
  /** The server had forgotten the match: what its sender does not know to have arrived is said again. */
  #isRestored = false;
  #texts: Texts;
  #fate: Fate;

  constructor(parts: PersonParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.#opened = parts.first;
    this.#texts = { name: this.name, matchId: undefined, said: 0, delivered: 0, heard: 0 };
    this.#fate = this.mark();
    this.#signaling = createSocketSignaling({
      url: '',
      clock,
      auth: { token: (options) => this.#token(options?.fresh === true) },
      io: this.#open,
    });
    this.#signaling.on((event) => {
      this.#note(event);
      parts.onchange();
    });
  }

  get online(): boolean {
    return this.#online;
  }

  /** What it does, as far as it knows. */
  get status(): 'idle' | 'seeking' | 'matched' {
    if (this.#matchId !== undefined) return 'matched';
    return this.#seeks ? 'seeking' : 'idle';
  }

  get texts(): Readonly<Texts> {
    return this.#texts;
  }

  /** All it said in the match that is on has arrived, or the partner has no line. */
  get isHeard(): boolean {
    return this.#matchId === undefined || this.#isPartnerAway || this.#isDelivered();
  }

  get fate(): Readonly<Fate> {
    return this.#fate;
  }

  /** Its fate is told from now on. */
  mark(): Fate {
    return (this.#fate = {
      name: this.name,
      server: this.#serverOf(this.#opened - 1),
      matchId: this.#matchId,
      lostAt: undefined,
      backAt: undefined,
      resumed: true,
      partnerAwayAt: undefined,
      parted: undefined,
    });
  }

  enter(): void {
    this.#signaling.connect();
  }

  find(): void {
    this.#remember('(find)');
    this.#seeks = true;
    this.#signaling.find({ ...DEFAULT_WISHES, mode: 'text' });
  }

  /** Says the next text, if it is in a match and the one before has arrived. */
  say(): void {
    if (this.#matchId === undefined || !this.#isDelivered()) return;
    const seq = ++this.#texts.said;
    this.#signaling.say(this.#matchId, seq, `${this.name} ${seq}`);
  }

  skip(): void {
    if (this.#matchId === undefined) return;
    const matchId = this.#matchId;
    this.#remember('(skip)', matchId);
    this.#part('me');
    this.#seeks = true;
    this.#signaling.skip(matchId);
  }

  /** Ends its match, or its search. */
  leave(): void {
    this.#remember('(leave)', this.#matchId);
    this.#signaling.leave(this.#matchId);
    this.#part('me');
  }

  /** Its line breaks, and for so long it makes no other. */
  drop(absentMs: number): void {
    this.#remember('(drop)');
    this.#absence = new Promise((resolve) => setTimeout(resolve, absentMs));
    this.#socket?.io.engine.transport.close();
  }

  /** Its line breaks, and it is never seen again. */
  vanish(): void {
    this.#absence = new Promise(() => {});
    this.#socket?.io.engine.transport.close();
  }

  /** Goes for good; `enter` begins a new session. */
  goodbye(): void {
    this.#remember('(goodbye)');
    this.#signaling.close();
    this.#online = false;
    this.#part('me');
  }

  toString(): string {
    const { parted } = this.#fate;
    return `${this.name} ${this.status} ${this.#online ? 'online' : 'offline'}${parted ? `, parted: ${parted}` : ''}`;
  }

  readonly #open: OpenSocket = (_, options) => {
    const url = this.#parts.urls[this.#serverOf(this.#opened++)] ?? '';
    this.#socket = io(url, { ...options, transports: ['websocket'] }) as Socket;
    this.#socket.on('session:welcome', ({ resumed }) => {
      this.#isRestored ||= resumed === 'restored';
    });
    return this.#socket;
  };

  #serverOf(opened: number): number {
    return Math.max(0, opened) % this.#parts.urls.length;
  }

  async #token(fresh: boolean): Promise<Pass> {
    await this.#absence;
    const older = this.#pass;
    if (!older) this.#pass = this.#parts.sign();
    else if (fresh) this.#pass = older.then(({ token }) => this.#parts.sign(token));
    return this.#pass as Promise<Pass>;
  }

  #isDelivered(): boolean {
    return this.#texts.delivered === this.#texts.said;
  }

  /** The match is over, or the search. */
  #part(reason: string): void {
    if (this.#matchId !== undefined) this.#fate.parted ??= reason;
    this.#matchId = undefined;
    this.#seeks = false;
  }

  #remember(what: string, matchId = ''): void {
    this.#recent = [
      ...this.#recent.slice(1 - RECENT),
      `${Date.now() % 1_000_000} ${what} ${matchId.slice(0, 4)}`,
    ];
  }

  #fail(what: string): void {
    this.faults.push(`${this.name} ${what}; ${this.#recent.join(', ')}`);
  }

  #note(event: SignalingEvent): void {
    const { matchId } = event.type === 'matched' ? event.match : 'matchId' in event ? event : { matchId: '' };
    this.#remember(event.type, matchId);
    switch (event.type) {
      case 'online':
        this.#online = true;
        this.#fate.backAt = Date.now();
        break;
      case 'offline':
        this.#online = false;
        this.#fate.lostAt ??= Date.now();
        this.#fate.backAt = undefined;
        break;
      case 'welcome':
        if (!event.resumed) this.#beginAnew();
        break;
      case 'matched':
        this.#matchId = event.match.matchId;
        this.#seeks = this.#isPartnerAway = this.#isRestored = false;
        this.#texts = { name: this.name, matchId: this.#matchId, said: 0, delivered: 0, heard: 0 };
        break;
      case 'waiting':
        if (this.#matchId !== undefined) this.#fail('waits although it is in a match');
        break;
      case 'partner-away':
        if (event.matchId === this.#matchId) this.#isPartnerAway = true;
        if (event.matchId === this.#fate.matchId) this.#fate.partnerAwayAt ??= Date.now();
        break;
      case 'partner-back':
        if (event.matchId === this.#matchId) this.#isPartnerAway = false;
        break;
      case 'partner-left':
        if (event.matchId === this.#matchId) this.#part(event.reason);
        break;
      case 'text':
        this.#hear(event);
        break;
      case 'text-delivered':
        if (event.matchId === this.#texts.matchId) this.#texts.delivered += 1;
        break;
      case 'ended':
      case 'refused':
        this.#online = false;
        this.#fail(`${event.type}: ${event.reason}`);
        break;
      default:
        break;
    }
  }

  #beginAnew(): void {
    const seeks = this.#seeks;
    if (this.#fate.lostAt !== undefined) this.#fate.resumed = false;
    this.#part('forgotten');
    if (seeks) this.find();
  }

  #hear({ matchId, seq, text }: { matchId: string; seq: number; text: string }): void {
    // On its way when this side skipped.
    if (matchId !== this.#matchId) return;
    // Pages show such a text once.
    if (this.#isRestored && seq <= this.#texts.heard) return;
    const expected = ++this.#texts.heard;
    if (seq === expected && text.endsWith(` ${seq}`)) return;
    this.#fail(`heard number ${seq} where ${expected} was to come`);
  }
}
