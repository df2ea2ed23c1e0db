import { DEFAULT_WISHES, type Wishes } from '@passerby/protocol';
import { flushSync } from 'svelte';
import { toStore } from 'svelte/store';
import { expect, test } from 'vitest';
import { ReactiveCall } from '../src/lib/call.svelte.ts';
import { FakeCall } from './fake-call.ts';

test('[U13] whoever reads the view in an effect sees each change, and nobody listens afterwards', async () => {
  const fake = new FakeCall();
  const call = new ReactiveCall(fake);
  const seen: string[] = [];
  // A store of a getter is an effect around it, without the compiler.
  const stop = toStore(() => call.view).subscribe(({ state, muted }) =>
    seen.push(`${state.status} ${muted}`),
  );
  flushSync();
  fake.show({ muted: true });
  flushSync();
  fake.show({ state: { status: 'failed', reason: 'elsewhere' } });
  flushSync();
  expect(seen).toEqual(['idle false', 'idle true', 'failed true']);
  expect(fake.listeners.size).toBe(1);
  stop();
  // Svelte unsubscribes in a microtask, so that a new reader in the same task keeps the subscription.
  await Promise.resolve();
  expect(fake.listeners.size).toBe(0);
});

test('[U24] the toggle of a device that is missing asks for it again and switches nothing', () => {
  const fake = new FakeCall();
  const call = new ReactiveCall(fake);
  fake.show({ missing: { microphone: 'media-missing' } });
  call.toggleMicrophone('voice');
  call.toggleCamera('video');
  fake.show({ missing: { camera: 'media-busy' } });
  call.toggleMicrophone('voice');
  call.toggleCamera('video');
  expect(fake.asked).toEqual([
    ['preview', 'voice'],
    ['setCameraOff', true],
    ['setMuted', true],
    ['preview', 'video'],
  ]);
});

test('[U13] commands go to the call as they come', () => {
  const fake = new FakeCall();
  const call = new ReactiveCall(fake);
  const wishes: Wishes = DEFAULT_WISHES;
  call.start(wishes, { takeOver: true });
  call.toggleMicrophone('voice');
  call.toggleMicrophone('voice');
  call.toggleCamera('video');
  call.setWishes({ ...DEFAULT_WISHES, relayOnly: true });
  call.setAway(true);
  call.next();
  call.stop();
  expect(fake.asked).toEqual([
    ['start', wishes, { takeOver: true }],
    ['setMuted', true],
    ['setMuted', false],
    ['setCameraOff', true],
    ['setWishes', { ...DEFAULT_WISHES, relayOnly: true }],
    ['setAway', true],
    ['next'],
    ['stop'],
  ]);
});
