import type { ServerResponse } from 'node:http';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What goes back for one request. */
export interface Reply {
  status: number;
  type: 'application/json; charset=utf-8' | 'text/plain; charset=utf-8';
  body: string;
  retryAfterSeconds?: number;
}

export const json = (value: Json, status = 200): Reply => ({
  status,
  type: 'application/json; charset=utf-8',
  body: writeJson(value),
});

export const text = (body: string): Reply => ({ status: 200, type: 'text/plain; charset=utf-8', body });

/** JSON with a space behind commas and colons: some clients look for `["gotMessage", "` in the text. */
export function writeJson(value: Json): string {
  if (isList(value)) return `[${value.map(writeJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${writeJson(member)}`,
  );
  return `{${members.join(', ')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Sends a reply. True once it was handed to a living connection; false if the client had gone. */
export function send(response: ServerResponse, reply: Reply): Promise<boolean> {
  const { socket } = response;
  if (response.destroyed || !socket || socket.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    // `finish` also comes after a failed write, so the connection is asked too.
    response.once('finish', () => resolve(!socket.destroyed && !socket.errored));
    response.once('close', () => resolve(false));
    if (reply.retryAfterSeconds !== undefined) response.setHeader('retry-after', reply.retryAfterSeconds);
    response.writeHead(reply.status, {
      'content-type': reply.type,
      'content-length': Buffer.byteLength(reply.body),
      'cache-control': 'no-store',
    });
    response.end(reply.body);
  });
}
