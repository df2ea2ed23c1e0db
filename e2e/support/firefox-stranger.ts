import { existsSync } from 'node:fs';
import puppeteer, { type BrowserContext, type ElementHandle, type Page } from 'puppeteer-core';
import { noteAnnouncements } from './announcements.ts';
import { hiddenFocus } from './keyboard.ts';
import { record } from './recorder.ts';

/** Debian's, driven over WebDriver BiDi; Playwright drives only a build of its own. */
const EXECUTABLE = '/usr/bin/firefox-esr';

const PREFERENCES = {
  // A picture and a tone, and nobody asked for leave.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  // On a machine with no network but loopback there would be no candidate at all.
  'media.peerconnection.ice.loopback': true,
  // Names for addresses are for pages without a camera, but a fake one does not count. Nothing here resolves them, and
  // Chromium then holds on to the addresses from before an ICE restart, which Firefox still answers but has left.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

/** What Firefox itself says of a WebSocket; nobody could catch it. */
const LINE_LOST = /establish a connection to the server|was interrupted while the page was loading/;
/** Begins what the page logs of a violated policy. */
const VIOLATION = 'policy violated:';

/** Of two engines that encode and decode on two cores each step may take its time; none of these waits is a bound. */
const WAIT_MS = 60_000;
/** More stops than any page has. */
const STOPS_MAX = 80;

/** A person at a Firefox. */
export class FirefoxStranger {
  readonly page: Page;
  /** What nobody caught in the page. */
  readonly uncaught: string[] = [];
  /** What the policy of a page did not allow. */
  readonly violations: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('pageerror', (error) => {
      if (!LINE_LOST.test(String(error))) this.uncaught.push(String(error));
    });
    page.on('console', (message) => {
      const text = message.text();
      if (text.startsWith(VIOLATION)) this.violations.push(text);
    });
  }

  /** Why there is none on this machine; undefined where there is. */
  static unavailable(): string | undefined {
    return existsSync(EXECUTABLE) ? undefined : `there is no ${EXECUTABLE}`;
  }

  /** Opens a browser, which `close` ends. */
  static async open(preferences: Record<string, boolean | number> = {}): Promise<FirefoxStranger> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: EXECUTABLE,
      headless: true,
      extraPrefsFirefox: { ...PREFERENCES, ...preferences },
    });
    return FirefoxStranger.#in(browser.defaultBrowserContext());
  }

  /** Somebody else in the same browser, with storage of their own. */
  async neighbour(): Promise<FirefoxStranger> {
    return FirefoxStranger.#in(await this.#context.browser().createBrowserContext());
  }

  static async #in(context: BrowserContext): Promise<FirefoxStranger> {
    const page = await context.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    page.setDefaultTimeout(WAIT_MS);
    await page.evaluateOnNewDocument(record);
    await page.evaluateOnNewDocument(noteAnnouncements);
    await page.evaluateOnNewDocument((mark) => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.log(mark, violatedDirective, blockedURI),
      );
      // Skips when a test wants to, as the strangers at Chromium do.
      if (location.protocol.startsWith('http')) localStorage.setItem('passerby.confirm-skip', 'never');
    }, VIOLATION);
    return new FirefoxStranger(context, page);
  }

  /** From the landing page through the 18+ gate to the chat, as a guest. */
  async signInAsGuest(url: string): Promise<void> {
    await this.page.goto(url);
    await this.press('link', 'Start');
    await this.press('button', 'I am 18 or older and I agree');
    await this.press('button', 'Continue as guest');
    await this.page.waitForSelector('[data-state]');
  }

  async press(role: 'button' | 'link', name: string): Promise<void> {
    const found = (await this.page.waitForSelector(
      `::-p-aria([role="${role}"][name="${name}"])`,
    )) as ElementHandle;
    await found.click();
  }

  async expectState(state: string): Promise<void> {
    await this.page.waitForSelector(`[data-state="${state}"]`);
  }

  async say(text: string): Promise<void> {
    const field = await this.page.waitForSelector('textarea');
    await field?.type(text);
    await field?.press('Enter');
  }

  /** Waits until somebody wrote that. */
  async expectText(from: 'me' | 'partner', text: string): Promise<void> {
    await this.page.waitForFunction(
      (side, wanted) =>
        [...document.querySelectorAll(`[role=log] [data-from=${side}] .bubble`)].some(
          (bubble) => bubble.textContent === wanted,
        ),
      {},
      from,
      text,
    );
  }

  /** Waits until the remote picture has gone on for so many frames from now. */
  async expectMoves(frames: number): Promise<void> {
    const before = await this.page.evaluate(() => window.recording.presented.length);
    await this.page.waitForFunction(
      (count) => window.recording.presented.length >= count,
      {},
      before + frames,
    );
  }

  /** Audio packets received in the running call. */
  async audioPackets(): Promise<number> {
    return this.page.evaluate(async () => {
      let packets = 0;
      const report = await window.recording.connections.at(-1)?.getStats();
      report?.forEach((entry: RTCInboundRtpStreamStats) => {
        if (entry.type === 'inbound-rtp' && entry.kind === 'audio') packets += entry.packetsReceived ?? 0;
      });
      return packets;
    });
  }

  /** Tracks of camera and microphone that are still live. */
  async liveTracks(kind?: 'audio' | 'video'): Promise<number> {
    return this.page.evaluate((only) => {
      const live = window.recording.tracks.filter((track) => track.readyState === 'live');
      return live.filter((track) => only === undefined || track.kind === only).length;
    }, kind);
  }

  /** Of the picture, in the running call. */
  async videoBytesSent(): Promise<number> {
    return this.page.evaluate(async () => {
      let bytes = 0;
      const report = await window.recording.connections.at(-1)?.getStats();
      report?.forEach((entry: RTCOutboundRtpStreamStats) => {
        if (entry.type === 'outbound-rtp' && entry.kind === 'video') bytes += entry.bytesSent ?? 0;
      });
      return bytes;
    });
  }

  /** For how long the remote picture has stood still; ms. */
  async stoodStill(): Promise<number> {
    return this.page.evaluate(() => performance.now() - (window.recording.presented.at(-1) ?? 0));
  }

  /** How long after `since` (by the page's own clock) so many frames of the remote picture had been presented; ms. */
  async framesWithin(frames: number, since: number): Promise<number> {
    const at = await this.page.waitForFunction(
      (count, from) => window.recording.presented.filter((moment) => moment > from)[count - 1],
      {},
      frames,
      since,
    );
    return ((await at.jsonValue()) ?? Infinity) - since;
  }

  /** Goes there by Tab alone; at every stop on the way one can see where one is. */
  async tabTo(role: 'button' | 'link', name: string): Promise<void> {
    const wanted = await this.page.waitForSelector(`::-p-aria([role="${role}"][name="${name}"])`);
    for (let stop = 0; stop < STOPS_MAX; stop++) {
      if (await wanted?.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
      const hidden = await this.page.evaluate(hiddenFocus);
      if (hidden !== undefined) throw new Error(`the focus is not shown on ${hidden}`);
    }
    throw new Error(`Tab does not lead to ${name}`);
  }

  /** Whether a button that is a switch is on. */
  async isPressed(name: string): Promise<boolean> {
    const found = await this.page.waitForSelector(`::-p-aria([role="button"][name="${name}"])`);
    return (await found?.evaluate((button) => button.getAttribute('aria-pressed'))) === 'true';
  }

  /** What the page's own clock (performance.now) says. */
  async clock(): Promise<number> {
    return this.page.evaluate(() => performance.now());
  }

  /** Waits for that state, however short it is, and says when it came (milliseconds since 1970). */
  async cameTo(state: string, since: number): Promise<number> {
    const came = await this.page.waitForFunction(
      (wanted, from) => window.recording.states.find((one) => one.state === wanted && one.at >= from)?.at,
      {},
      state,
      since,
    );
    return ((await came.jsonValue()) ?? NaN) + (await this.page.evaluate(() => performance.timeOrigin));
  }

  /** The browser, if it is the one who opened it; the neighbour leaves. */
  async close(): Promise<void> {
    const browser = this.#context.browser();
    if (this.#context === browser.defaultBrowserContext()) await browser.close();
    else await this.#context.close();
  }
}
