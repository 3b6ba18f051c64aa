/**
 * Many who wait, one listener on the signal: every build in flight waits on the signal of its simulation, and Node warns of a
 * leak from the eleventh listener on.
 */

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back once when the signal is aborted. The answer takes the call back. Does not look whether it is aborted already. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const callbacks = waiting.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => void callbacks.delete(callback);
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(signal, callbacks);
  signal.addEventListener(
    "abort",
    () => {
      for (const callback of callbacks) callback();
      callbacks.clear();
    },
    { once: true },
  );
  return callbacks;
}
