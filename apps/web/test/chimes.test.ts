import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chimes } from '../src/lib/chimes.ts';

/** What becomes of an element that is to play: by which speaker it did. */
class FakeAudio {
  static readonly played: string[] = [];
  srcObject: unknown = null;
  #speaker = 'default';

  async setSinkId(id: string): Promise<void> {
    if (id === 'gone') throw new DOMException('no such speaker', 'NotFoundError');
    this.#speaker = id;
  }

  async play(): Promise<void> {
    FakeAudio.played.push(this.#speaker);
  }
}

class FakeNode {
  readonly gain = {
    setValueAtTime: () => undefined,
    linearRampToValueAtTime: () => undefined,
    exponentialRampToValueAtTime: () => undefined,
  };
  readonly connect = (): FakeNode => this;
  readonly start = (): void => undefined;
  readonly stop = (): void => undefined;
}

class FakeContext {
  readonly state = 'running';
  readonly currentTime = 0;
  readonly createMediaStreamDestination = () => ({ stream: {} });
  readonly close = async (): Promise<void> => undefined;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeAudio.played.length = 0;
  vi.stubGlobal('Audio', FakeAudio);
  vi.stubGlobal('HTMLMediaElement', FakeAudio);
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('OscillatorNode', FakeNode);
  vi.stubGlobal('GainNode', FakeNode);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('[U100] a cue is heard by the speaker that was chosen, and where that one is gone by another', async () => {
  const chimes = new Chimes();
  for (const speaker of ['headset', 'gone', undefined]) {
    chimes.play('matched', speaker);
    await vi.runAllTimersAsync();
  }
  expect(FakeAudio.played).toEqual(['headset', 'default', 'default']);
  chimes.close();
});
