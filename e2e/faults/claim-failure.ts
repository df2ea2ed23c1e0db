/** A page in any browser. */
interface AnyPage {
  evaluate(run: () => void): Promise<unknown>;
}

/** Has a page hear from its connection that every way has failed, which makes it restart ICE. The way stands. */
export async function claimFailure(page: AnyPage): Promise<void> {
  await page.evaluate(() => {
    const connection = window.recording.connections.at(-1);
    if (!connection) throw new Error('no connection');
    Object.defineProperty(connection, 'connectionState', { configurable: true, value: 'failed' });
    connection.dispatchEvent(new Event('connectionstatechange'));
    Reflect.deleteProperty(connection, 'connectionState');
  });
}
