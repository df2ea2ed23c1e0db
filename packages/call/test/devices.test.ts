import { describe, expect, test } from 'vitest';
import type { CallErrorReason } from '../src/errors.ts';
import { findDevice } from '../src/device-list.ts';
import { DevicePermissions } from '../src/device-permissions.ts';
import { LocalMedia } from '../src/media.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { fakeLocalMedia, fakeStream, FakeDevices, FakeStream, FakeTrack } from './fake-media.ts';

const BOTH = { audio: true, video: true };
const HEADSET = { kind: 'audio', deviceId: 'audio-1', label: 'Headset' } as const;
const TABLE_MIC = { kind: 'audio', deviceId: 'audio-2', label: 'Table' } as const;
const WEBCAM = { kind: 'video', deviceId: 'video-1', label: 'Webcam' } as const;
const OTHER_CAM = { kind: 'video', deviceId: 'video-2', label: 'Other' } as const;
const ALL = [HEADSET, TABLE_MIC, WEBCAM, OTHER_CAM];
const TABLE = { id: 'audio-2', label: 'Table' };
const OTHER = { id: 'video-2', label: 'Other' };

function setUp(): { devices: FakeDevices; media: LocalMedia } {
  const devices = new FakeDevices();
  devices.plugged = ALL;
  return { devices, media: fakeLocalMedia(devices) };
}

function idOf(media: LocalMedia, kind: 'audio' | 'video'): string | undefined {
  return media.track(kind)?.getSettings().deviceId;
}

describe('choosing', () => {
  test('[K83] chosen devices are asked for by exactly their id, together, and again after a stop', async () => {
    const { devices, media } = setUp();
    await media.choose('audio', TABLE);
    await media.choose('video', OTHER);
    expect(devices.asked).toEqual([]);
    await media.open(BOTH);
    expect(devices.asked).toMatchObject([
      { audio: { deviceId: { exact: 'audio-2' } }, video: { deviceId: { exact: 'video-2' } } },
    ]);
    expect(media.inUse).toEqual({ camera: 'video-2', microphone: 'audio-2' });
    expect(media.fallbacks).toEqual({});
    media.stop();
    expect(media.inUse).toEqual({});
    await media.open(BOTH);
    expect(media.inUse).toEqual({ camera: 'video-2', microphone: 'audio-2' });
  });

  test('[K83] undefined leaves the choice to the browser again', async () => {
    const { devices, media } = setUp();
    await media.choose('video', OTHER);
    await media.choose('video', undefined);
    await media.open(BOTH);
    expect(devices.asked[0]?.video).not.toHaveProperty('deviceId');
  });

  test('[K84] chosen devices that are gone cost one prompt; another is used, and that is told', async () => {
    const { devices, media } = setUp();
    devices.plugged = [HEADSET, WEBCAM];
    await media.choose('audio', TABLE);
    await media.choose('video', OTHER);
    await media.open(BOTH);
    expect(devices.asked).toHaveLength(2);
    expect(devices.given).toHaveLength(2);
    expect(media.inUse).toEqual({ camera: 'video-1', microphone: 'audio-1' });
    expect(media.fallbacks).toEqual({ camera: 'media-missing', microphone: 'media-missing' });
    expect(media.missing).toEqual({});
    media.forgetFallbacks();
    expect(media.fallbacks).toEqual({});
  });

  test('[K84] where ids were made anew the device is found by its label, and nothing is told', async () => {
    const { devices, media } = setUp();
    await media.choose('audio', { id: 'of last year', label: 'Table' });
    await media.choose('video', OTHER);
    await media.open(BOTH);
    expect(media.inUse).toEqual({ camera: 'video-2', microphone: 'audio-2' });
    expect(media.fallbacks).toEqual({});
    expect(devices.live).toHaveLength(2);
    media.stop();
    await media.open(BOTH);
    // By its new id at once.
    expect(devices.asked.at(-1)).toMatchObject({ audio: { deviceId: { exact: 'audio-2' } } });
  });

  test('[K84] an id goes before a label, and a label that several have is nobody’s', () => {
    const [one, two] = [
      { id: '1', label: 'Webcam' },
      { id: '2', label: 'Webcam' },
    ];
    expect(findDevice([one, two], { id: '2', label: 'Webcam' })).toBe(two);
    expect(findDevice([one, two], { id: '3', label: 'Webcam' })).toBeUndefined();
    expect(findDevice([one], { id: '3', label: 'Webcam' })).toBe(one);
    expect(findDevice([one], { id: '3', label: 'Other' })).toBeUndefined();
  });

  test('[K84] [K46] stopped while a chosen device is found to be gone: nothing more is asked', async () => {
    const { devices, media } = setUp();
    devices.plugged = [HEADSET, WEBCAM];
    await media.choose('video', OTHER);
    const answer = devices.holdPrompt();
    const opening = media.open(BOTH);
    await settle();
    media.stop();
    answer();
    await opening;
    expect(devices.asked).toHaveLength(1);
  });

  test('[K84] with no device of the kind at all it is missing, not replaced', async () => {
    const { devices, media } = setUp();
    devices.plugged = [HEADSET];
    await media.choose('video', OTHER);
    await media.open(BOTH);
    expect(media.missing).toEqual({ camera: 'media-missing' });
    expect(media.fallbacks).toEqual({});
    expect(idOf(media, 'audio')).toBe('audio-1');
  });
});

