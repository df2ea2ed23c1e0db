import { expect, test } from 'vitest';
import { mainReason, type CallErrorReason, type MissingDevices } from '../src/errors.ts';
import { LocalMedia } from '../src/media.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { fakeLocalMedia, fakeStream, FakeDevices, type FakeTrack } from './fake-media.ts';

const BOTH = { audio: true, video: true };

function setUp(): { devices: FakeDevices; media: LocalMedia } {
  const devices = new FakeDevices();
  return { devices, media: fakeLocalMedia(devices) };
}

function kindsOf(media: LocalMedia): string[] {
  return media.stream.getTracks().map((track) => track.kind);
}

test('[K40] camera and microphone are asked for together, once', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  await media.open(BOTH);
  expect(devices.asked).toHaveLength(1);
  expect(devices.asked[0]).toEqual({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: 'user' },
  });
  expect(kindsOf(media)).toEqual(['audio', 'video']);
  expect(media.missing).toEqual({});
});

test('[K40] two askers at the same time cost one prompt', async () => {
  const { devices, media } = setUp();
  await Promise.all([media.open(BOTH), media.open(BOTH)]);
  expect(devices.asked).toHaveLength(1);
  expect(devices.live).toHaveLength(2);
});

test('[K40] a phone is asked for 24 pictures a second', async () => {
  const devices = new FakeDevices();
  await new LocalMedia({
    mediaDevices: devices,
    createStream: fakeStream,
    clock: new FakeClock(),
    phone: true,
  }).open(BOTH);
  expect(devices.asked[0]?.video).toMatchObject({ frameRate: { ideal: 24 } });
});

test('[K40] only what the mode needs is asked for, and what it does not need is given back', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  await media.open({ audio: true, video: false });
  expect(kindsOf(media)).toEqual(['audio']);
  expect(devices.live.map((track) => track.kind)).toEqual(['audio']);
  await media.open({ audio: false, video: false });
  expect(devices.live).toEqual([]);
  expect(devices.asked).toHaveLength(1);
});

test('[K41] a dead camera does not cost the microphone, nor a dead microphone the camera', async () => {
  const { devices, media } = setUp();
  devices.failing.video = 'NotReadableError';
  await media.open(BOTH);
  expect(kindsOf(media)).toEqual(['audio']);
  expect(media.missing).toEqual({ camera: 'media-busy' });

  const other = setUp();
  other.devices.failing.audio = 'NotFoundError';
  await other.media.open(BOTH);
  expect(kindsOf(other.media)).toEqual(['video']);
  expect(other.media.missing).toEqual({ microphone: 'media-missing' });
});

test.each([
  ['NotAllowedError', 'media-refused'],
  ['SecurityError', 'media-refused'],
  ['NotFoundError', 'media-missing'],
  ['OverconstrainedError', 'media-missing'],
  ['NotReadableError', 'media-busy'],
  ['AbortError', 'media-busy'],
  ['TypeError', 'media-insecure'],
  ['SomethingElse', 'media-unknown'],
])('[K42] %s is %s', async (name, reason) => {
  const { devices, media } = setUp();
  devices.failing.audio = devices.failing.video = name;
  await media.open(BOTH);
  expect(media.missing).toEqual({ camera: reason, microphone: reason });
  expect(media.track('audio')).toBeNull();
});

test('[K42] a page without mediaDevices is insecure', async () => {
  const media = new LocalMedia({ mediaDevices: undefined, createStream: fakeStream, clock: new FakeClock() });
  await media.open(BOTH);
  expect(media.missing).toEqual({ camera: 'media-insecure', microphone: 'media-insecure' });
});

test('[K42] asking again after a failure clears it when it works', async () => {
  const { devices, media } = setUp();
  devices.failing.video = 'NotReadableError';
  await media.open(BOTH);
  delete devices.failing.video;
  await media.open(BOTH);
  expect(media.missing).toEqual({});
  expect(kindsOf(media)).toEqual(['audio', 'video']);
});

test('[K47] what is missing is named, each device with its own reason', async () => {
  const { devices, media } = setUp();
  devices.failing.video = 'NotFoundError';
  devices.failing.audio = 'NotAllowedError';
  // A browser looks for the devices before it asks for them.
  devices.getUserMedia = (constraints = {}) => {
    devices.asked.push(constraints);
    const kind = constraints.video ? 'video' : 'audio';
    return Promise.reject(new DOMException('fails', devices.failing[kind]));
  };
  await media.open(BOTH);
  expect(media.missing).toEqual({ camera: 'media-missing', microphone: 'media-refused' });
  expect(mainReason(media.missing)).toBe('media-refused');
});

