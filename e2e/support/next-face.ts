import { type AnyPage, inPage } from './any-page.ts';

/** Skips are 700 ms apart; a frame more, for the press is heard a little after it is made. */
const PACE_MS = 720;

export interface Gone {
  /** When it was pressed; milliseconds since 1970. */
  at: number;
  /** The same by the page's own clock. */
  pressedAt: number;
  /** Until no picture and no sound of the partner is shown any more, and that is painted. */
  tookMs: number;
}

/** Presses Next, not sooner after the last time than it counts, and looks at every frame from then on. */
export function pressAndLook(page: AnyPage): Promise<Gone> {
  return inPage(
    page,
    async (paceMs) => {
      const painted = () =>
        new Promise<void>((resolve) => requestAnimationFrame(() => window.setTimeout(resolve)));
      const lastAt = window.probed.pressed.at(-1) ?? 0;
      do await painted();
      while (performance.timeOrigin + performance.now() < lastAt + paceMs);
      const partner = document.querySelector<HTMLVideoElement>('[data-testid=remote-video]');
      const stream = partner?.srcObject as MediaStream;
      const changes = window.recording.states.length;
      const pressedAt = performance.now();
      document.querySelector<HTMLElement>('.control.primary')?.click();
      const isGone = () =>
        window.recording.states.slice(changes).some(({ state }) => state === 'searching') &&
        // Neither seen nor heard, though the element may let go of it a little later.
        [...document.querySelectorAll<HTMLMediaElement>('video, audio')].every(
          (element) =>
            element.srcObject !== stream ||
            (element.paused && !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })),
        );
      do await painted();
      while (!isGone());
      return { at: performance.timeOrigin + pressedAt, pressedAt, tookMs: performance.now() - pressedAt };
    },
    PACE_MS,
  );
}

/** From the match until both have painted a frame of the other; the match came after `since`, in ms since 1970. */
export async function faceMs(one: AnyPage, other: AnyPage, since: number): Promise<number> {
  const sides = await Promise.all(
    [one, other].map((page) =>
      inPage(
        page,
        async (since) => {
          for (;;) {
            const call = window.probed.calls.at(-1);
            if (call && call.matched >= since) return call;
            await new Promise(requestAnimationFrame);
          }
        },
        since,
      ),
    ),
  );
  return Math.max(...sides.map(({ frame }) => frame)) - Math.min(...sides.map(({ matched }) => matched));
}
