import type { IncomingMessage } from 'node:http';

/** Largest body that is read, in bytes: a text of 500 characters needs 6,000 when every byte is escaped. */
export const BODY_BYTES_MAX = 65_536;

/** The parameters of a request: those of the form body, then those of the query. */
export class Parameters {
  readonly #sources: readonly URLSearchParams[];

  constructor(body: string, query: URLSearchParams) {
    // The form decoding of the URL standard takes what old clients send: a leading `&`, unescaped
    // spaces, colons and UTF-8, a lone `%`; bytes that are not UTF-8 become U+FFFD.
    this.#sources = [new URLSearchParams(body.trim().replace(/^\?/, '&')), query];
  }

  /** The first value of that name; '' if there is none. */
  get(name: string): string {
    return this.#sources.find((source) => source.has(name))?.get(name) ?? '';
  }

  has(name: string): boolean {
    return this.#sources.some((source) => source.has(name));
  }

  get isEmpty(): boolean {
    return this.#sources.every((source) => source.size === 0);
  }
}

/** The whole body as text; `too-large` as soon as it is known to be, `gone` if the client left before its end. */
export function readBody(
  request: IncomingMessage,
): Promise<{ text: string } | { failed: 'too-large' | 'gone' }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = () => {
      chunks.length = 0;
      request.off('data', take);
      // What still comes is read and dropped, so that the client gets to see the answer.
      request.resume();
      resolve({ failed: 'too-large' });
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES_MAX) refuse();
      else chunks.push(chunk);
    };
    request.on('error', () => resolve({ failed: 'gone' }));
    request.on('close', () => resolve({ failed: 'gone' }));
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) {
      refuse();
      return;
    }
    request.on('data', take);
    request.on('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8') }));
  });
}
