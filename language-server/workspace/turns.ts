/** Long loops stay fair: every few milliseconds they let others have their turn, and look whether they are still wanted. */

const usual = 4;
/** For what somebody waits for who types: whoever else has a turn makes them wait longer. */
export const awaited = 16;

/** Call what it gives between steps; it throws an `AbortError` when the signal says so. */
export function nextTurn(signal: AbortSignal, slice = usual): () => Promise<void> {
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
