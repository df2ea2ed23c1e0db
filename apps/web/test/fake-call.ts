import type { CallView } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { CallEngine } from '../src/lib/call.svelte.ts';

export const IDLE_VIEW: CallView = {
  state: { status: 'idle' },
  online: false,
  offlineBanner: false,
  muted: false,
  cameraOff: false,
  localStream: undefined,
  missing: {},
  interrupted: {},
  fallbacks: {},
  devices: { cameras: [], microphones: [], speakers: [] },
  inUse: {},
  remoteStream: undefined,
  partnerMedia: { mic: true, cam: true, away: false },
  partnerAway: false,
  weakSide: undefined,
  pictureHopeless: false,
  textLog: undefined,
};

/** A `Call` that shows what it is told and notes what it is asked. */
export class FakeCall implements CallEngine {
  view = IDLE_VIEW;
  readonly asked: unknown[][] = [];
  readonly listeners = new Set<(view: CallView) => void>();

  show(change: Partial<CallView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener(this.view);
  }

  on(listener: (view: CallView) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async preview(mode?: Mode): Promise<void> {
    this.asked.push(['preview', mode]);
  }

  async adopt(...brought: Parameters<CallEngine['adopt']>): Promise<void> {
    this.asked.push(['adopt', ...brought]);
  }

  async chooseDevice(...choice: Parameters<CallEngine['chooseDevice']>): Promise<boolean> {
    this.asked.push(['chooseDevice', ...choice]);
    return true;
  }

  setDataSaver(on: boolean): void {
    this.asked.push(['setDataSaver', on]);
  }

  start(...options: Parameters<CallEngine['start']>): void {
    this.asked.push(['start', ...options]);
  }

  setWishes(...wishes: Parameters<CallEngine['setWishes']>): void {
    this.asked.push(['setWishes', ...wishes]);
  }

  widen(): void {
    this.asked.push(['widen']);
  }

  say(text: string): boolean {
    this.asked.push(['say', text]);
    return true;
  }

  typed(): void {
    this.asked.push(['typed']);
  }

  retry(): void {
    this.asked.push(['retry']);
  }

  next(): void {
    this.asked.push(['next']);
  }

  stop(): void {
    this.asked.push(['stop']);
  }

  setMuted(muted: boolean): void {
    this.asked.push(['setMuted', muted]);
    this.show({ muted });
  }

  async setCameraOff(cameraOff: boolean): Promise<void> {
    this.asked.push(['setCameraOff', cameraOff]);
    this.show({ cameraOff });
  }

  setAway(away: boolean): void {
    this.asked.push(['setAway', away]);
  }

  pause(): void {
    this.asked.push(['pause']);
  }

  resume(): void {
    this.asked.push(['resume']);
  }

  firstFrame(): void {
    this.asked.push(['firstFrame']);
  }

  close(): void {
    this.asked.push(['close']);
  }
}
