/** What the page of the floor keeps between two calls. */
declare global {
  interface Window {
    capture: MediaStream;
  }
}

/** Runs in a page: the camera and microphone that all its calls send. */
export async function openCapture(size: { width: number; height: number }): Promise<void> {
  const video = { ...size, frameRate: 30 };
  window.capture = await navigator.mediaDevices.getUserMedia({ audio: true, video });
}

/**
 * Runs in a page: the least a browser needs for a call. Two connections in one page, wired directly, each made by
 * nobody else's code, trickling; every signal takes `delayMs` longer. Milliseconds from the first line to the
 * moment when both sides have painted a frame.
 */
export async function floorCall(delayMs: number): Promise<number> {
  const began = performance.now();
  const connections = [new RTCPeerConnection(), new RTCPeerConnection()] as const;
  const later = (deliver: () => void): void => {
    if (delayMs === 0) deliver();
    else setTimeout(deliver, delayMs);
  };
  const painted = connections.map((connection, index) => {
    const other = connections[1 - index] as RTCPeerConnection;
    // What comes before the description it belongs to waits for it.
    const described = new Promise<void>((resolve) => {
      other.addEventListener('signalingstatechange', () => {
        if (other.remoteDescription) resolve();
      });
    });
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) later(() => void described.then(() => other.addIceCandidate(candidate)));
    };
    for (const track of window.capture.getTracks()) connection.addTrack(track, window.capture);
    return new Promise<number>((resolve) => {
      connection.ontrack = ({ track, streams }) => {
        if (track.kind !== 'video') return;
        const video = document.createElement('video');
        Object.assign(video, { autoplay: true, playsInline: true, muted: true, srcObject: streams[0] });
        document.body.replaceChildren(...[...document.body.children].slice(-1), video);
        video.requestVideoFrameCallback((now) => resolve(now));
      };
    });
  });
  const [caller, callee] = connections;
  await caller.setLocalDescription();
  await new Promise<void>((resolve, reject) => {
    later(() => {
      callee
        .setRemoteDescription(caller.localDescription as RTCSessionDescription)
        .then(() => callee.setLocalDescription())
        .then(resolve, reject);
    });
  });
  await new Promise<void>((resolve, reject) => {
    later(() => {
      caller.setRemoteDescription(callee.localDescription as RTCSessionDescription).then(resolve, reject);
    });
  });
  const frames = await Promise.all(painted);
  for (const connection of connections) connection.close();
  return Math.max(...frames) - began;
}
