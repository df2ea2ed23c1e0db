import {
  DEFAULT_WISHES,
  isErrorCode,
  PROTOCOL_VERSION,
  type Ack,
  type CallReport,
  type ClientAttempt,
  type ErrorCode,
  type HandshakeAuth,
  type WelcomePayload,
} from '@passerby/protocol';
import { backOffMs } from './back-off.ts';
import { CallError, type CallErrorReason } from './errors.ts';
import { Outbox, type Command } from './outbox.ts';
import { keepRenewed } from './token-renewal.ts';
import type { AuthSource, Clock, NetworkChanges, SignalingEvent, Unsubscribe } from './types.ts';
import { listenToWire, sayOnWire, type Receive, type SignalingSocket } from './wire.ts';

type Refusal = Extract<Ack, { error: ErrorCode }>;

interface SocketOptions {
  auth: HandshakeAuth;
  transports: string[];
  tryAllTransports: boolean;
  reconnection: false;
  forceNew: true;
}

export type OpenSocket = (url: string, options: SocketOptions) => SignalingSocket;

export interface SocketSessionParts {
  /** Origin of the server. */
  url: string;
  auth: AuthSource;
  /** For each connection the next one. */
  nextAttempt(): ClientAttempt;
  /** For each signal of a match the next one. */
  nextSeq(matchId: string): number;
  clock: Clock;
  /** Comes back at once when the network does, instead of at the next attempt. */
  networkChanges?: NetworkChanges;
  /** Socket.IO's `io`, or what stands in for it. */
  io: OpenSocket;
  /** In [0, 1). */
  random?: () => number;
}

/** From the opening of a socket to the server's welcome. */
const WELCOME_TIMEOUT_MS = 15_000;
/** However long a server that closes asks to wait. */
const RETURN_MAX_MS = 10_000;
const REPLY_TIMEOUT_MS = 5_000;
/** Before what was refused is asked for again, where the server does not say when. */
const RETRY_MS = 1_000;
/** Commands say how far events were handled. Where none comes: after a text, whose sender waits to hear that it arrived … */
const ACK_TEXT_MS = 200;
/** … and after anything else, which the server only keeps for so long. */
const ACK_MS = 10_000;
const ACK_EVENTS_MAX = 16;

/**
 * One session with the server, over as many sockets as it takes. Every attempt has a socket of its own,
 * and whatever an older one still says is not heard.
 */
export class SocketSession {
  readonly #parts: SocketSessionParts;
  readonly #emit: (event: SignalingEvent) => void;
  /** Only to get in: a later return must not take over from whoever took over from us. */
  #takeOver: boolean;
  readonly #outbox = new Outbox();
  /** Of the match that is on, for a server that forgets it. */
  #proof: { matchId: string; proof: string } | undefined;
  /** What was searched for last. */
  #wishes = DEFAULT_WISHES;
  readonly #unsubscribe: Unsubscribe | undefined;
  #socket: SignalingSocket | undefined;
  /** The text that is under way on this socket. */
  #saying: Command | undefined;
  /** It was refused for now and waits to be said again. */
  #sayingWaits = false;
  /** Signals that were refused for now and wait to be sent again. */
  readonly #refusedSignals = new Set<Command>();
  #resumeToken: string | undefined;
  #welcomed = false;
  #failures = 0;
  /** The server closes and said when to come back. */
  #returnInMs: number | undefined;
  /** The server refused the last token. */
  #refused = false;
  #handled = 0;
  #acknowledged = 0;
  #closed = false;
  #cancelAttempt: Unsubscribe | undefined;
  #cancelAck: Unsubscribe | undefined;
  #cancelTextAck: Unsubscribe | undefined;
  #cancelRenewal: Unsubscribe | undefined;

