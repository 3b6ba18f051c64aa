/** Growing, jittered pauses after errors, capped low so that a cluster that came back is seen soon. */
import { setTimeout as delay } from "node:timers/promises";

export interface BackOffOptions {
  /** Milliseconds. */
  readonly first: number;
  readonly most: number;
}

export class BackOff {
  readonly #options: BackOffOptions;
  #failures = 0;

  constructor(options: BackOffOptions) {
    this.#options = options;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Waits, longer each time; `atLeast` is what the server asked for. Rejects when the signal is aborted. */
  async wait(signal: AbortSignal, atLeast = 0): Promise<void> {
    const { first, most } = this.#options;
    const full = Math.min(most, first * 2 ** Math.min(this.#failures++, 20));
    // Half of it is fixed: a herd of watches must not come back at once, and none at once after an error.
    const pause = full / 2 + (Math.random() * full) / 2;
    await delay(Math.max(pause, atLeast), undefined, { signal });
  }
}
