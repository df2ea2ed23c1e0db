import * as v from 'valibot';

const REFRESH_MS = 60_000;

const numberSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const countSchema = v.object({
  online: numberSchema,
  video: numberSchema,
  voice: numberSchema,
  text: numberSchema,
  /** Whether there are enough to say so. */
  shown: v.literal(true),
});

/** How many people are here, and how many wait or talk in each mode. */
export type OnlineCount = v.InferOutput<typeof countSchema>;

/** What `/api/online` answered; undefined where it is not to be shown, or is no count. */
export function toOnlineCount(answer: unknown): OnlineCount | undefined {
  const result = v.safeParse(countSchema, answer);
  return result.success ? result.output : undefined;
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

/** The number in words. */
export function peopleText(people: number): string {
  return people === 1 ? '1 person' : `${people.toLocaleString('en')} people`;
}
