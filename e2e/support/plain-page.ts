import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright/test';

/**
 * A page with a client of the plain wire protocol, written from its table alone: one stream added by
 * addTrack, bare descriptions and candidates, no match id, no acknowledgement, no data channel, a poll
 * every 7 s while alone.
 */
export async function openPlainClient(page: Page, url: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const client = readFileSync(require.resolve('socket.io-client/dist/socket.io.js'), 'utf8');
  // A page of the real server, but one without a content security policy or an app of its own.
  await page.goto(`${url}/health`);
  await page.setContent(MARKUP);
  await page.evaluate(client);
  await page.evaluate(start);
}

const MARKUP = `
<main data-state="idle">
  <video data-testid="remote-video" autoplay playsinline style="width: 400px; height: 300px"></video>
  <button>Next</button>
</main>`;

/** As much of Socket.IO's client as the page uses. */
interface PlainSocket {
  on(name: string, listener: (payload: never) => void): void;
  emit(name: string, payload?: unknown): void;
}
declare const io: (options: object) => PlainSocket;

async function start(): Promise<void> {
  const response = await fetch('/api/guest', { method: 'POST', body: '{"adult": true}' });
  const { token } = (await response.json()) as { token: string };
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const video = document.querySelector('video') as HTMLVideoElement;
  const main = document.querySelector('main') as HTMLElement;
  const socket = io({ auth: { token }, transports: ['websocket'] });
  let connection: RTCPeerConnection | undefined;
  let early: RTCIceCandidateInit[] = [];

  const connect = () => {
    connection?.close();
    early = [];
    const fresh = new RTCPeerConnection();
    connection = fresh;
    for (const track of stream.getTracks()) fresh.addTrack(track, stream);
    fresh.ontrack = ({ streams }) => {
      video.srcObject = streams[0] ?? null;
      main.dataset['state'] = 'connected';
    };
    fresh.onicecandidate = ({ candidate }) => {
      if (candidate) socket.emit('peer:sent:icecandidate', candidate.toJSON());
    };
    return fresh;
  };
  const describe = async (remote: RTCSessionDescriptionInit) => {
    await connection?.setRemoteDescription(remote);
    for (const candidate of early.splice(0)) await connection?.addIceCandidate(candidate);
  };

  socket.on('connect', () => socket.emit('peer:find'));
  socket.on('peer:alone', () => {
    main.dataset['state'] = 'searching';
    setTimeout(() => {
      if (main.dataset['state'] === 'searching') socket.emit('peer:find');
    }, 7_000);
  });
  socket.on('peer:accepted', () => {
    main.dataset['state'] = 'connecting';
    connect();
  });
  socket.on('peer:found', () => {
    main.dataset['state'] = 'connecting';
    const fresh = connect();
    void fresh.setLocalDescription().then(() => socket.emit('peer:offer', fresh.localDescription));
  });
  socket.on('peer:call', (offer: RTCSessionDescriptionInit) => {
    void describe(offer)
      .then(() => connection?.setLocalDescription())
      .then(() => socket.emit('peer:answer', connection?.localDescription));
  });
  socket.on('peer:answer', (answer: RTCSessionDescriptionInit) => void describe(answer));
  socket.on('peer:sent:icecandidate', (candidate: RTCIceCandidateInit) => {
    if (connection?.remoteDescription) void connection.addIceCandidate(candidate);
    else early.push(candidate);
  });
  socket.on('peer:disconnected', () => {
    connection?.close();
    video.srcObject = null;
    main.dataset['state'] = 'parted';
  });
  document.querySelector('button')?.addEventListener('click', () => {
    connection?.close();
    video.srcObject = null;
    socket.emit('peer:find');
  });
}
