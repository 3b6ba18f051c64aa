/**
 * What is derived from a text is remembered in the record of the text, and goes away with it. A WeakMap would do the same, but its
 * values are taken for alive until all memory is looked through, so that each edit would leave its whole text behind for long.
 */

/** A record that things can be remembered in. */
export interface Remembering {
  readonly memory: Memory;
}

export type Memory = unknown[];

let slots = 0;

/** One thing that may be remembered in each record. */
export class Slot<Of extends Remembering, T extends object | string | number | boolean | null> {
  readonly #at = slots++;

  get({ memory }: Of): T | undefined {
    return memory[this.#at] as T | undefined;
  }

  set({ memory }: Of, value: T): void {
    memory[this.#at] = value;
  }
}
