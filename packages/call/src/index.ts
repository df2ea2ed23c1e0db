export {
  browserClock,
  browserNetworkChanges,
  createBrowserCall,
  type BrowserCallOptions,
} from './browser.ts';
export { Call, type CallParts, type StartOptions } from './call.ts';
export { CallError, type CallErrorReason } from './errors.ts';
export { LocalMedia, type LocalMediaParts } from './media.ts';
export { createSocketSignaling, type SocketSignalingParts } from './signaling.ts';
export * from './types.ts';
