export {
  browserClock,
  browserNetworkChanges,
  createBrowserCall,
  type BrowserCallOptions,
} from './browser.ts';
export { Call, type CallParts, type StartOptions } from './call.ts';
export { CallError, mainReason, type CallErrorReason, type MissingDevices } from './errors.ts';
export { LocalMedia, type LocalMediaParts } from './media.ts';
export { createSocketSignaling, type SocketSignalingParts } from './signaling.ts';
export * from './types.ts';
