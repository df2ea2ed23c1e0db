import { mainReason, type CallState, type CallView } from '@passerby/call';
import type { Card } from './card.ts';
import { consequenceOf, FAILURES, problemOf, titleOf } from './failures.ts';

// The whole logic of the chat screen as a table: what is said, shown and enabled in each state of a call.
// Pure, so that Node can test every cell, and with failures.ts the one place of the screen's words.

interface Toggle {
  /** Stays the same in every state; `on` is told by aria-pressed. */
  label: string;
  on: boolean;
  /** Announced when it changes. */
  state: string;
  /** Why it is off though nobody switched it off; pressing it asks for the device again. */
  reason: string | undefined;
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
    /** Somebody's outline stands where a picture could be. */
    silhouette: boolean;
    cover: string | undefined;
    /** Lies over one's own picture while it leads and something goes on. */
    veil: string | undefined;
  };
}

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

function idleScene({ localStream, missing }: CallView): Scene {
  const scene: Scene = {
    status: 'Press Start when you are ready',
    primary: { action: 'start', enabled: true },
    stop: localStream !== undefined,
    lead: 'own',
  };
  const reason = mainReason(missing);
  if (reason) {
    const { text, ways } = FAILURES[reason];
    // Asked for a picture of oneself, one wants that, not a stranger.
    const again = ways.map((wayOn) =>
      wayOn.way === 'start' ? { ...wayOn, way: 'preview' as const } : wayOn,
    );
    return {
      ...scene,
      status: 'You can start all the same',
      urgent: true,
      card: { title: titleOf(missing), text, ways: again },
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
        card: { title: state.missing ? titleOf(state.missing) : title, text, ways },
      };
    }
  }
}

function noticesOf(view: CallView): string[] {
  const { state } = view;
  const running = state.status !== 'idle' && state.status !== 'failed';
  const notices: string[] = [];
  if (view.offlineBanner && running) {
    notices.push(
      state.status === 'connected'
        ? 'Connection to the service lost. Your call continues.'
        : 'Connection to the service lost. We keep trying.',
    );
  }
  if (state.status === 'connected' && state.weak) notices.push('Weak connection');
  if (state.status === 'connected' && view.partnerAway && !view.offlineBanner) {
    notices.push("The stranger's connection to the service is interrupted. Your call continues.");
  }
  // While the browser is asking, what was missing the last time may be there any moment.
  const asking = state.status === 'starting' && !state.mediaReady;
  if (running && !asking && mainReason(view.missing)) {
    notices.push(`${titleOf(view.missing)}. ${consequenceOf(view.missing)}`);
  }
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

/** `off`: as the user wants it. A device that is missing is off whatever they want. */
function toggle(label: string, off: boolean, reason: string | undefined): Toggle {
  const on = !off && reason === undefined;
  return { label, on, state: `${label} ${on ? 'on' : 'off'}`, reason };
}

/** Everything the chat screen says, shows and allows for one snapshot of a call. */
export function controlsFor(view: CallView): Controls {
  const scene = sceneOf(view);
  const { action, enabled, busy = false } = scene.primary;
  const { camera, microphone } = view.missing;
  const cameraProblem = camera && problemOf('camera', camera);
  const ownCover = cameraProblem ?? (view.cameraOff ? 'Your camera is off' : undefined);
  // A card over it says the same.
  const silhouette = !view.localStream || (ownCover !== undefined && scene.lead === 'own' && !!scene.card);
  const together = view.state.status === 'connected' || view.state.status === 'reconnecting';
  const said = scene.card ? `${scene.card.title}. ${scene.card.text}` : (scene.veil ?? scene.status);
  return {
    status: scene.status,
    announce: scene.urgent ? { polite: '', assertive: said } : { polite: said, assertive: '' },
    primary: { action, label: action === 'start' ? 'Start' : 'Next', enabled, busy },
    stop: { label: 'Stop', enabled: scene.stop },
    microphone: toggle('Microphone', view.muted, microphone && problemOf('microphone', microphone)),
    camera: toggle('Camera', view.cameraOff, cameraProblem),
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
      silhouette,
      cover: silhouette ? undefined : ownCover,
      veil: scene.veil,
    },
  };
}
