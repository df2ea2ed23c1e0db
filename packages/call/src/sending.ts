import type { Kind } from './peer.ts';
import { PICTURE_STEPS } from './picture-step.ts';

/** The most that one side sends: bits a second, and the shorter side of the picture in pixels. */
const AUDIO_MAX_BPS = 32_000;
const VIDEO_MAX = {
  desktop: { bps: 1_500_000, pixels: 720 },
  phone: { bps: 800_000, pixels: 540 },
  saver: { bps: 300_000, pixels: 360 },
} as const;

/** How much is sent: what a desktop or a phone can, or as little as shows a face. */
export type Quality = keyof typeof VIDEO_MAX;

/** The most that one side sends in a second, sound included; with a picture or without. */
export function bitsPerSecond(quality: Quality, withPicture: boolean): number {
  return AUDIO_MAX_BPS + (withPicture ? VIDEO_MAX[quality].bps : 0);
}

/**
 * Holds a sender to what a call between two needs. To be called after the offer or the answer was made (before it the
 * answerer has nothing to set) and after each change of the track, whose size counts; never twice at a time for one
 * sender, because parameters that were read are good for one write. `step`: an index of {@link PICTURE_STEPS}.
 *
 * [K35] `isSilent`: nothing comes in from the partner, so what is sent gets lost, and no picture is. A browser keeps
 * what it sent for some 3 s, and would send it again once it can: old pictures, which Chromium's receiver may take for
 * the pace of the line, and then holds the new ones back for 3 s. And what is sent anew begins with a whole picture,
 * for which Chromium's receiver would ask only every 3 s.
 */
export async function capSending(
  sender: RTCRtpSender,
  kind: Kind,
  { quality, step, isSilent }: { quality: Quality; step: number; isSilent: boolean },
): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (!encoding) return;
  if (kind === 'audio') {
    encoding.maxBitrate = AUDIO_MAX_BPS;
  } else {
    const most = VIDEO_MAX[quality];
    const { bps, pixels, frames } = PICTURE_STEPS[step] ?? PICTURE_STEPS[0];
    const { width = 0, height = 0 } = sender.track?.getSettings() ?? {};
    encoding.maxBitrate = Math.min(most.bps, bps);
    encoding.scaleResolutionDownBy = Math.max(1, Math.min(width, height) / Math.min(most.pixels, pixels));
    encoding.active = !isSilent;
    delete encoding.maxFramerate;
    if (frames !== undefined) encoding.maxFramerate = frames;
    // With too little to send on, sharpness and motion are to give way alike.
    parameters.degradationPreference = 'balanced';
    if (sender.track) sender.track.contentHint = 'motion';
  }
  // A browser that refuses sends what it thinks right.
  await sender.setParameters(parameters).catch(() => undefined);
}
