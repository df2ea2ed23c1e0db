import type { CallErrorReason, CallState, CallView } from '@passerby/call';

// The whole logic of the chat screen as a table: what is said, shown and enabled in each state of a call.
// Pure, so that Node can test every cell, and the one place of the screen's words.

/** What a button on a card does. */
export type Way = 'preview' | 'start' | 'start-without-camera' | 'use-here' | 'sign-in' | 'pause' | 'resume';

interface WayOn {
  way: Way;
  label: string;
  /** The one to take when in doubt. */
  strong?: true;
}

/** What lies over the stage when there is something to read or to decide. */
export interface Card {
  title: string;
  text: string;
  ways: readonly WayOn[];
  /** The next search begins by itself when this runs out. */
  countdown?: 'running' | 'paused';
}

interface Toggle {
  /** Stays the same in every state; `on` is told by aria-pressed. */
  label: string;
  on: boolean;
  /** Announced when it changes. */
  state: string;
}

export interface Controls {
  /** One line on what is going on, or on what can be done; a card says the rest. */
  status: string;
  /** For live regions: the card, where there is one. An empty text says nothing. */
  announce: { polite: string; assertive: string };
  /** Start and Next share one place, which never moves. */
  primary: { action: 'start' | 'next'; label: string; enabled: boolean; busy: boolean };
  stop: { label: string; enabled: boolean };
  microphone: Toggle;
  camera: Toggle;
  /** Whose picture fills the stage. */
  lead: 'own' | 'partner';
  card: Card | undefined;
  notices: readonly string[];
  partner: {
    name: string;
    /** Accessible name of the partner's picture. */
    picture: string;
    /** Stands in for a picture that is not there. */
    cover: string | undefined;
    microphone: string | undefined;
  };
  own: {
    picture: string;
    cover: string | undefined;
    /** Lies over one's own picture while it leads and something goes on. */
    veil: string | undefined;
  };
}

/** What each failure says and where it leads. `startable`: pressing Start may help. */
interface Failure extends Card {
  startable: boolean;
}

const TRY_AGAIN: WayOn = { way: 'start', label: 'Try again', strong: true };
const WITHOUT_CAMERA: WayOn = { way: 'start-without-camera', label: 'Continue without camera' };

const FAILURES: Readonly<Record<CallErrorReason, Failure>> = {
  'media-refused': {
    title: 'Your camera and microphone are blocked',
    text: 'Use the camera or lock symbol beside the address to allow them for this page, then try again.',
    ways: [TRY_AGAIN, WITHOUT_CAMERA],
    startable: true,
  },
  'media-missing': {
    title: 'No camera or microphone found',
    text: 'Plug one in or switch it on, then try again.',
    ways: [TRY_AGAIN, WITHOUT_CAMERA],
    startable: true,
  },
  'media-busy': {
    title: 'Your camera is in use',
    text: 'Another program or tab has it. Close that one, then try again.',
    ways: [TRY_AGAIN, WITHOUT_CAMERA],
    startable: true,
  },
  'media-insecure': {
    title: 'This page may not use cameras',
    text: 'Browsers allow cameras only on pages that come over https. Please tell whoever runs this site.',
    ways: [],
    startable: false,
  },
  'media-unknown': {
    title: 'Your camera did not start',
    text: 'Unplug it and plug it in again, or restart the browser, then try again.',
    ways: [TRY_AGAIN, WITHOUT_CAMERA],
    startable: true,
  },
  'signed-out': {
    title: 'Your sign-in has ended',
    text: 'Sign in again and you come straight back here.',
    ways: [{ way: 'sign-in', label: 'Sign in again', strong: true }],
    startable: false,
  },
  elsewhere: {
    title: 'Open in another tab or device',
    text: 'You can be in one place at a time.',
    ways: [{ way: 'use-here', label: 'Use here', strong: true }],
    startable: false,
  },
  'too-many-connections': {
    title: 'Too many connections from your network',
    text: 'Close other tabs of this site, or wait a minute, then try again.',
    ways: [TRY_AGAIN],
    startable: true,
  },
  'server-unreachable': {
    title: 'We cannot reach the service',
    text: 'Check your connection, then try again.',
    ways: [TRY_AGAIN],
    startable: true,
  },
  'webrtc-unsupported': {
    title: 'This browser cannot make video calls',
    text: 'Please use a current Firefox, Chrome, Edge or Safari.',
    ways: [],
    startable: false,
  },
  'session-ended': {
    title: 'Your session has ended',
    text: 'The service closed it. You can start a new one.',
    ways: [{ way: 'start', label: 'Start again', strong: true }],
    startable: true,
  },
};

const PARTED: Readonly<Record<Extract<CallState, { status: 'parted' }>['reason'], string>> = {
  skipped: 'The stranger moved on',
  left: 'The stranger left',
  ended: 'The stranger left',
  lost: 'The connection to the stranger was lost',
  moderated: 'This conversation was ended by a moderator',
  failed: 'We could not connect you two',
};

const NOT_SEEN = 'Nobody can see you yet';

interface Scene {
  status: string;
  urgent?: true;
  primary: Pick<Controls['primary'], 'action' | 'enabled'> & { busy?: true };
  stop: boolean;
  lead: Controls['lead'];
  card?: Card;
  veil?: string;
  /** While there is a partner, what stands in for the picture that has not come or is gone. */
  cover?: string;
}

const NEXT = { action: 'next', enabled: true } as const;
const NEXT_WAITS = { action: 'next', enabled: false } as const;

