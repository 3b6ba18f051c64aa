/** A bound on how much happens at the same time; who comes later waits in line. */

export interface Slots {
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];

  function giveBack(): void {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }

  return {
    async run(work, signal) {
      signal.throwIfAborted();
      if (free > 0) free--;
      else await turnOf(waiting, signal);
      try {
        return await work();
      } finally {
        giveBack();
      }
    },
  };
}

/** Waits for a slot; who cancels leaves the line. */
function turnOf(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      waiting.splice(waiting.indexOf(go), 1);
      reject(signal.reason as Error);
    };
    const go = (): void => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    };
    waiting.push(go);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
