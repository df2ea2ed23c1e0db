import pino from 'pino';

/** A line at a time would be a system call a line. */
const BUFFER = { minLength: 4_096, periodicFlush: 1_000 };
const FLUSH_WITHIN_MS = 300;

export interface LogOutput {
  readonly stream: pino.DestinationStream;
  /** Ends the process, with the last lines written if somebody takes them within 300 ms. */
  exit(code: number): void;
}

/** Standard output, written some kilobytes or a second at a time, off the event loop. */
export function createLogOutput(): LogOutput {
  const stream = pino.destination({ sync: false, ...BUFFER });
  return {
    stream,
    exit(code) {
      const exit = () => {
        // What is left would be written now, again and again until somebody takes it: sonic-boom, which writes here,
        // knows no error after which it gives up. So where nobody reads any more the process would never end.
        stream.flushSync = () => undefined;
        process.exit(code);
      };
      setTimeout(exit, FLUSH_WITHIN_MS);
      stream.flush(exit);
    },
  };
}
