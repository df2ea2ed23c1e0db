import type { CallErrorReason } from '@passerby/call';
import type { Mode } from '@passerby/protocol';

/** What a button on a card does. */
export type Way =
  | 'preview'
  | 'start'
  | 'start-without'
  | 'start-text'
  | 'start-voice'
  | 'use-here'
  | 'sign-in'
  | 'update'
  | 'pause'
  | 'resume'
  | 'stay'
  | 'report'
  | 'block'
  | 'test'
  | 'keep-trying';

export interface WayOn {
  way: Way;
  label: string;
  /** The one to take when in doubt. */
  strong?: true;
}

/** What can be done about somebody. */
export type Against = Extract<Way, 'report' | 'block'>;

/** The card where not everything is offered: it leads to none of the rest. */
export function cardFor(card: Card, modes: readonly Mode[], against: readonly Against[]): Card {
  const offered = ({ way }: WayOn): boolean => {
    if (way === 'start-text') return modes.includes('text');
    if (way === 'start-voice') return modes.includes('voice');
    return (way !== 'report' && way !== 'block') || against.includes(way);
  };
  return { ...card, ways: card.ways.filter(offered) };
}

/** What lies over the stage when there is something to read or to decide. */
export interface Card {
  title: string;
  text: string;
  ways: readonly WayOn[];
  /** Of a failure: there may be more to say for this browser. */
  reason?: CallErrorReason;
  /** What is said above happens by itself when this runs out. */
  countdown?: 'running' | 'paused';
  /** How long the countdown takes. */
  countsMs?: number;
}
