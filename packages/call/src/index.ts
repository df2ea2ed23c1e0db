export { afterPaint } from './after-paint.ts';
export {
  browserClock,
  browserNetworkChanges,
  checkBrowserReach,
  createBrowserCall,
  watchBrowserLevel,
  type BrowserCallOptions,
} from './browser.ts';
export { Call, type CallParts, type StartOptions } from './call.ts';
export { captureConstraints } from './capture.ts';
export type { Device, Devices } from './device-list.ts';
export { CallError, isRefusal, mainReason, type CallErrorReason, type MissingDevices } from './errors.ts';
export type { DevicesInUse, Interrupted } from './held-devices.ts';
export type { WeakSide } from './link.ts';
export { LocalMedia, type Fallbacks, type LocalMediaParts } from './media.ts';
export type { Reach } from './reach.ts';
export { bitsPerSecond, type Quality } from './sending.ts';
export { createSocketSignaling, type SocketSignalingParts } from './signaling.ts';
export { TIMES } from './times.ts';
export * from './types.ts';
