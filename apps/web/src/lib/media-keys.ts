import type { Unsubscribe } from '@passerby/call';

/** What the keys of a headset or keyboard, and the browser's own call controls, can do. */
export interface MediaKeys {
  toggleMicrophone: () => void;
  toggleCamera: () => void;
  hangUp: () => void;
}

/** An action as browsers call it; not each knows each. */
type Action = 'togglemicrophone' | 'togglecamera' | 'hangup';

/** Answers those keys until the returned function is called. */
export function answerMediaKeys(session: MediaSession | undefined, keys: MediaKeys): Unsubscribe {
  if (!session) return () => {};
  const actions: [Action, () => void][] = [
    ['togglemicrophone', keys.toggleMicrophone],
    ['togglecamera', keys.toggleCamera],
    ['hangup', keys.hangUp],
  ];
  for (const [action, run] of actions) answer(session, action, run);
  return () => {
    for (const [action] of actions) answer(session, action, null);
  };
}

/** Shows beside those controls what is on. */
export function showDevices(session: MediaSession | undefined, microphone: boolean, camera: boolean): void {
  // Firefox has the interface without these.
  void session?.setMicrophoneActive?.(microphone);
  void session?.setCameraActive?.(camera);
}

function answer(session: MediaSession, action: Action, run: (() => void) | null): void {
  try {
    // The library of types names fewer than browsers know.
    session.setActionHandler(action as MediaSessionAction, run);
  } catch {
    // A TypeError for an action that this browser does not know.
  }
}