test.each([
  [{ camera: 'media-missing' }, 'media-missing'],
  [{ camera: 'media-missing', microphone: 'media-busy' }, 'media-busy'],
  [{ camera: 'media-busy', microphone: 'media-refused' }, 'media-busy'],
  [{ microphone: 'media-refused' }, 'media-refused'],
  [{}, undefined],
] as [MissingDevices, CallErrorReason | undefined][])(
  '[K47] of %o, %s is solved first',
  (missing, reason) => {
    expect(mainReason(missing)).toBe(reason);
  },
);

test('[K47] what is missing is the same object until it changes', async () => {
  const { devices, media } = setUp();
  const before = media.missing;
  await media.open(BOTH);
  expect(media.missing).toBe(before);
  devices.plug();
  await settle();
  expect(media.missing).not.toBe(before);
});

test.each([
  ['both were blocked', { camera: 'denied', microphone: 'denied' }, 'media-refused'],
  ['the prompt was closed', { camera: 'prompt', microphone: 'prompt' }, 'media-dismissed'],
  ['the browser knows of one alone', { camera: 'denied' }, 'media-refused'],
  ['the browser does not say', {}, 'media-refused'],
] as [string, FakeDevices['permitted'], CallErrorReason][])(
  '[K48] refused once is not asked again: %s',
  async (_, permitted, reason) => {
    const { devices, media } = setUp();
    Object.assign(devices.permitted, permitted);
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    await media.open(BOTH);
    expect(devices.asked).toHaveLength(1);
    expect(media.missing).toEqual({ camera: reason, microphone: reason });
  },
);

test('[K48] refused once is not asked again in a browser without the Permissions API', async () => {
  const devices = new FakeDevices();
  const media = new LocalMedia({ mediaDevices: devices, createStream: fakeStream, clock: new FakeClock() });
  devices.failing.audio = devices.failing.video = 'NotAllowedError';
  await media.open(BOTH);
  expect(devices.asked).toHaveLength(1);
});

test.each([
  ['granted', 'camera'],
  ['prompt', 'camera'],
  ['granted', 'microphone'],
  ['prompt', 'microphone'],
] as const)('[K48] what is %s beside a blocked %s is asked for alone', async (state, blocked) => {
  const { devices, media } = setUp();
  const [kind, other, spared] =
    blocked === 'camera'
      ? (['video', 'audio', 'microphone'] as const)
      : (['audio', 'video', 'camera'] as const);
  devices.permitted[blocked] = 'denied';
  devices.permitted[spared] = state;
  devices.failing[kind] = 'NotAllowedError';
  await media.open(BOTH);
  expect(devices.asked).toHaveLength(2);
  expect(devices.asked[1]).toMatchObject({ [kind]: false });
  expect(kindsOf(media)).toEqual([other]);
  expect(media.missing).toEqual({ [blocked]: 'media-refused' });
});

test('[K48] stopped while the permissions are looked up: nothing more is asked', async () => {
  const { devices, media } = setUp();
  Object.assign(devices.permitted, { camera: 'denied', microphone: 'granted' });
  devices.failing.video = 'NotAllowedError';
  const query = devices.query.bind(devices);
  devices.query = (descriptor) => {
    media.stop();
    return query(descriptor);
  };
  await media.open(BOTH);
  expect(devices.asked).toHaveLength(1);
  expect(media.missing).toEqual({});
});

test('[K43] mute keeps the device and silences it, also one that comes later', async () => {
  const { devices, media } = setUp();
  media.setMuted(true);
  await media.open(BOTH);
  expect(media.track('audio')?.enabled).toBe(false);
  media.setMuted(false);
  expect(media.track('audio')?.enabled).toBe(true);
  expect(devices.live).toHaveLength(2);
});

test('[K44] camera off gives the device back in the same task; on asks again', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  const stream = media.stream;
  const off = media.setCameraOff(true);
  expect(devices.live.map((track) => track.kind)).toEqual(['audio']);
  expect(kindsOf(media)).toEqual(['audio']);
  await off;
  await media.setCameraOff(false);
  expect(devices.asked.at(-1)).toMatchObject({ audio: false });
  expect(kindsOf(media)).toEqual(['audio', 'video']);
  expect(media.stream).toBe(stream);
});

test('[K44] with the camera switched off before the start, only the microphone is asked for', async () => {
  const { devices, media } = setUp();
  await media.setCameraOff(true);
  await media.open(BOTH);
  expect(devices.asked).toMatchObject([{ video: false }]);
});

