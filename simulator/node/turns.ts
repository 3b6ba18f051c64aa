/** Lets long synchronous loops give way: to the event loop now and then, and to cancellation. */

/** `await turn()` between steps: it costs nothing until the time of a turn is used up. */
export function createTurns(
  signal?: AbortSignal,
  milliseconds = 8,
): () => Promise<void> | undefined {
  let started = performance.now();
  return () => {
    signal?.throwIfAborted();
    if (performance.now() - started < milliseconds) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      started = performance.now();
      signal?.throwIfAborted();
    });
  };
}
