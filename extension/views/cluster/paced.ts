/** Work that is asked for often and done at most once in an interval, the first time at once. Knows no editor. */

export class Paced {
  readonly #interval: number;
  readonly #work: () => void;
  #timer: NodeJS.Timeout | undefined;
  #last = -Infinity;

  /** `interval` is in milliseconds, from the beginning of one run to the beginning of the next. */
  constructor(interval: number, work: () => void) {
    this.#interval = interval;
    this.#work = work;
  }

  /** Does the work as soon as the pace allows; asking again until then changes nothing. */
  soon(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#last + this.#interval - performance.now());
    this.#timer = setTimeout(() => this.#run(), Math.ceil(wait));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    this.#last = performance.now();
    this.#work();
  }
}
