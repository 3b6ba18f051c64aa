/** Long loops stay fair: every few milliseconds they let others have their turn, and look whether they are still wanted. */

const slice = 8;

/** Call what it gives between steps; it throws an `AbortError` when the signal says so. */
export function nextTurn(signal: AbortSignal): () => Promise<void> {
  let started = performance.now();
  return async () => {
    if (performance.now() - started >= slice) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 0);
      });
      started = performance.now();
    }
    signal.throwIfAborted();
  };
}
