import {
  type Browser,
  type LaunchOptions,
  type Locator,
  type Page,
  chromium,
  expect,
  test,
} from 'playwright/test';
import { type Colour, colourFile, nearestColour } from './picture.ts';
import { record } from './recorder.ts';

export interface StrangerOptions {
  /** What this stranger's camera shows. */
  colour?: Colour;
  /** How large the camera's picture is; {@link SMALL_PICTURE} by default. */
  picture?: Size;
  /** So many cameras instead of one, which all show the browser's own green picture. */
  cameras?: number;
  /** `refused`: the user says no; `missing`: there is none. */
  camera?: 'granted' | 'refused' | 'missing';
  args?: string[];
  /** A browser in a network of its own, say. */
  executablePath?: string;
  window?: Size;
  /** False: nothing is recorded, for that is work, too. */
  recorded?: boolean;
}

type Mode = 'video' | 'voice' | 'text';

interface Size {
  width: number;
  height: number;
}

// Several browsers share two cores here, and no frame should be late for that alone.
export const SMALL_PICTURE: Size = { width: 160, height: 120 };
/** As narrow as the chat may be and still stand beside the picture. */
const SMALL_WINDOW: Size = { width: 920, height: 560 };

/** A person at a browser of their own, who sees what a person sees. */
export class Stranger {
  readonly page: Page;
  /** What nobody caught in the page. */
  readonly uncaught: Error[] = [];
  readonly #browser: Browser;
  readonly #matchIds = new Set<string>();

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.uncaught.push(error));
    page.on('websocket', (socket) => {
      const note = ({ payload }: { payload: string | Buffer }) => {
        for (const [, id = ''] of String(payload).matchAll(/"matchId":"([^"]+)"/g)) this.#matchIds.add(id);
      };
      socket.on('framereceived', note).on('framesent', note);
    });
  }

  /** Opens a browser; it is closed with the test. */
  static async open(options: StrangerOptions = {}): Promise<Stranger> {
    const {
      colour = 'green',
      picture = SMALL_PICTURE,
      cameras,
      camera = 'granted',
      args = [],
      executablePath,
      window,
      recorded = true,
    } = options;
    const configured = test.info().project.use.launchOptions ?? {};
    const browser = await launch({
      ...configured,
      ...(executablePath && { executablePath }),
      args: [
        ...(camera === 'missing' || cameras !== undefined
          ? [`--use-fake-device-for-media-stream=device-count=${cameras ?? 0}`]
          : [
              '--use-fake-device-for-media-stream',
              `--use-file-for-fake-video-capture=${colourFile(colour, picture)}`,
            ]),
        ...(camera === 'refused' ? ['--deny-permission-prompts'] : ['--use-fake-ui-for-media-stream']),
        // On a machine with no network but loopback there would be no candidate at all.
        '--allow-loopback-in-peer-connection',
        '--autoplay-policy=no-user-gesture-required',
        // There is none; without it nothing pretends to be one.
        '--disable-gpu',
        ...args,
      ],
    });
    const stranger = new Stranger(browser, await openPage(browser, window, recorded));
    open.push(stranger);
    return stranger;
  }

  /** Somebody else with a profile of their own in the same browser, and so with the same camera. */
  async neighbour(window?: Size): Promise<Stranger> {
    return new Stranger(this.#browser, await openPage(this.#browser, window));
  }

  /** From the landing page through the 18+ gate to the chat, as a guest. */
  async signInAsGuest(url: string, mode?: Mode): Promise<void> {
    await this.page.goto(url);
    const way = mode === undefined ? /start/i : new RegExp(`^${mode}`, 'i');
    await this.page.getByRole('link', { name: way }).first().click();
    await this.page.getByRole('button', { name: /18 or older/ }).click();
    await this.page.getByRole('button', { name: /guest/i }).click();
    await this.page.waitForURL('**/chat');
  }

  /** From the next person on calls go by a relay alone. */
  async hideAddress(): Promise<void> {
    await this.openSettings();
    await this.page.getByLabel('Hide my address').check();
    await this.page.keyboard.press('Escape');
  }

  async openSettings(): Promise<void> {
    await this.page.getByRole('button', { name: 'Menu' }).click();
    await this.page.getByRole('button', { name: 'Settings' }).click();
    await expect(this.page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  }

  /** Before the start: by the browser's own control where it has one, which no role leads to. */
  async showCamera(): Promise<void> {
    const ours = this.page.getByRole('button', { name: 'Show my camera' });
    await this.page.locator('usermedia').or(ours).first().click();
  }

  /** In the browser's own settings, beside the page. */
  async permit(...devices: ('camera' | 'microphone')[]): Promise<void> {
    await this.page.context().grantPermissions(devices, { origin: new URL(this.page.url()).origin });
  }

  get start(): Locator {
    return this.page.getByRole('button', { name: 'Start', exact: true });
  }

  get next(): Locator {
    return this.page.getByRole('button', { name: 'Next', exact: true });
  }

  get stop(): Locator {
    return this.page.getByRole('button', { name: 'Stop', exact: true });
  }

  /** Before the start. */
  async choose(mode: Mode): Promise<void> {
    await this.page.getByRole('group', { name: 'How do you want to talk?' }).getByText(mode).click();
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get field(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  get partnerTypes(): Locator {
    return this.page.getByText('Stranger is typing', { exact: true });
  }

  /** The texts in the log, each with its author and how far it came. */
  lines(from: 'me' | 'partner'): Locator {
    return this.log.locator(`[data-from=${from}]`);
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  /** The texts in the log, character by character. */
  async texts(from: 'me' | 'partner'): Promise<string[]> {
    return this.lines(from).locator('.bubble').allTextContents();
  }

  async expectState(state: string, timeout = 15_000): Promise<void> {
    await expect(this.page.locator('[data-state]').first()).toHaveAttribute('data-state', state, { timeout });
  }

  /** Waits until frames of that colour have been decoded and painted, and go on coming. */
  async expectSees(colour: Colour, timeout = 15_000): Promise<void> {
    await expect.poll(() => this.seen(), { timeout }).toBe(colour);
    const before = await this.framesDecoded();
    const presented = await this.framesPresented();
    await expect.poll(() => this.framesDecoded(), { timeout }).toBeGreaterThan(before + 5);
    await expect.poll(() => this.framesPresented(), { timeout }).toBeGreaterThan(presented + 3);
  }

  /** The colour of the newest painted frame of the remote picture; undefined while none is shown. */
  async seen(): Promise<Colour | undefined> {
    const frame = await this.page.evaluate(() => {
      const last = window.recording.frames.at(-1);
      return last && performance.now() - last.at < 500 ? last : undefined;
    });
    return frame && nameOf(frame);
  }

  /** What the frames painted after that moment (performance.now of the page) are nearest to; black is no picture. */
  async coloursSince(at: number): Promise<Colour[]> {
    const frames = await this.page.evaluate(
      (since) => window.recording.frames.filter((frame) => frame.at > since),
      at,
    );
    const colours = new Set(frames.map(({ red, green, blue }) => nearestColour([red, green, blue])));
    return [...colours].filter((colour) => colour !== 'black');
  }

  /** Presses Next and returns when the click had been dispatched, by the page's own clock, in the same task. */
  async pressNext(): Promise<number> {
    return this.next.evaluate((button: HTMLElement) => {
      button.click();
      return performance.now();
    });
  }

  /** When the call last came to that state, by the page's own clock. */
  async cameTo(state: string): Promise<number> {
    const at = await this.page.evaluate(
      (wanted) => window.recording.states.findLast((change) => change.state === wanted)?.at,
      state,
    );
    if (at === undefined) throw new Error(`never came to ${state}`);
    return at;
  }

  /** What the page's own clock (performance.now) says. */
  async clock(): Promise<number> {
    return this.page.evaluate(() => performance.now());
  }

  async framesDecoded(): Promise<number> {
    return this.page.evaluate(async () => {
      const connection = window.recording.connections.at(-1);
      if (!connection || connection.connectionState === 'closed') return 0;
      let frames = 0;
      for (const entry of (await connection.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
        if (entry.type === 'inbound-rtp' && entry.kind === 'video') frames += entry.framesDecoded ?? 0;
      }
      return frames;
    });
  }

  /** Audio packets received in the running call. */
  async audioPackets(): Promise<number> {
    return this.page.evaluate(async () => {
      let packets = 0;
      const connection = window.recording.connections.at(-1);
      for (const entry of ((await connection?.getStats())?.values() ??
        []) as Iterable<RTCInboundRtpStreamStats>) {
        if (entry.type === 'inbound-rtp' && entry.kind === 'audio') packets += entry.packetsReceived ?? 0;
      }
      return packets;
    });
  }

  /** Of the picture, in the running call. */
  async videoBytesSent(): Promise<number> {
    return this.page.evaluate(async () => {
      const report = (await window.recording.connections.at(-1)?.getStats()) ?? new Map();
      const sent = [...report.values()] as RTCOutboundRtpStreamStats[];
      return sent
        .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
        .reduce((sum, { bytesSent = 0 }) => sum + bytesSent, 0);
    });
  }

  /** The kinds of the two candidates the running call goes over. */
  async candidateTypes(): Promise<{ local: string | undefined; remote: string | undefined }> {
    return this.page.evaluate(async () => {
      const report = (await window.recording.connections.at(-1)?.getStats()) ?? new Map();
      const entries = [...report.values()] as { type: string; id: string; [key: string]: unknown }[];
      const transport = entries.find(({ type }) => type === 'transport');
      const pair = entries.find(({ id }) => id === transport?.['selectedCandidatePairId']);
      const typeOf = (side: 'local' | 'remote') =>
        entries.find(({ id }) => id === pair?.[`${side}CandidateId`])?.['candidateType'] as
          string | undefined;
      return { local: typeOf('local'), remote: typeOf('remote') };
    });
  }

  /** Frames of the remote picture so far. */
  async framesPresented(): Promise<number> {
    return this.page.evaluate(() => window.recording.presented.length);
  }

  /** The longest time in which the remote picture stood still, from `since` (by the page's own clock) until now; ms. */
  async longestFreeze(since: number): Promise<number> {
    return this.page.evaluate((from) => {
      const after = window.recording.presented.filter((at) => at > from);
      const moments = [from, ...after, performance.now()];
      return Math.max(...moments.slice(1).map((at, index) => at - (moments[index] ?? at)));
    }, since);
  }

  /** How long after `since` (by the page's own clock) so many frames of the remote picture had been presented; ms. */
  async framesWithin(frames: number, since: number, timeout: number): Promise<number> {
    const at = await this.page
      .waitForFunction(
        ([count, from]) => window.recording.presented.filter((moment) => moment > from)[count - 1],
        [frames, since] as const,
        { timeout },
      )
      .catch(async (error: unknown) => {
        throw new Error(`not ${frames} frames in time; ${await this.#aboutThePicture(since)}`, {
          cause: error,
        });
      });
    return ((await at.jsonValue()) ?? Infinity) - since;
  }

  /** What there is to know where a picture stays away. */
  async #aboutThePicture(since: number): Promise<string> {
    return this.page.evaluate(async (from) => {
      const { connections, presented, states } = window.recording;
      const connection = connections.at(-1);
      const report = (await connection?.getStats()) ?? new Map();
      const entries = [...report.values()] as Record<string, unknown>[];
      return JSON.stringify({
        now: performance.now(),
        since: from,
        presented: presented.length,
        presentedSince: presented.filter((moment) => moment > from).length,
        lastPresented: presented.at(-1),
        visible: document.visibilityState,
        states: states.slice(-6),
        connections: connections.length,
        connection: [connection?.connectionState, connection?.iceConnectionState, connection?.signalingState],
        media: entries.filter(
          ({ type, kind }) => kind === 'video' && (type === 'inbound-rtp' || type === 'outbound-rtp'),
        ),
        transport: entries.filter(({ type }) => type === 'transport'),
        pairs: entries.filter(({ type, nominated }) => type === 'candidate-pair' && nominated === true),
      });
    }, since);
  }

  /** Every match that was spoken of on the line to the server, in the order of the first mention. */
  get matchIds(): readonly string[] {
    return [...this.#matchIds];
  }

  /** Tracks of camera and microphone that are still live. */
  async liveTracks(kind?: 'audio' | 'video'): Promise<number> {
    return this.page.evaluate((only) => {
      const live = window.recording.tracks.filter((track) => track.readyState === 'live');
      return live.filter((track) => only === undefined || track.kind === only).length;
    }, kind);
  }

  async openConnections(): Promise<number> {
    return this.page.evaluate(
      () => window.recording.connections.filter((one) => one.connectionState !== 'closed').length,
    );
  }

  /** With their neighbours. The browser itself may be kept for somebody else. */
  async close(): Promise<void> {
    await putAway(this.#browser);
  }

  /** All processes of the browser are killed: nothing says goodbye. */
  async kill(): Promise<void> {
    const session = await this.#browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const gone = new Promise((resolve) => this.#browser.once('disconnected', resolve));
    for (const { id } of processInfo) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // It is gone with those before it.
      }
    }
    await gone;
  }
}

/** Starting and ending one takes as long as many a test: some that nobody sits at are kept for the next. */
const IDLE_MAX = 4;
/** Each with how it was started; a page's storage, permissions and cache go with its context. */
const idle: { browser: Browser; how: string }[] = [];
const startedAs = new WeakMap<Browser, string>();

async function launch(options: LaunchOptions): Promise<Browser> {
  const how = JSON.stringify(options);
  const index = idle.findIndex((one) => one.how === how);
  const [kept] = index < 0 ? [] : idle.splice(index, 1);
  if (kept?.browser.isConnected()) return kept.browser;
  const browser = await chromium.launch(options);
  // One in a network of its own ends with that.
  if (options.executablePath === test.info().project.use.launchOptions?.executablePath) {
    startedAs.set(browser, how);
  }
  return browser;
}

async function putAway(browser: Browser): Promise<void> {
  const how = startedAs.get(browser);
  if (how === undefined || !browser.isConnected()) return browser.close();
  await Promise.all(browser.contexts().map((context) => context.close()));
  idle.push({ browser, how });
  if (idle.length > IDLE_MAX) await idle.shift()?.browser.close();
}

async function openPage(browser: Browser, window = SMALL_WINDOW, recorded = true): Promise<Page> {
  const context = await browser.newContext({ viewport: window });
  const page = await context.newPage();
  if (recorded) await page.addInitScript(record);
  await page.addInitScript(() => {
    // Tests skip whenever they want to; whoever means to be asked says so.
    const name = 'passerby.confirm-skip';
    if (location.protocol.startsWith('http') && localStorage.getItem(name) === null) {
      localStorage.setItem(name, 'never');
    }
  });
  return page;
}

const open: Stranger[] = [];

/** Closes every browser that was opened; for `test.afterEach`. */
export async function closeStrangers(): Promise<void> {
  await Promise.all(open.splice(0).map((stranger) => stranger.close()));
}

function nameOf({ red, green, blue }: { red: number; green: number; blue: number }): Colour | undefined {
  const [high, low] = [130, 110];
  if (red > high && green > high && blue < low) return 'yellow';
  if (red > high && green < low && blue < low) return 'red';
  if (green > high && red < low && blue < low) return 'green';
  if (blue > high && red < low && green < low) return 'blue';
  return undefined;
}
