import type { Call, CallView } from '@passerby/call';
import { createSubscriber } from 'svelte/reactivity';

/** What the screen needs of a `Call`; a scripted one serves as well. */
export type CallEngine = Pick<
  Call,
  | 'view'
  | 'on'
  | 'preview'
  | 'start'
  | 'next'
  | 'stop'
  | 'setMuted'
  | 'setCameraOff'
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

  readonly preview: CallEngine['preview'] = () => this.#call.preview();
  readonly start: CallEngine['start'] = (wishes, options) => this.#call.start(wishes, options);
  readonly next: CallEngine['next'] = () => this.#call.next();
  readonly stop: CallEngine['stop'] = () => this.#call.stop();
  readonly pause: CallEngine['pause'] = () => this.#call.pause();
  readonly resume: CallEngine['resume'] = () => this.#call.resume();
  readonly firstFrame: CallEngine['firstFrame'] = () => this.#call.firstFrame();
  readonly close: CallEngine['close'] = () => this.#call.close();
  readonly toggleMicrophone = (): void => this.#call.setMuted(!this.#call.view.muted);
  readonly toggleCamera = (): void => void this.#call.setCameraOff(!this.#call.view.cameraOff);
}
