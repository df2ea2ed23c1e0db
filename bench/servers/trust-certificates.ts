import { globalAgent } from 'node:https';

// Loaded ahead of our server (`--import`): Google's certificates come from a stand-in on loopback.

const { CERTIFICATE_PORT, CERTIFICATE_AUTHORITY } = process.env;
// An agent's host and port go before those of the request; the TLS name stays the request's.
Object.assign(globalAgent.options, {
  host: '127.0.0.1',
  port: Number(CERTIFICATE_PORT),
  ca: CERTIFICATE_AUTHORITY,
});
