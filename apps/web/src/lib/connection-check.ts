import { checkBrowserReach, type AuthSource } from '@passerby/call';
import * as v from 'valibot';
import type { Connection } from './ticks.ts';

const ASK_MS = 2_000;

const answerSchema = v.object({
  iceServers: v.array(
    v.object({
      urls: v.union([v.string(), v.array(v.string())]),
      username: v.exactOptional(v.string()),
      credential: v.exactOptional(v.string()),
    }),
  ),
});

/** The servers that a call from here would use; rejects where they are not told within 2 s. `origin`: of the signaling server. */
export async function callServers(origin: string, auth: AuthSource): Promise<RTCIceServer[]> {
  const { token } = await auth.token();
  const answer = await fetch(new URL('/api/ice', origin), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(ASK_MS),
  });
  return v.parse(answerSchema, await answer.json()).iceServers;
}

/** Whether the servers of a call answer this browser. Never rejects. */
export async function checkConnection(origin: string, auth: AuthSource): Promise<Connection> {
  try {
    return await checkBrowserReach(await callServers(origin, auth));
  } catch {
    return 'failed';
  }
}
