import type { IncomingMessage, ServerResponse } from 'node:http';

/** The built app as a request handler; passes on what it does not know. */
export const handler: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
