/** What the recorder leaves on the page; read by {@link Stranger}. */
interface Recording {
  connections: RTCPeerConnection[];
  tracks: MediaStreamTrack[];
  /** What was asked of camera and microphone, granted or not. */
  asked: MediaStreamConstraints[];
  /** Every frame that was really painted of the remote picture: when (performance.now) and its mean colour. */
  frames: { at: number; red: number; green: number; blue: number }[];
  /** Each change of the call's state, in the microtask after it: when (performance.now) and to what. */
  states: { at: number; state: string | undefined }[];
  /** When each new frame of the remote picture was presented (performance.now), by requestVideoFrameCallback. */
  presented: number[];
  alerts: number;
}

declare global {
  interface Window {
    recording: Recording;
  }
}

/**
 * Runs in the page before anything else: keeps hold of connections and tracks, and looks at what the
 * remote picture shows at every animation frame.
 */
export function record(): void {
  const recording: Recording = {
    connections: [],
    tracks: [],
    asked: [],
    frames: [],
    states: [],
    presented: [],
    alerts: 0,
  };
  window.recording = recording;
  window.alert = () => void recording.alerts++;

  new MutationObserver((changes) => {
    const at = performance.now();
    for (const { target } of changes) {
      if (target instanceof HTMLElement) recording.states.push({ at, state: target.dataset['state'] });
    }
  }).observe(document, { subtree: true, attributeFilter: ['data-state'] });

  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      recording.connections.push(this);
    }

    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      // What only looks whether servers answer is no call.
      if (label === 'reach') recording.connections.splice(recording.connections.indexOf(this), 1);
      return super.createDataChannel(label, options);
    }
  };
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints = {}) => {
      recording.asked.push(constraints);
      const stream = await getUserMedia(constraints);
      recording.tracks.push(...stream.getTracks());
      return stream;
    };
  }

  // The browser's own control hands its stream out past getUserMedia.
  const { HTMLUserMediaElement: Control } = window as { HTMLUserMediaElement?: typeof HTMLElement };
  const streamOf = Control && Object.getOwnPropertyDescriptor(Control.prototype, 'stream');
  if (Control && streamOf) {
    Object.defineProperty(Control.prototype, 'stream', {
      ...streamOf,
      get(this: HTMLElement) {
        const stream = streamOf.get?.call(this) as MediaStream | null;
        for (const track of stream?.getTracks() ?? []) {
          if (!recording.tracks.includes(track)) recording.tracks.push(track);
        }
        return stream;
      },
    });
  }

  const canvas = new OffscreenCanvas(4, 4);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const watched = new WeakSet<HTMLVideoElement>();
  const look = () => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid="remote-video"]');
    if (video && !watched.has(video)) {
      watched.add(video);
      const present: VideoFrameRequestCallback = (_, { presentationTime }) => {
        recording.presented.push(presentationTime);
        video.requestVideoFrameCallback(present);
      };
      video.requestVideoFrameCallback(present);
    }
    if (video && context && isShown(video) && video.readyState >= 2 && video.videoWidth > 2) {
      context.drawImage(video, 0, 0, 4, 4);
      const { data } = context.getImageData(1, 1, 2, 2);
      const mean = (channel: number) =>
        [0, 4, 8, 12].reduce((sum, i) => sum + (data[i + channel] ?? 0), 0) / 4;
      recording.frames.push({ at: performance.now(), red: mean(0), green: mean(1), blue: mean(2) });
      if (recording.frames.length > 5_000) recording.frames.splice(0, 2_500);
    }
    requestAnimationFrame(look);
  };
  /** Whether it can be seen: not hidden, not transparent, and nothing opaque over its middle. A veil hides nothing. */
  const isShown = (element: HTMLElement) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const { left, top, width, height } = element.getBoundingClientRect();
    const pile = document.elementsFromPoint(left + width / 2, top + height / 2);
    const depth = pile.indexOf(element);
    return depth >= 0 && !pile.slice(0, depth).some(isOpaque);
  };
  /** Only a colour without any transparency is sure to hide what lies below. */
  const isOpaque = (element: Element) => {
    for (let one: Element | null = element; one; one = one.parentElement) {
      if (getComputedStyle(one).opacity !== '1') return false;
    }
    // Computed colours name their alpha, as a fourth number, only where it is not 1.
    return getComputedStyle(element).backgroundColor.match(/[\d.]+%?/g)?.length === 3;
  };
  requestAnimationFrame(look);
}
