import type { Device } from './device-list.ts';
import type { Kind } from './peer.ts';

/** Which device was chosen of each kind. */
export type Choices = Readonly<Partial<Record<Kind, Device>>>;

/** Camera and microphone, for a control of the browser's own to ask for. */
export function captureConstraints(): MediaStreamConstraints {
  return constraintsFor(['audio', 'video'], {}, false);
}

/** What a browser is asked for. A chosen device is asked for exactly, or it would be a mere hint. */
export function constraintsFor(
  kinds: readonly Kind[],
  choices: Choices,
  phone: boolean,
): MediaStreamConstraints {
  const exactly = (kind: Kind) => {
    const choice = choices[kind];
    return choice && { deviceId: { exact: choice.id } };
  };
  return {
    audio: kinds.includes('audio') && {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...exactly('audio'),
    },
    video: kinds.includes('video') && {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: phone ? 24 : 30 },
      ...(exactly('video') ?? { facingMode: 'user' }),
    },
  };
}
