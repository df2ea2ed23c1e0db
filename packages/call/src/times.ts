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
  /** A device brings nothing: it is interrupted. Chromium calls a camera mute after 0.8 s without a picture. */
  interruptedMs: 2_000,
  /** The page is hidden: a phone sends no picture any more. */
  pauseMs: 5_000,
  /** Another device is used than the one meant: how long that is told. */
  fallbackMs: 8_000,
  /** Looking whether STUN and TURN servers answer. */
  reachMs: 2_000,
  /** A microphone that is on and brings nothing: when that is said. */
  silenceMs: 5_000,
  /** Signaling lost: banner. */
  bannerMs: 3_000,
  /** How far back it is counted what was lost on the way. */
  trendMs: 5_000,
  /** A connection is called weak, and no longer, when it has been so for that long. */
  steadyMs: 4_000,
  /** The picture was too much for so long: less of it is sent. */
  tooMuchMs: 6_000,
  /** More of it could be sent for so long: first of all, and after less had to be sent, each time twice as long. */
  firstMoreMs: 2_000,
  moreMs: 10_000,
  moreMostMs: 60_000,
  /** Between two looks at the connection's statistics. */
  lookMs: 1_000,
  /** The same while nothing comes in. */
  lookSilentMs: 250,
} as const;