describe('causes', () => {
  test.each([
    ['Permission dismissed', {}, 'media-dismissed'],
    ['Permission denied by system', {}, 'media-system'],
    ['Permission denied', {}, 'media-refused'],
    ['The request is not allowed', { camera: 'granted', microphone: 'granted' }, 'media-system'],
    ['The request is not allowed', { camera: 'prompt', microphone: 'prompt' }, 'media-dismissed'],
    ['The request is not allowed', { camera: 'denied', microphone: 'denied' }, 'media-refused'],
  ] as [string, FakeDevices['permitted'], CallErrorReason][])(
    '[K85] M01 refused with "%s" where the permissions are %o: %s',
    async (message, permitted, reason) => {
      const { devices, media } = setUp();
      Object.assign(devices.permitted, permitted);
      devices.getUserMedia = () => Promise.reject(new DOMException(message, 'NotAllowedError'));
      await media.open(BOTH);
      expect(media.missing).toEqual({ camera: reason, microphone: reason });
    },
  );

  test('[K85] M01 a page that the policy keeps from cameras is told apart from a user who does', async () => {
    const devices = new FakeDevices();
    const media = new LocalMedia({
      mediaDevices: devices,
      createStream: fakeStream,
      clock: new FakeClock(),
      isAllowed: (device) => device === 'microphone',
    });
    devices.failing.video = 'NotAllowedError';
    await media.open({ audio: false, video: true });
    expect(media.missing).toEqual({ camera: 'media-insecure' });
  });

  test('[K86] M02 granted later, elsewhere in the browser: the devices come by themselves', async () => {
    const { devices, media } = setUp();
    Object.assign(devices.permitted, { camera: 'denied', microphone: 'denied' });
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    await media.open(BOTH);
    expect(media.missing).toEqual({ camera: 'media-refused', microphone: 'media-refused' });
    delete devices.failing.video;
    devices.permit('camera', 'granted');
    await settle();
    expect(media.missing).toEqual({ microphone: 'media-refused' });
    expect(idOf(media, 'video')).toBe('video-1');
  });

  test('[K86] a block that was lifted needs no instructions any more, and prompts for nothing', async () => {
    const { devices, media } = setUp();
    Object.assign(devices.permitted, { camera: 'denied', microphone: 'denied' });
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    await media.open(BOTH);
    devices.permit('camera', 'prompt');
    devices.permit('microphone', 'prompt');
    await settle();
    expect(devices.asked).toHaveLength(1);
    expect(media.missing).toEqual({ camera: 'media-dismissed', microphone: 'media-dismissed' });
    devices.permit('camera', 'denied');
    expect(media.missing).toEqual({ camera: 'media-refused', microphone: 'media-dismissed' });
  });

  test('[K86] [K40] granted in the prompt that is open: that one brings the devices, and no other is asked', async () => {
    const { devices, media } = setUp();
    Object.assign(devices.permitted, { camera: 'prompt', microphone: 'prompt' });
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    await media.open(BOTH);
    delete devices.failing.audio;
    delete devices.failing.video;
    const answer = devices.holdPrompt();
    const again = media.open(BOTH);
    await settle();
    devices.permit('camera', 'granted');
    devices.permit('microphone', 'granted');
    await settle();
    expect(devices.asked).toHaveLength(2);
    answer();
    await again;
    await settle();
    expect(devices.asked).toHaveLength(2);
    expect(devices.live).toEqual(media.stream.getTracks());
    expect(media.missing).toEqual({});
  });

  test('[K86] a permission asked about twice at once tells its changes once, and none after it is left', async () => {
    const status = Object.assign(new EventTarget(), { state: 'prompt' }) as PermissionStatus;
    const told: PermissionState[] = [];
    const permissions = new DevicePermissions({
      permissions: { query: () => Promise.resolve(status) },
      isAllowed: undefined,
      onchange: (_, state) => told.push(state),
    });
    const states = await Promise.all([permissions.state('video'), permissions.state('video')]);
    expect(states).toEqual(['prompt', 'prompt']);
    status.dispatchEvent(new Event('change'));
    expect(told).toEqual(['prompt']);
    permissions.unwatch();
    status.dispatchEvent(new Event('change'));
    expect(told).toEqual(['prompt']);
    expect(await permissions.state('video')).toBe('prompt');
    status.dispatchEvent(new Event('change'));
    expect(told).toEqual(['prompt', 'prompt']);
  });

  test('[K86] after a stop a permission that changes brings nothing on', async () => {
    const { devices, media } = setUp();
    Object.assign(devices.permitted, { camera: 'denied', microphone: 'denied' });
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    await media.open(BOTH);
    media.stop();
    devices.permit('camera', 'granted');
    await settle();
    expect(devices.asked).toHaveLength(1);
  });
});

