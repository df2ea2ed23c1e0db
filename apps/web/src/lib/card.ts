/** What a button on a card does. */
export type Way =
  'preview' | 'start' | 'start-without' | 'start-text' | 'use-here' | 'sign-in' | 'pause' | 'resume';

export interface WayOn {
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
