import type { Call, CallView } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import { createSubscriber } from 'svelte/reactivity';

/** What the screen needs of a `Call`; a scripted one serves as well. */
export type CallEngine = Pick<
  Call,
  | 'view'
  | 'on'
  | 'preview'
  | 'adopt'
  | 'chooseDevice'
  | 'setDataSaver'
  | 'start'
  | 'setWishes'
  | 'widen'
  | 'say'
  | 'typed'
  | 'retry'
  | 'next'
  | 'stop'
  | 'setMuted'
  | 'setCameraOff'
  | 'setAway'
  | 'pause'
  | 'resume'
  | 'firstFrame'
  | 'close'
>;

/** The one bridge between a `Call` and Svelte: whoever reads `view` in an effect runs again when it changes. */
export class ReactiveCall {
  readonly #call: CallEngine;
  readonly #subscribe: () => void;

  constructor(call: CallEngine) {
    this.#call = call;
    this.#subscribe = createSubscriber((update) => call.on(update));
  }

  get view(): CallView {
    this.#subscribe();
    return this.#call.view;
  }

  readonly preview: CallEngine['preview'] = (mode) => this.#call.preview(mode);
  readonly adopt: CallEngine['adopt'] = (brought, mode) => this.#call.adopt(brought, mode);
  readonly chooseDevice: CallEngine['chooseDevice'] = (kind, device) => this.#call.chooseDevice(kind, device);
  readonly setDataSaver: CallEngine['setDataSaver'] = (on) => this.#call.setDataSaver(on);
  readonly start: CallEngine['start'] = (wishes, options) => this.#call.start(wishes, options);
  readonly setWishes: CallEngine['setWishes'] = (wishes) => this.#call.setWishes(wishes);
  readonly widen: CallEngine['widen'] = () => this.#call.widen();
  readonly say: CallEngine['say'] = (text) => this.#call.say(text);
  readonly typed: CallEngine['typed'] = () => this.#call.typed();
  readonly retry: CallEngine['retry'] = () => this.#call.retry();
  readonly next: CallEngine['next'] = () => this.#call.next();
  readonly stop: CallEngine['stop'] = () => this.#call.stop();
  readonly setMuted: CallEngine['setMuted'] = (muted) => this.#call.setMuted(muted);
  readonly setAway: CallEngine['setAway'] = (away) => this.#call.setAway(away);
  readonly pause: CallEngine['pause'] = () => this.#call.pause();
  readonly resume: CallEngine['resume'] = () => this.#call.resume();
  readonly firstFrame: CallEngine['firstFrame'] = () => this.#call.firstFrame();
  readonly close: CallEngine['close'] = () => this.#call.close();
  /** On or off; where there is none, it is asked for again. `mode`: what a preview is for; a session knows its own. */
  readonly toggleMicrophone = (mode: Mode): void => {
    const { missing, muted } = this.#call.view;
    if (missing.microphone) void this.#call.preview(mode);
    else this.#call.setMuted(!muted);
  };
  readonly toggleCamera = (mode: Mode): void => {
    const { missing, cameraOff } = this.#call.view;
    if (missing.camera) void this.#call.preview(mode);
    else void this.#call.setCameraOff(!cameraOff);
  };
}
