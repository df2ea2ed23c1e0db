import { expect } from 'playwright/test';

/** A page in any browser. */
interface AnyPage {
  evaluate<T>(run: () => T): Promise<Awaited<T>>;
}

/** How a side names itself and its partner (`ice-ufrag`); a new name on both sides is what an ICE restart is. */
export interface Names {
  own: string;
  partner: string;
}

/** When all is settled; undefined until then. */
export function namesIn(page: AnyPage): Promise<Names | undefined> {
  return page.evaluate(() => {
    const connection = window.recording.connections.at(-1);
    if (connection?.signalingState !== 'stable' || connection.connectionState !== 'connected') return;
    const nameIn = (description: RTCSessionDescription | null) =>
      /^a=ice-ufrag:(.+)$/m.exec(description?.sdp ?? '')?.[1]?.trim() ?? '';
    return {
      own: nameIn(connection.currentLocalDescription),
      partner: nameIn(connection.currentRemoteDescription),
    };
  });
}

/** Waits until both sides have new names, and each knows the other's. `before`: those of the first side. */
export async function expectRestarted(
  one: AnyPage,
  other: AnyPage,
  before: Names | undefined,
  timeout = 15_000,
): Promise<void> {
  await expect(async () => {
    const [names, others] = await Promise.all([namesIn(one), namesIn(other)]);
    expect(names?.own).not.toBe(before?.own);
    expect(names?.partner).not.toBe(before?.partner);
    expect(names).toEqual({ own: others?.partner, partner: others?.own });
  }).toPass({ timeout, intervals: [50] });
}
