import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recallDevice, rememberDevice } from '../src/lib/device-memory.ts';
import { OwnDevices } from '../src/lib/own-devices.svelte.ts';
import { openStore } from '../src/lib/storage.ts';
import { FakeCall } from './fake-call.ts';
import { memoryStorage } from './memory-storage.ts';

const WEBCAM = { id: 'a', label: 'Webcam' };

// What the compiler makes of it is a value that tells who reads it; here nobody is told.
beforeEach(() => void vi.stubGlobal('$state', { raw: (value: unknown) => value }));
afterEach(() => void vi.unstubAllGlobals());

test('[U52] each chosen device is remembered by its id and its label, until it is the browser’s choice again', () => {
  const storage = memoryStorage();
  const store = openStore(() => storage);
  rememberDevice(store, 'camera', WEBCAM);
  rememberDevice(store, 'speaker', { id: 'b', label: '' });
  const later = openStore(() => storage);
  expect(recallDevice(later, 'camera')).toEqual(WEBCAM);
  expect(recallDevice(later, 'speaker')).toEqual({ id: 'b', label: '' });
  expect(recallDevice(later, 'microphone')).toBeUndefined();
  rememberDevice(later, 'camera', undefined);
  expect(recallDevice(later, 'camera')).toBeUndefined();
});

test.each([
  'nonsense',
  'null',
  '7',
  '{}',
  '{"id":1,"label":"x"}',
  '{"id":"","label":"x"}',
  '{"id":"x"}',
  JSON.stringify({ id: 'x'.repeat(501), label: '' }),
])('[U52] what is no device is dropped: %s', (kept) => {
  const store = openStore(memoryStorage);
  store.set('camera', kept);
  expect(recallDevice(store, 'camera')).toBeUndefined();
});

test('[U52] what could not be had is neither chosen nor remembered', async () => {
  const store = openStore(memoryStorage);
  const call = new FakeCall();
  const own = new OwnDevices(call, store);
  await own.choose('camera', WEBCAM);
  expect(own.camera).toEqual(WEBCAM);
  call.chooseDevice = () => Promise.resolve(false);
  await own.choose('camera', { id: 'b', label: 'Taken' });
  expect(own.camera).toEqual(WEBCAM);
  expect(recallDevice(store, 'camera')).toEqual(WEBCAM);
  await own.choose('speaker', { id: 'c', label: 'Loud' });
  expect(recallDevice(store, 'speaker')).toEqual({ id: 'c', label: 'Loud' });
});

test('[U52] what is remembered is told to the call, and stands though it cannot be had today', () => {
  const store = openStore(memoryStorage);
  rememberDevice(store, 'camera', WEBCAM);
  const call = new FakeCall();
  expect(new OwnDevices(call, store).camera).toEqual(WEBCAM);
  expect(call.asked).toEqual([['chooseDevice', 'video', WEBCAM]]);
});