test('[K44] a camera that cannot be had again is missing, with the reason, and is asked for again later', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  await media.setCameraOff(true);
  devices.failing.video = 'NotReadableError';
  await media.setCameraOff(false);
  expect(media.cameraOff).toBe(false);
  expect(media.missing).toEqual({ camera: 'media-busy' });
  delete devices.failing.video;
  await media.open(BOTH);
  expect(media.missing).toEqual({});
  expect(kindsOf(media)).toEqual(['audio', 'video']);
});

test('[K44] a camera switched off while the browser refuses it is off, not missing', async () => {
  const { devices, media } = setUp();
  devices.failing.video = 'NotReadableError';
  const answer = devices.holdPrompt();
  const opening = media.open(BOTH);
  await settle();
  await media.setCameraOff(true);
  answer();
  await opening;
  expect(media.missing).toEqual({});
  expect(kindsOf(media)).toEqual(['audio']);
});

test('[K44] what is switched on again while the browser still asks is asked for after the first answer', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  await media.setCameraOff(true);
  const answers = [devices.holdPrompt(), devices.holdPrompt()];
  const first = media.setCameraOff(false);
  await settle();
  await media.setCameraOff(true);
  const second = media.setCameraOff(false);
  await settle();
  expect(devices.asked).toHaveLength(2);
  devices.failing.video = 'AbortError';
  answers[0]?.();
  await first;
  delete devices.failing.video;
  answers[1]?.();
  await second;
  expect(media.missing).toEqual({});
  expect(kindsOf(media)).toEqual(['audio', 'video']);
});

test('[K44] switched off while the browser still asks: the camera that comes is stopped', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  await media.setCameraOff(true);
  const answer = devices.holdPrompt();
  const on = media.setCameraOff(false);
  await settle();
  await media.setCameraOff(true);
  answer();
  await on;
  expect(devices.live.map((track) => track.kind)).toEqual(['audio']);
  expect(media.cameraOff).toBe(true);
});

test('[K44] on, off and on again while the browser asks leaves one camera', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  await media.setCameraOff(true);
  const answer = devices.holdPrompt();
  const first = media.setCameraOff(false);
  await settle();
  await media.setCameraOff(true);
  const second = media.setCameraOff(false);
  await settle();
  answer();
  await Promise.all([first, second]);
  expect(devices.asked).toHaveLength(2);
  expect(devices.live.map((track) => track.kind)).toEqual(['audio', 'video']);
  expect(media.track('video')).toBe(devices.live[1]);
});

test('[K45] a device that goes away by itself is reported and no longer sent', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  let changes = 0;
  media.on(() => (changes += 1));
  devices.failing.video = 'NotFoundError';
  (media.track('video') as unknown as FakeTrack).unplug();
  expect(media.track('video')).toBeNull();
  expect(changes).toBe(1);
  await settle();
  expect(media.missing).toEqual({ camera: 'media-missing' });
  delete devices.failing.video;
  await media.setCameraOff(false);
  expect(media.missing).toEqual({});
  expect(kindsOf(media)).toEqual(['audio', 'video']);
});

test('[K45] a device that is gone before its track arrives is reported too', async () => {
  const { devices, media } = setUp();
  const answer = devices.holdPrompt();
  const opening = media.open(BOTH);
  answer();
  while (devices.given.length === 0) await Promise.resolve();
  devices.given[1]?.unplug();
  await opening;
  expect(media.missing).toEqual({ camera: 'media-missing' });
  expect(kindsOf(media)).toEqual(['audio']);
});

test('[K46] stop ends every track in the same task', async () => {
  const { devices, media } = setUp();
  await media.open(BOTH);
  const before = media.stream;
  media.stop();
  expect(devices.live).toEqual([]);
  expect(before.getTracks()).toEqual([]);
  expect(media.stream).not.toBe(before);
});

test('[K46] devices that are granted after stop are given back at once', async () => {
  const { devices, media } = setUp();
  const answer = devices.holdPrompt();
  const opening = media.open(BOTH);
  await settle();
  media.stop();
  answer();
  await opening;
  expect(devices.given).toHaveLength(2);
  expect(devices.live).toEqual([]);
  expect(media.missing).toEqual({});
});

test('[K46] a prompt left open by an earlier start does not hold up the next', async () => {
  const { devices, media } = setUp();
  const answer = devices.holdPrompt();
  const stale = media.open(BOTH);
  await settle();
  media.stop();
  await media.open(BOTH);
  expect(kindsOf(media)).toEqual(['audio', 'video']);
  answer();
  await stale;
  expect(devices.given).toHaveLength(4);
  expect(devices.live).toEqual(media.stream.getTracks());
});
