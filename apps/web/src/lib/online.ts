const REFRESH_MS = 60_000;

/** How many people are here, and how many wait or talk in each mode. */
export interface OnlineCount {
  online: number;
  video: number;
  voice: number;
  text: number;
  /** There are enough to say so. */
  shown: true;
}

/**
 * What `/api/online` answered; undefined where it is not to be shown, or is no count. By hand: on the landing
 * page a validator would be the heaviest thing after the framework.
 */
export function toOnlineCount(answer: unknown): OnlineCount | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { shown, online, video, voice, text } = answer as Record<string, unknown>;
  if (shown !== true) return undefined;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  return isCount(online) && isCount(video) && isCount(voice) && isCount(text)
    ? { online, video, voice, text, shown }
    : undefined;
}

export interface OnlineParts {
  /** What `/api/online` answers; rejects where it cannot be had. */
  load(): Promise<unknown>;
  /** Undefined: nothing is to be shown. An old number would not be true. */
  show(count: OnlineCount | undefined): void;
  /** Whether the page can be seen. */
  visible(): boolean;
  /** Calls when that changes, until the returned function is called. */
  onVisibility(listener: () => void): () => void;
  /** Calls once after `ms`, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

/** Shows the count at once and anew every minute, as long as the page can be seen; until it is told to end. */
export function followOnline({ load, show, visible, onVisibility, after }: OnlineParts): () => void {
  let due = true;
  let ended = false;
  let cancel: (() => void) | undefined;

  async function refresh(): Promise<void> {
    if (ended || !due || !visible()) return;
    due = false;
    const count = await load().then(toOnlineCount, () => undefined);
    if (ended) return;
    show(count);
    cancel = after(REFRESH_MS, () => {
      due = true;
      void refresh();
    });
  }

  const unsubscribe = onVisibility(() => void refresh());
  void refresh();
  return () => {
    ended = true;
    cancel?.();
    unsubscribe();
  };
}
