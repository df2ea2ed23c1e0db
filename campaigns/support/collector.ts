// Loaded into a server before its own code, with `--expose-gc`: says to its parent how much memory it needs.

/** What finalizers let go of is garbage for the next pass only. */
const PASSES = 3;

process.on('message', () => {
  // The last resort also gives back the pages that garbage has stretched the heap by; else they would be counted.
  for (let pass = 0; pass < PASSES; pass++)
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  process.send?.(process.memoryUsage.rss());
});
// A parent that listens is no reason to live.
process.channel?.unref();
