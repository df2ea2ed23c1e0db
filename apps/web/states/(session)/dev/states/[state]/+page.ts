import { error } from '@sveltejs/kit';
import { STATES } from '../../../../states.ts';

export const ssr = false;

export function load({ params }: { params: { state: string } }) {
  const fixture = STATES[params.state];
  if (!fixture) error(404);
  return { fixture };
}
