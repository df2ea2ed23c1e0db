/** In which browser, and on which system, somebody looks at the page; `other` gets words that fit any. */
export interface Platform {
  browser: 'chrome' | 'edge' | 'firefox' | 'safari' | 'other';
  system: 'windows' | 'macos' | 'android' | 'ios' | 'other';
}

/** The parts of `Navigator` that tell. User-agent data are Chromium's alone. */
export interface NavigatorWords {
  userAgent: string;
  userAgentData?: { brands: readonly { brand: string }[]; platform: string } | undefined;
  /** An iPad says that it is a Mac; no Mac has a touch screen. */
  maxTouchPoints: number;
}

/** Most telling first: every browser claims to be those below it as well. */
const BROWSERS = [
  ['edge', /Microsoft Edge|Edg(e|A|iOS)?\//],
  ['firefox', /Firefox\/|FxiOS\//],
  ['chrome', /Google Chrome|Chromium|Chrome\/|CriOS\//],
  ['safari', /Safari\//],
] as const;
const SYSTEMS = [
  ['ios', /iPhone|iPad|iPod/],
  ['android', /Android/],
  ['windows', /Windows/],
  ['macos', /Macintosh|macOS/],
] as const;

/** Only for words about a browser's own controls: what a browser can do is asked of the browser. */
export function platformOf({ userAgent, userAgentData, maxTouchPoints }: NavigatorWords): Platform {
  const brands = userAgentData?.brands.map(({ brand }) => brand).join() ?? '';
  const browser = BROWSERS.find(([, words]) => words.test(brands || userAgent))?.[0] ?? 'other';
  const system =
    SYSTEMS.find(([, words]) => words.test(userAgentData?.platform || userAgent))?.[0] ?? 'other';
  return { browser, system: system === 'macos' && maxTouchPoints > 1 ? 'ios' : system };
}
