import type { BrowserContext } from 'playwright';

const LOADER = 'https://apis.google.com/js/api.js';
const LOOPBACK = new Set(['localhost', '127.0.0.1']);

/**
 * Cuts the browser off from everything but this machine, and makes Firebase's popup sign-in work all
 * the same: the SDK talks to its helper frame, also to the emulator's, through a library that it
 * loads from Google, and {@link frameMessaging} takes that library's place on both sides.
 */
export async function stubGooglePopup(context: BrowserContext): Promise<void> {
  await context.route(
    (url) => !LOOPBACK.has(url.hostname),
    (route) => {
      const { origin, pathname } = new URL(route.request().url());
      if (origin + pathname !== LOADER) return route.abort();
      return route.fulfill({ contentType: 'text/javascript', body: `(${frameMessaging})();` });
    },
  );
}

/** Runs in the browser: as much of `gapi.load` and `gapi.iframes` as Firebase's SDK and helper frame call. */
function frameMessaging(): void {
  const LINE = 'frame-messaging';
  type Handler = (data: unknown) => unknown;
  type Message =
    | { about: 'ready' }
    | { about: 'call'; id: number; name: string; data: unknown }
    | { about: 'answer'; id: number; answer: unknown };

  /** One end of the line between the page and its helper frame. */
  function lineTo(other: Window) {
    const handlers = new Map<string, Handler>();
    const unheard: { id: number; name: string; data: unknown }[] = [];
    const callbacks: ((answers: unknown[]) => void)[] = [];
    let hear: () => void;
    const ready = new Promise<void>((resolve) => (hear = resolve));
    const post = (message: Message) => other.postMessage({ line: LINE, ...message }, '*');

    async function take(call: { id: number; name: string; data: unknown }): Promise<void> {
      const handler = handlers.get(call.name);
      if (handler === undefined) unheard.push(call);
      else post({ about: 'answer', id: call.id, answer: await handler(call.data) });
    }

    function answered(id: number, answer: unknown): void {
      try {
        callbacks[id]?.([answer]);
      } catch {
        // One of the SDK's callbacks throws when its work is done (_isIframeWebStorageSupported, 12.19).
      }
    }

    window.addEventListener('message', ({ source, data }: MessageEvent<Message & { line?: unknown }>) => {
      if (source !== other || data?.line !== LINE) return;
      if (data.about === 'ready') hear();
      else if (data.about === 'call') void take(data);
      else answered(data.id, data.answer);
    });

    return {
      sayReady: () => post({ about: 'ready' }),
      register(name: string, handler: Handler): void {
        handlers.set(name, handler);
        for (const call of unheard.splice(0)) void take(call);
      },
      send(name: string, data: unknown, callback: (answers: unknown[]) => void = () => {}): void {
        post({ about: 'call', id: callbacks.push(callback) - 1, name, data });
      },
      restyle: () => Promise.resolve(),
      ping: (pong: () => void) => ready.then(pong),
    };
  }

  type Line = ReturnType<typeof lineTo>;
  const frames = {
    Iframe: Object,
    CROSS_ORIGIN_IFRAMES_FILTER: () => true,
    getContext: () => ({
      open<T>(
        { url, where }: { url: string; where: HTMLElement },
        opened: (line: Line) => T,
      ): Promise<Awaited<T>> {
        const frame = document.createElement('iframe');
        frame.hidden = true;
        frame.src = url;
        where.append(frame);
        if (frame.contentWindow === null) throw new Error('the frame has no window');
        return Promise.resolve(opened(lineTo(frame.contentWindow)));
      },
      getParentIframe(): Line {
        const line = lineTo(window.parent);
        line.sayReady();
        return line;
      },
    }),
  };
  const load = (_names: string, { callback }: { callback: () => void }): void => callback();
  const page = Object.assign(window as unknown as Record<string, unknown>, {
    gapi: { load, iframes: frames },
  });
  // Whoever loads the library says in its address, or by this name, what to call then.
  const { src } = document.currentScript as HTMLScriptElement;
  for (const name of [new URL(src).searchParams.get('onload'), 'gapi_onload']) {
    const run = name === null ? undefined : page[name];
    if (typeof run === 'function') run();
  }
}