describe('changing', () => {
  test('[K87] the old device runs until the new one is there; the stream stays the same', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    const { stream } = media;
    const old = media.track('video');
    const answer = devices.holdPrompt();
    const changed = media.choose('video', OTHER);
    await settle();
    expect(old?.readyState).toBe('live');
    answer();
    await changed;
    expect(old?.readyState).toBe('ended');
    expect(media.stream).toBe(stream);
    expect(media.inUse).toEqual({ camera: 'video-2', microphone: 'audio-1' });
    expect(devices.live).toHaveLength(2);
  });

  test('[K87] where the browser bears one microphone alone, the old one is given back first', async () => {
    const devices = new FakeDevices();
    devices.plugged = ALL;
    const media = new LocalMedia({
      mediaDevices: devices,
      createStream: fakeStream,
      clock: new FakeClock(),
      oneAtATime: ['audio'],
    });
    await media.open(BOTH);
    const answer = devices.holdPrompt();
    const changed = media.choose('audio', TABLE);
    await settle();
    expect(devices.live.map(({ kind }) => kind)).toEqual(['video']);
    answer();
    await changed;
    expect(media.inUse).toEqual({ camera: 'video-1', microphone: 'audio-2' });
  });

  test('[K87] a new microphone is as muted as the old one', async () => {
    const { media } = setUp();
    await media.open(BOTH);
    media.setMuted(true);
    await media.choose('audio', TABLE);
    expect(media.track('audio')?.enabled).toBe(false);
  });

  test('[K87] a device that cannot be had leaves the old one in use, and says why', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    devices.busy.add('video-2');
    await media.choose('video', OTHER);
    expect(media.inUse.camera).toBe('video-1');
    expect(media.track('video')?.readyState).toBe('live');
    expect(media.fallbacks).toEqual({ camera: 'media-busy' });
    expect(await media.choose('audio', TABLE)).toBe(true);
    expect(await media.choose('video', OTHER)).toBe(false);
    // It is not asked for behind the user's back later.
    await media.setCameraOff(true);
    await media.setCameraOff(false);
    expect(media.inUse.camera).toBe('video-1');
    expect(media.missing).toEqual({});
  });

  test('[K87] one that cannot be had where none is in use is not asked for again by itself either', async () => {
    const { devices, media } = setUp();
    devices.plugged = [HEADSET];
    await media.open(BOTH);
    devices.plugged = ALL;
    devices.busy.add('video-2');
    expect(await media.choose('video', OTHER)).toBe(false);
    expect(media.missing).toEqual({ camera: 'media-busy' });
    devices.dispatchEvent(new Event('devicechange'));
    await settle();
    expect(media.inUse.camera).toBe('video-1');
    expect(media.missing).toEqual({});
  });

  test('[K87] that the old one was given back first costs nobody their microphone', async () => {
    const devices = new FakeDevices();
    devices.plugged = ALL;
    const media = new LocalMedia({
      mediaDevices: devices,
      createStream: fakeStream,
      clock: new FakeClock(),
      oneAtATime: ['audio'],
    });
    await media.open(BOTH);
    devices.busy.add('audio-2');
    await media.choose('audio', TABLE);
    expect(media.inUse.microphone).toBe('audio-1');
    expect(media.track('audio')?.readyState).toBe('live');
    expect(media.fallbacks).toEqual({ microphone: 'media-busy' });
  });

  test('[K87] a camera switched off while another is being chosen stays off', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    const answer = devices.holdPrompt();
    const changed = media.choose('video', OTHER);
    await settle();
    await media.setCameraOff(true);
    answer();
    await changed;
    expect(devices.live.map(({ kind }) => kind)).toEqual(['audio']);
    await media.setCameraOff(false);
    expect(media.inUse.camera).toBe('video-2');
  });

  test('[K87] stopped while another device is being asked for: it is given back', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    const answer = devices.holdPrompt();
    const changed = media.choose('video', OTHER);
    await settle();
    media.stop();
    answer();
    await changed;
    expect(devices.live).toEqual([]);
    expect(media.fallbacks).toEqual({});
  });
});