  constructor(parts: SocketSessionParts, takeOver: boolean, emit: (event: SignalingEvent) => void) {
    this.#parts = parts;
    this.#takeOver = takeOver;
    this.#emit = emit;
    this.#unsubscribe = parts.networkChanges?.(() => {
      // The old socket may take many seconds to find out that its path is gone.
      this.#failures = 0;
      this.#retry();
    });
    void this.#attempt();
  }

  send(command: Command): void {
    this.#outbox.add(command);
    if (command.type === 'find') this.#wishes = command.wishes;
    if (!this.#welcomed) return;
    if (command.type === 'text') this.#sayNext();
    else this.#deliver(command);
  }

  unsay(matchId: string, seq: number): void {
    this.#outbox.unsay(matchId, seq);
  }

  report(matchId: string, report: CallReport): void {
    if (this.#welcomed) this.#socket?.emit('peer:report', { matchId, ...report });
  }

  hurry(): void {
    if (this.#socket) return;
    this.#failures = 0;
    this.#retry();
  }

  iceServers(matchId: string): Promise<RTCIceServer[]> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      if (!this.#welcomed || !socket) {
        reject(new CallError('server-unreachable'));
        return;
      }
      const cancel = this.#parts.clock.after(REPLY_TIMEOUT_MS, () =>
        reject(new CallError('server-unreachable')),
      );
      socket.emit('peer:ice', { matchId }, (reply) => {
        cancel();
        if ('ok' in reply) resolve(reply.iceServers);
        else reject(new CallError('server-unreachable'));
      });
    });
  }

  /** Says goodbye and closes, in this task. */
  close(): void {
    if (this.#closed) return;
    const socket = this.#socket;
    if (socket?.connected) {
      this.#sayRest();
      socket.emit('session:end');
      // It closes by itself once all that is written: cut off with the rest, it would take that along.
      this.#socket = undefined;
      socket.disconnect();
    }
    this.#end();
  }

  #end(): void {
    this.#closed = true;
    this.#unsubscribe?.();
    this.#drop();
  }

  /** Lets go of the socket, without a goodbye, and of everything that waits for it. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#saying = undefined;
    this.#cancelAttempt?.();
    this.#cancelAcks();
    this.#cancelRenewal?.();
    socket?.io.engine.transport.close();
    if (!this.#welcomed) return;
    this.#welcomed = false;
    this.#emit({ type: 'offline' });
  }

  /** The next attempt, after the wait that is due. */
  #retry(): void {
    this.#drop();
    if (this.#closed) return;
    const ms = this.#returnInMs ?? backOffMs(this.#failures, (this.#parts.random ?? Math.random)());
    this.#returnInMs = undefined;
    this.#failures += 1;
    this.#cancelAttempt = this.#parts.clock.after(ms, () => void this.#attempt());
  }

  /** The session is gone and the user is not to blame: the next attempt is for its match, if one is on, or a new one. */
  #beginAnew(): void {
    this.#resumeToken = undefined;
    this.#retry();
  }

  #fail(reason: CallErrorReason): void {
    this.#end();
    this.#emit({ type: 'refused', reason });
  }

  async #attempt(): Promise<void> {
    const { auth, clock, url, io } = this.#parts;
    let overtaken = false;
    const cancelTimeout = clock.after(WELCOME_TIMEOUT_MS, () => this.#retry());
    this.#cancelAttempt = () => {
      overtaken = true;
      cancelTimeout();
    };
    let pass: Awaited<ReturnType<AuthSource['token']>>;
    try {
      pass = await auth.token({ fresh: this.#refused });
    } catch (error) {
      if (overtaken) return;
      if (error instanceof CallError) this.#fail(error.reason);
      else this.#retry();
      return;
    }
    if (overtaken) return;
    const socket = io(url, {
      auth: this.#handshake(pass.token),
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnection: false,
      forceNew: true,
    });
    this.#socket = socket;
    this.#listen(socket);
  }

  #handshake(token: string): HandshakeAuth {
    return {
      token,
      protocol: PROTOCOL_VERSION,
      client: this.#parts.nextAttempt(),
      takeOver: this.#takeOver,
      ...(this.#resumeToken !== undefined && { resume: { token: this.#resumeToken, offset: this.#handled } }),
      ...(this.#proof && { restore: { proof: this.#proof.proof, wishes: this.#wishes } }),
    };
  }

  #listen(socket: SignalingSocket): void {
    // Each event is handled once: a replay of what was handled before is dropped.
    const receive: Receive = (offset, event) => {
      if (socket !== this.#socket || (offset !== undefined && offset <= this.#handled)) return;
      if (offset !== undefined) {
        this.#handled = offset;
        this.#acknowledgeLater(event?.type === 'text');
      }
      if (event?.type === 'matched') {
        const { match, proof } = event;
        this.#outbox.found();
        this.#proof = proof === undefined ? undefined : { matchId: match.matchId, proof };
      }
      if (event?.type === 'text-delivered') this.#outbox.unsay(event.matchId, event.seq);
      if (event?.type === 'partner-left') {
        this.#outbox.over(event.matchId);
        this.#over(event.matchId);
      }
      if (event?.type === 'ended') this.#end();
      if (event) this.#emit(event);
    };
    socket.on('connect_error', (error) => {
      if (socket === this.#socket) this.#refuse(codeOf(error));
    });
    socket.on('disconnect', () => {
      if (socket === this.#socket) this.#retry();
    });
    socket.on('server:draining', ({ returnInMs }) => {
      if (socket === this.#socket) this.#returnInMs = Math.min(Math.max(returnInMs, 0), RETURN_MAX_MS);
    });
    socket.on('session:welcome', (welcome) => {
      if (socket === this.#socket) this.#welcome(welcome);
    });
    listenToWire(socket, receive, () => {
      if (socket === this.#socket) this.#beginAnew();
    });
  }

  /** The handshake failed: for good, for this token, or for now. */
  #refuse(code: ErrorCode | undefined): void {
    switch (code) {
      case 'elsewhere':
        this.#fail('elsewhere');
        break;
      case 'token-missing':
      case 'token-invalid':
        if (this.#refused) {
          this.#fail('signed-out');
          break;
        }
        this.#refused = true;
        this.#retry();
        break;
      case 'token-expired':
        this.#refused = true;
        this.#retry();
        break;
      case 'session-unknown':
        this.#beginAnew();
        break;
      case 'too-many-connections':
        // In a session our own dead socket may be the one too many; it goes by itself.
        if (this.#resumeToken === undefined) this.#fail('too-many-connections');
        else this.#retry();
        break;
      case 'protocol-outdated':
        this.#fail('page-outdated');
        break;
      case 'origin-refused':
      case 'adult-statement-required':
      case 'payload-invalid':
      case 'payload-too-large':
        this.#fail('server-unreachable');
        break;
      default:
        this.#retry();
    }
  }

  #welcome({ resumed, resumeToken, state, tokenLeftMs }: WelcomePayload): void {
    this.#cancelAttempt?.();
    this.#welcomed = true;
    this.#failures = 0;
    this.#refused = this.#takeOver = false;
    this.#resumeToken = resumeToken;
    if (resumed === 'none') {
      this.#outbox.clear();
      this.#proof = undefined;
      this.#handled = this.#acknowledged = 0;
    }
    // Also shows that the new resume token has arrived.
    this.#acknowledge();
    for (const signal of this.#refusedSignals) this.#renumbered(signal);
    const unsaid = resumed === 'restored' ? this.#outbox.restore(state) : this.#outbox.resume(state);
    for (const command of unsaid) {
      if (command.type === 'text') this.#sayNext();
      else this.#deliver(command);
    }
    if (this.#socket) {
      const { auth, clock } = this.#parts;
      this.#cancelRenewal = keepRenewed({ socket: this.#socket, auth, clock, leftMs: tokenLeftMs });
    }
    this.#emit({ type: 'online' });
    this.#emit({ type: 'welcome', resumed: resumed !== 'none', standing: state });
  }

  #deliver(command: Command): void {
    const socket = this.#socket;
    if (!socket) return;
    if (command.type === 'skip' || command.type === 'leave') this.#sayRest();
    const reply = (ack: Ack): void => {
      if (socket !== this.#socket) return;
      if ('ok' in ack) this.#arrived(command);
      else this.#commandRefused(command, ack);
    };
    sayOnWire(socket, command, this.#takeHandled(), reply);
  }

  /** That match is not on any more: nobody wants it back. */
  #over(matchId: string | undefined): void {
    if (matchId === undefined || matchId === this.#proof?.matchId) this.#proof = undefined;
  }

  #arrived(command: Command): void {
    this.#outbox.acknowledged(command);
    if (command.type === 'skip' || command.type === 'leave') this.#over(command.matchId);
    if (command.type !== 'text') return;
    this.#emit({ type: 'text-taken', matchId: command.matchId, seq: command.seq });
    this.#said(command);
  }

  /** One text at a time: refused for a moment, it would otherwise be overtaken, and count as a repeat. */
  #sayNext(): void {
    const [next] = this.#outbox.texts;
    if (this.#saying || !next) return;
    this.#saying = next;
    this.#sayingWaits = false;
    this.#deliver(next);
  }

  /** Before the match ends: what is still to be said goes out as it is. */
  #sayRest(): void {
    for (const text of this.#outbox.texts) {
      if (text !== this.#saying || this.#sayingWaits) this.#deliver(text);
    }
  }

  #said(text: Command): void {
    if (this.#saying !== text) return;
    this.#saying = undefined;
    this.#sayNext();
  }

  #commandRefused(refused: Command, { error, retry, retryInMs = RETRY_MS }: Refusal): void {
    if (error === 'session-unknown') {
      this.#beginAnew();
      return;
    }
    if (!retry || !this.#outbox.has(refused)) {
      this.#outbox.acknowledged(refused);
      this.#said(refused);
      return;
    }
    if (isSignal(refused)) this.#refusedSignals.add(refused);
    if (error === 'rate-limited' && (refused.type === 'find' || refused.type === 'skip')) {
      this.#emit({ type: 'slowed', retryInMs });
    }
    const socket = this.#socket;
    if (refused === this.#saying) this.#sayingWaits = true;
    this.#parts.clock.after(retryInMs, () => {
      if (socket !== this.#socket) return;
      if (refused === this.#saying) this.#sayingWaits = false;
      const command = this.#renumbered(refused);
      if (this.#outbox.has(command)) this.#deliver(command);
      else this.#said(command);
    });
  }

  /**
   * To be called when a command that was refused goes out again: under its old number, or any from before that
   * moment, a signal would count as a repeat behind those that were taken meanwhile.
   */
  #renumbered(command: Command): Command {
    if (!this.#refusedSignals.delete(command) || !isSignal(command) || !this.#outbox.has(command))
      return command;
    const again = { ...command, seq: this.#parts.nextSeq(command.matchId) };
    this.#outbox.acknowledged(command);
    this.#outbox.add(again);
    return again;
  }

  #acknowledgeLater(isText: boolean): void {
    if (!this.#welcomed) return;
    const { clock } = this.#parts;
    const acknowledge = () => this.#acknowledge();
    if (this.#handled - this.#acknowledged >= ACK_EVENTS_MAX) acknowledge();
    else if (isText) this.#cancelTextAck ??= clock.after(ACK_TEXT_MS, acknowledge);
    else this.#cancelAck ??= clock.after(ACK_MS, acknowledge);
  }

  #acknowledge(): void {
    this.#cancelAcks();
    this.#acknowledged = this.#handled;
    this.#socket?.emit('session:ack', { upTo: this.#handled });
  }

  /** What a command says beside: how far events were handled, unless that was said before. */
  #takeHandled(): number | undefined {
    if (this.#acknowledged === this.#handled) return undefined;
    this.#cancelAcks();
    this.#acknowledged = this.#handled;
    return this.#handled;
  }

  #cancelAcks(): void {
    this.#cancelAck?.();
    this.#cancelTextAck?.();
    this.#cancelAck = this.#cancelTextAck = undefined;
  }
}

function isSignal(command: Command): command is Extract<Command, { type: 'description' | 'candidate' }> {
  return command.type === 'description' || command.type === 'candidate';
}

/** Our server says `{code, retry}` beside the message of a refused handshake. */
function codeOf(error: Error & { data?: unknown }): ErrorCode | undefined {
  const { data } = error;
  if (typeof data !== 'object' || data === null || !('code' in data)) return undefined;
  return isErrorCode(data.code) ? data.code : undefined;
}
