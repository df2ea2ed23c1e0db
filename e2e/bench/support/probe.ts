/** What the probe leaves on the page; times in milliseconds since 1970, with fractions, alike in all pages. */
export interface Probed {
  /** Of each call whose picture came: the server's word that somebody was found, and the first painted frame. */
  calls: { matched: number; frame: number }[];
  /** Next or Start was pressed. */
  pressed: number[];
  /** The first paint after that in which the page says that it searches, or has found somebody already. */
  searching: number[];
}

declare global {
  interface Window {
    probed: Probed;
  }
}

/** Runs in the page before anything else. `size`: what the camera is asked for, whatever the page asks. */
export function probe(size: { width: number; height: number }): void {
  const probed: Probed = { calls: [], pressed: [], searching: [] };
  window.probed = probed;
  // The next search begins when the bench says so, and at its word, on the slowest of machines.
  if (location.protocol.startsWith('http')) {
    localStorage.setItem('passerby.auto-next', 'off');
    localStorage.setItem('passerby.confirm-skip', 'never');
  }
  const since1970 = (at: number) => performance.timeOrigin + at;

  /** So soon the browser has told what it measured of a click. */
  const TOLD_WITHIN_MS = 300;
  let matched = NaN;
  window.WebSocket = class extends WebSocket {
    constructor(...options: ConstructorParameters<typeof WebSocket>) {
      super(...options);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string' && /^42\["peer:(found|accepted)"/.test(data))
          matched = since1970(performance.now());
      });
    }
  };

  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  let awaited = 0;
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...source,
    set(this: HTMLVideoElement, stream: MediaStream | null) {
      source?.set?.call(this, stream);
      if (this.dataset['testid'] !== 'remote-video') return;
      // Of a picture that never came nothing is awaited any more.
      this.cancelVideoFrameCallback(awaited);
      if (!stream) return;
      awaited = this.requestVideoFrameCallback((now) =>
        probed.calls.push({ matched, frame: since1970(now) }),
      );
    },
  });

  /** When the browser showed what a click had changed, by when that was; of less than 16 ms it tells nothing. */
  const shown = new Map<number, number>();
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      if (name === 'click') shown.set(startTime, startTime + duration);
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  addEventListener(
    'click',
    ({ target, timeStamp }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      if (!button || !/^(Next|Start)$/.test(button.textContent.trim())) return;
      probed.pressed.push(since1970(timeStamp));
      const look = () => {
        if (!document.querySelector('[data-state="searching"], [data-state="connecting"]')) {
          requestAnimationFrame(look);
          return;
        }
        const drawnAt = performance.now();
        setTimeout(() => {
          // A task behind the frame's callbacks: it has been painted, often long before.
          const paintedBy = performance.now();
          setTimeout(() => {
            const shownAt = shown.get(timeStamp) ?? timeStamp + 16;
            probed.searching.push(since1970(drawnAt <= shownAt ? Math.min(shownAt, paintedBy) : paintedBy));
          }, TOLD_WITHIN_MS);
        });
      };
      requestAnimationFrame(look);
    },
    true,
  );

  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  if (!mediaDevices) return;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (constraints = {}) =>
    getUserMedia({
      ...constraints,
      ...(constraints.video && { video: { width: size.width, height: size.height, frameRate: 30 } }),
    });
}