describe('coming and going', () => {
  test('[K88] M06 what is unplugged is replaced by what is there, and that is told', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    devices.plug(TABLE_MIC, WEBCAM, OTHER_CAM);
    await settle();
    expect(media.inUse).toEqual({ camera: 'video-1', microphone: 'audio-2' });
    expect(media.fallbacks).toEqual({ microphone: 'media-missing' });
    expect(media.missing).toEqual({});
  });

  test('[K88] M06 where there is no other it is missing', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    devices.plug(HEADSET, TABLE_MIC);
    await settle();
    expect(media.missing).toEqual({ camera: 'media-missing' });
    expect(media.fallbacks).toEqual({});
  });

  test.each([
    ['prompt', 'media-missing'],
    ['denied', 'media-refused'],
  ] as const)('[K88] while the permission is %s nothing is asked: %s', async (state, reason) => {
    const { devices, media } = setUp();
    Object.assign(devices.permitted, { camera: state, microphone: state });
    await media.open(BOTH);
    devices.plug(HEADSET, OTHER_CAM);
    await settle();
    expect(devices.asked).toHaveLength(1);
    expect(media.missing).toEqual({ camera: reason });
  });

  test('[K88] where what comes instead is chance, the user chooses', async () => {
    const devices = new FakeDevices();
    devices.plugged = ALL;
    const media = new LocalMedia({
      mediaDevices: devices,
      createStream: fakeStream,
      clock: new FakeClock(),
      replacesNothing: true,
    });
    await media.open(BOTH);
    devices.plug(TABLE_MIC, WEBCAM);
    await settle();
    expect(media.missing).toEqual({ microphone: 'media-missing' });
    expect(devices.asked).toHaveLength(1);
  });

  test('[K88] [K40] what is unplugged while the browser asks is replaced after its answer', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    const answer = devices.holdPrompt();
    const changed = media.choose('video', OTHER);
    await settle();
    devices.plug(TABLE_MIC, WEBCAM, OTHER_CAM);
    await settle();
    expect(media.track('audio')).toBeNull();
    expect(devices.asked).toHaveLength(2);
    answer();
    await changed;
    await settle();
    expect(media.inUse).toEqual({ camera: 'video-2', microphone: 'audio-2' });
    expect(media.fallbacks).toEqual({ microphone: 'media-missing' });
  });

  test('[K88] had again before it was replaced, it is not', async () => {
    const { devices, media } = setUp();
    await media.open(BOTH);
    const answer = devices.holdPrompt();
    const changed = media.choose('video', OTHER);
    await settle();
    const opening = media.open(BOTH);
    devices.plug(TABLE_MIC, WEBCAM, OTHER_CAM);
    answer();
    await Promise.all([changed, opening]);
    await settle();
    expect(devices.asked).toHaveLength(3);
    expect(media.inUse.microphone).toBe('audio-2');
    expect(devices.live).toHaveLength(2);
  });

  test('[K89] the list is there once the devices are, and follows them until stop', async () => {
    const { devices, media } = setUp();
    let changes = 0;
    media.on(() => (changes += 1));
    expect(media.devices).toEqual({ cameras: [], microphones: [], speakers: [] });
    await media.open(BOTH);
    await settle();
    expect(media.devices.microphones).toEqual([{ id: 'audio-1', label: 'Headset' }, TABLE]);
    const before = media.devices;
    changes = 0;
    devices.plug(HEADSET, WEBCAM);
    await settle();
    expect(changes).toBeGreaterThan(0);
    expect(media.devices).not.toBe(before);
    expect(media.devices.cameras).toEqual([{ id: 'video-1', label: 'Webcam' }]);
    media.stop();
    devices.plug(...ALL);
    await settle();
    expect(media.devices.cameras).toHaveLength(1);
  });

  test('[K89] devices without a name, as before any permission, are no choice', async () => {
    const { devices, media } = setUp();
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    devices.plugged = [{ kind: 'video', deviceId: '', label: '' }];
    await media.open(BOTH);
    await settle();
    expect(media.devices.cameras).toEqual([]);
  });

  test('[K89] a browser that lists nothing still gives what it is asked for', async () => {
    const { devices, media } = setUp();
    devices.enumerateDevices = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    await media.open(BOTH);
    await settle();
    expect(media.missing).toEqual({});
    expect(media.devices.cameras).toEqual([]);
  });

  test('[K89] M06 what was missing or taken is asked for again when a device comes, unless that would prompt', async () => {
    const { devices, media } = setUp();
    devices.plugged = [HEADSET];
    await media.open(BOTH);
    expect(media.missing).toEqual({ camera: 'media-missing' });
    devices.plug(HEADSET, WEBCAM);
    await settle();
    expect(media.missing).toEqual({});

    const other = setUp();
    other.devices.plugged = [HEADSET];
    await other.media.open(BOTH);
    other.devices.permitted.camera = 'prompt';
    other.devices.plug(HEADSET, WEBCAM);
    await settle();
    expect(other.media.missing).toEqual({ camera: 'media-missing' });
  });
});

