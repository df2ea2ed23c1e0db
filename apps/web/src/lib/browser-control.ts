/** WICG, "<usermedia>, <camera> and <microphone>"; Chromium 151. The DOM's types do not know it yet. */
interface BrowserControl extends EventTarget {
  readonly stream: MediaStream | null;
  readonly error: DOMException | null;
  setConstraints(constraints: MediaStreamConstraints): void;
}

const ENDINGS = ['stream', 'promptaction', 'promptdismiss', 'cancel', 'error'];

/** Where the browser does not know the element it is one like any other. */
export function isBrowserControl<Element extends EventTarget>(
  element: Element,
): element is Element & BrowserControl {
  return 'setConstraints' in element;
}

/**
 * Hands over each stream that the control brings, and each error, once. After the returned function was
 * called nothing is handed over: what the control still brings, as for a prompt that outlives it, is ended.
 */
export function takeFrom(
  control: Pick<BrowserControl, 'stream' | 'error' | 'addEventListener'>,
  take: (brought: MediaStream | DOMException) => void,
): () => void {
  let last: MediaStream | DOMException | null = null;
  let left = false;
  const look = (): void => {
    const brought = control.stream?.active ? control.stream : control.error;
    if (!brought || brought === last) return;
    last = brought;
    if (!left) take(brought);
    else if (!(brought instanceof DOMException)) for (const track of brought.getTracks()) track.stop();
  };
  // A task later: the events come before what they tell of.
  const listen = (): void => void setTimeout(look);
  // They stay after it was left, and go with the element.
  for (const ending of ENDINGS) control.addEventListener(ending, listen);
  return () => {
    left = true;
  };
}