function idleScene({ localStream, mediaError }: CallView): Scene {
  const scene: Scene = {
    status: 'Press Start when you are ready',
    primary: { action: 'start', enabled: true },
    stop: localStream !== undefined,
    lead: 'own',
  };
  if (mediaError) {
    const { title, text, ways } = FAILURES[mediaError];
    // Asked for a picture of oneself, one wants that, not a stranger.
    const again = ways.map((way) => (way === TRY_AGAIN ? { ...way, way: 'preview' as const } : way));
    return {
      ...scene,
      status: 'You can start all the same',
      urgent: true,
      card: { title, text, ways: again },
    };
  }
  if (localStream) return { ...scene, status: `${NOT_SEEN}. Press Start when you are ready` };
  return {
    ...scene,
    card: {
      title: NOT_SEEN,
      text: 'Look at yourself first, or start right away. Your browser will ask for camera and microphone.',
      ways: [{ way: 'preview', label: 'Show my camera' }],
    },
  };
}

function sceneOf(view: CallView): Scene {
  const { state } = view;
  switch (state.status) {
    case 'idle':
      return idleScene(view);
    case 'starting': {
      const scene: Scene = {
        status: 'Connecting to the service',
        primary: { action: 'start', enabled: false, busy: true },
        stop: true,
        lead: 'own',
      };
      if (state.mediaReady) return scene;
      return {
        ...scene,
        status: 'Waiting for your camera',
        card: {
          title: 'Allow camera and microphone',
          text: "Choose Allow in your browser's window. You are seen only once you meet someone.",
          ways: [],
        },
      };
    }
    case 'searching':
      return {
        status: NOT_SEEN,
        veil: 'Looking for someone',
        primary: NEXT_WAITS,
        stop: true,
        lead: 'own',
      };
    case 'connecting': {
      const status = state.slow ? 'This takes longer than usual' : 'Found someone, connecting';
      return { status, primary: NEXT, stop: true, lead: 'partner', cover: 'Connecting' };
    }
    case 'connected':
      return { status: 'You are connected', urgent: true, primary: NEXT, stop: true, lead: 'partner' };
    case 'reconnecting': {
      const status = state.partnerAway ? "Waiting for the stranger's connection" : 'Reconnecting';
      return { status, primary: NEXT, stop: true, lead: 'partner' };
    }
    case 'parted':
      return {
        status: state.paused ? 'Paused' : 'Next in 3 seconds',
        urgent: true,
        primary: NEXT,
        stop: true,
        lead: 'partner',
        card: {
          title: PARTED[state.reason],
          text: state.paused ? 'Press Next when you are ready.' : 'Looking for someone new in a moment.',
          ways: [state.paused ? { way: 'resume', label: 'Resume' } : { way: 'pause', label: 'Pause' }],
          countdown: state.paused ? 'paused' : 'running',
        },
      };
    case 'failed': {
      const { title, text, ways, startable } = FAILURES[state.reason];
      return {
        status: 'Not connected',
        urgent: true,
        primary: { action: 'start', enabled: startable },
        stop: view.localStream !== undefined,
        lead: 'own',
        card: { title, text, ways },
      };
    }
  }
}

function noticesOf(view: CallView): string[] {
  const { state } = view;
  const matched = state.status === 'connected' || state.status === 'reconnecting';
  const running = state.status !== 'idle' && state.status !== 'failed';
  const notices: string[] = [];
  if (view.offlineBanner && running) {
    notices.push(
      matched
        ? 'Connection to the service lost. Your call continues.'
        : 'Connection to the service lost. We keep trying.',
    );
  }
  if (state.status === 'connected' && state.weak) notices.push('Weak connection');
  if (state.status === 'connected' && view.partnerAway && !view.offlineBanner) {
    notices.push("The stranger's connection to the service is interrupted. Your call continues.");
  }
  if (running && view.mediaError)
    notices.push(`${FAILURES[view.mediaError].title}. The call goes on without.`);
  return notices;
}

/** Cover of the partner's picture, most telling first. */
function partnerCover(view: CallView, scene: Scene): string | undefined {
  const { status } = view.state;
  if (scene.cover !== undefined) return scene.cover;
  if (status !== 'connected' && status !== 'reconnecting') return undefined;
  if (view.partnerMedia.away) return 'Stepped away';
  return view.partnerMedia.cam ? undefined : 'Camera off';
}

/** Everything the chat screen says, shows and allows for one snapshot of a call. */
export function controlsFor(view: CallView): Controls {
  const scene = sceneOf(view);
  const { action, enabled, busy = false } = scene.primary;
  const together = view.state.status === 'connected' || view.state.status === 'reconnecting';
  const said = scene.card ? `${scene.card.title}. ${scene.card.text}` : (scene.veil ?? scene.status);
  return {
    status: scene.status,
    announce: scene.urgent ? { polite: '', assertive: said } : { polite: said, assertive: '' },
    primary: { action, label: action === 'start' ? 'Start' : 'Next', enabled, busy },
    stop: { label: 'Stop', enabled: scene.stop },
    microphone: {
      label: 'Microphone',
      on: !view.muted,
      state: view.muted ? 'Microphone off' : 'Microphone on',
    },
    camera: {
      label: 'Camera',
      on: !view.cameraOff,
      state: view.cameraOff ? 'Camera off' : 'Camera on',
    },
    lead: scene.lead,
    card: scene.card,
    notices: noticesOf(view),
    partner: {
      name: 'Stranger',
      picture: `Stranger's picture, ${view.partnerMedia.cam ? 'camera on' : 'camera off'}`,
      cover: partnerCover(view, scene),
      microphone: together && !view.partnerMedia.mic ? 'Stranger is muted' : undefined,
    },
    own: {
      picture: 'Your picture',
      cover: view.localStream && view.cameraOff ? 'Your camera is off' : undefined,
      veil: scene.veil,
    },
  };
}
