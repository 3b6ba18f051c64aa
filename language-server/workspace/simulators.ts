/** One simulator for each combination of network settings, made when first needed and kept until shutdown. */
import type { Simulator } from "#simulator";

import type { SluiceSettings } from "../protocol.ts";
import type { ServerHost } from "./host.ts";

export class Simulators {
  readonly #host: ServerHost;
  readonly #made = new Map<string, Promise<Simulator>>();

  constructor(host: ServerHost) {
    this.#host = host;
  }

  /** Rejects with a `HostFailure`; the next call tries again. */
  for({ offline, allowPrivateNetwork }: SluiceSettings): Promise<Simulator> {
    const key = `${offline} ${allowPrivateNetwork}`;
    let made = this.#made.get(key);
    if (!made) {
      made = this.#host.createSimulator({ offline, allowPrivateNetwork });
      made.catch(() => this.#made.delete(key));
      this.#made.set(key, made);
    }
    return made;
  }

  /** Sources that could not be had are asked for again. */
  async retrySources(): Promise<void> {
    const made = await Promise.allSettled(this.#made.values());
    for (const result of made) if (result.status === "fulfilled") result.value.retrySources();
  }

  async dispose(): Promise<void> {
    const made = await Promise.allSettled(this.#made.values());
    this.#made.clear();
    for (const result of made) if (result.status === "fulfilled") await result.value.dispose();
  }
}
