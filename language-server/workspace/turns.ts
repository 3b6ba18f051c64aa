/** Long loops stay fair: every few milliseconds they let others have their turn, and look whether they are still wanted. */

const slice = 4;

/** Call what it gives between steps; it throws an `AbortError` when the signal says so. */
export function nextTurn(signal: AbortSignal): () => Promise<void> {
  let started = performance.now();
  return async () => {
    if (performance.now() - started >= slice) {
      await pause();
      started = performance.now();
    }
    signal.throwIfAborted();
  };
}

/** Until what waits has had its turn. */
export function pause(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
