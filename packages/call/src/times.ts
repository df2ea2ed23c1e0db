/**
 * Every time the call engine knows, in milliseconds.
 * Source: the time table of ARCHITECTURE.md, section "The core".
 */
export const TIMES = {
  /** Connecting: "taking longer than usual". */
  slowMs: 4_000,
  /** Connecting: give this pair up and search again. */
  connectMs: 10_000,
  /** Transport up but no picture: the partner may send none, so the call stands all the same. */
  firstFrameMs: 3_000,
  /** No media for so long: weak veil. */
  weakMs: 2_000,
  /** Nothing at all for so long: ICE restart. */
  silentMs: 4_000,
  /** ICE `disconnected` often heals by itself; restart when it has not. */
  disconnectedMs: 2_000,
  /** Without media, while the server still sees the partner. */
  giveUpMs: 45_000,
  /** Without media, while the server does not see both sides. */
  giveUpAwayMs: 15_000,
  /** The card after a match, before the next search begins by itself. */
  countdownMs: 3_000,
  /** A text without a sign of its arrival: it is called undelivered. */
  lateMs: 10_000,
  /** After the last key: no longer typing. */
  typingMs: 5_000,
  /** Signaling lost: banner. */
  bannerMs: 3_000,
  /** Between two looks at the connection's statistics. */
  lookMs: 1_000,
  /** The same while nothing comes in. */
  lookSilentMs: 250,
} as const;