test('[K89] [K40] a burst of changes asks once at a time, and no more once it is there', async () => {
  const { devices, media } = setUp();
  devices.plugged = [WEBCAM];
  await media.open(BOTH);
  expect(media.missing).toEqual({ microphone: 'media-missing' });
  const before = devices.asked.length;
  const answer = devices.holdPrompt();
  for (let i = 0; i < 3; i += 1) devices.plug(HEADSET, WEBCAM);
  await settle();
  expect(devices.asked).toHaveLength(before + 1);
  answer();
  await settle();
  expect(devices.asked).toHaveLength(before + 1);
  expect(media.missing).toEqual({});
});

describe('what a control of the browser brings', () => {
  const brought = () => new FakeStream([new FakeTrack('audio'), new FakeTrack('video')]);

  test('[K94] its stream serves as one that was asked for', async () => {
    const { devices, media } = setUp();
    await media.adopt(brought() as unknown as MediaStream, BOTH);
    expect(devices.asked).toEqual([]);
    expect(media.inUse).toEqual({ camera: 'video-1', microphone: 'audio-1' });
    await media.open(BOTH);
    expect(devices.asked).toEqual([]);
  });

  test('[K94] what the mode does not need is given back', async () => {
    const { media } = setUp();
    const stream = brought();
    await media.adopt(stream as unknown as MediaStream, { audio: true, video: false });
    expect(stream.getTracks().map(({ kind, readyState }) => [kind, readyState])).toEqual([
      ['audio', 'live'],
      ['video', 'ended'],
    ]);
  });

  test('[K94] [K83] a device that was chosen takes the place of the one it brings', async () => {
    const { media } = setUp();
    await media.choose('video', OTHER);
    await media.adopt(brought() as unknown as MediaStream, BOTH);
    expect(media.inUse).toEqual({ camera: 'video-2', microphone: 'audio-1' });
  });

  test('[K94] [K46] stopped before its turn came, it is given back', async () => {
    const { devices, media } = setUp();
    const answer = devices.holdPrompt();
    const opening = media.open(BOTH);
    const stream = brought();
    const adopting = media.adopt(stream as unknown as MediaStream, BOTH);
    await settle();
    media.stop();
    answer();
    await Promise.all([opening, adopting]);
    expect(stream.getTracks().map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  test('[K94] [K46] stopped while the cause of its error is looked up: nothing is missing', async () => {
    const { devices, media } = setUp();
    Object.assign(devices.permitted, { camera: 'denied', microphone: 'denied' });
    const adopting = media.adopt(new DOMException('Permission denied', 'NotAllowedError'), BOTH);
    await Promise.resolve();
    media.stop();
    // Started anew: what was wrong before the stop says nothing of it.
    const answer = devices.holdPrompt();
    const opening = media.open(BOTH);
    await adopting;
    await settle();
    expect(media.missing).toEqual({});
    answer();
    await opening;
  });

  test('[K94] its error has the same causes', async () => {
    const { media } = setUp();
    await media.adopt(new DOMException('Permission dismissed', 'NotAllowedError'), BOTH);
    expect(media.missing).toEqual({ camera: 'media-dismissed', microphone: 'media-dismissed' });
  });
});
