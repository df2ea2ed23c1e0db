import type { WebHandler } from './server.ts';

/**
 * The built web app as a request handler. Imported at call time: it reads its own variables when it
 * is imported, so the configuration must have been loaded before.
 */
export async function loadWebApp(options: { relayOffered: boolean }): Promise<WebHandler> {
  // Mounted under our server the app must be told the protocol, else its URLs say https.
  process.env['PROTOCOL_HEADER'] ??= 'x-forwarded-proto';
  // With a TURN server people may hide their address; the operator's own word comes first.
  process.env['PUBLIC_HIDE_ADDRESS'] ||= options.relayOffered ? 'offered' : 'off';
  const { handler } = await import('@passerby/web/handler');
  return handler;
}
