/**
 * One folder that is simulated again whenever something touches it.
 * A change cancels the running simulation; results of older revisions are dropped. It decides *when*, not *what*.
 */
import type { Progress } from "#simulator";

import type { PlanParams } from "../protocol.ts";
import type { ErrorLog } from "./guard.ts";
import { describeError, isAbort } from "./guard.ts";
import { HostFailure } from "./host.ts";
import type { Snapshot } from "./snapshot.ts";
import { nextTurn } from "./turns.ts";

export type Changed = readonly string[] | "everything";

/** A running state before its folder is filled in. */
export type FolderState = PlanParams extends infer P
  ? P extends { folder: string }
    ? Omit<P, "folder">
    : never
  : never;

export interface LiveFolderOptions {
  /** Milliseconds between the last touch and the start of a simulation. */
  readonly delay: number;
  readonly log: ErrorLog;
  readonly simulate: (
    revision: number,
    changed: Changed,
    previous: Snapshot | undefined,
    context: SimulationTurns,
  ) => Promise<Snapshot>;
  /** Called with every state, in order; `snapshot` when the state is `ready`. */
  readonly publish: (state: FolderState, snapshot?: Snapshot) => void;
  /** The folder left: takes back what is shown of it. */
  readonly retract: () => void;
}

interface SimulationTurns {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly turn: () => Promise<void>;
}

const progressInterval = 100;
const longestDelay = 300;

export class LiveFolder {
  readonly #options: LiveFolderOptions;
  #changed: Set<string> | "everything" = "everything";
  #revision = 0;
  #snapshot: Snapshot | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;
  #waiting: (() => void)[] = [];
  /** Milliseconds of the last simulation after an edit, also of one that was cancelled while it took longer than that. */
  #took = 0;
  #disposed = false;

  constructor(options: LiveFolderOptions) {
    this.#options = options;
  }

  /** The last finished simulation. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  touch(changed: Changed): void {
    if (this.#disposed || (changed !== "everything" && changed.length === 0)) return;
    if (changed === "everything") this.#changed = "everything";
    else if (this.#changed !== "everything") for (const path of changed) this.#changed.add(path);
    this.#running?.abort();
    // Who types fast would have each simulation cancelled just after it started.
    const keys = this.#timer === undefined ? 1 : 2;
    clearTimeout(this.#timer);
    // One that takes long would get into the way of the next key.
    const usual = Math.max(this.#options.delay * keys, Math.min(this.#took * 2, longestDelay));
    const delay = this.#revision === 0 ? 0 : usual;
    this.#timer = setTimeout(() => void this.#run(), delay);
  }

  /** Resolves when nothing is running or waiting to run any more. */
  settled(): Promise<void> {
    if (this.#timer === undefined && !this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running?.abort();
    this.#release();
    this.#options.retract();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#timer = undefined;
    const controller = new AbortController();
    this.#running = controller;
    const revision = ++this.#revision;
    const started = performance.now();
    const { publish, simulate } = this.#options;
    const changed = this.#changed === "everything" ? this.#changed : [...this.#changed];
    publish({ state: "running", revision });
    const onProgress = this.#progressOf(revision, controller.signal);
    try {
      const context = { signal: controller.signal, onProgress, turn: nextTurn(controller.signal) };
      const snapshot = await simulate(revision, changed, this.#snapshot, context);
      if (controller.signal.aborted) return;
      this.#snapshot = snapshot;
      this.#changed = new Set();
      publish(
        {
          state: "ready",
          revision,
          plan: snapshot.live?.plan ?? snapshot.plan,
          notes: snapshot.notes,
        },
        snapshot,
      );
    } catch (error) {
      if (!controller.signal.aborted && !isAbort(error)) this.#fail(revision, error);
    } finally {
      const took = performance.now() - started;
      if (revision > 1) this.#took = controller.signal.aborted ? Math.max(this.#took, took) : took;
      if (this.#running === controller) this.#running = undefined;
      if (this.#timer === undefined && !this.#running) this.#release();
    }
  }

  #fail(revision: number, error: unknown): void {
    const { log, publish } = this.#options;
    if (error instanceof HostFailure) {
      log.warn(error.message);
      publish({ state: "failed", revision, reason: error.reason, message: error.message });
      return;
    }
    log.error(`The simulation failed: ${describeError(error)}`);
    const message = "The simulation failed because of a bug in Sluice. The log has the details.";
    publish({ state: "failed", revision, reason: "bug", message });
  }

  #progressOf(revision: number, signal: AbortSignal): (progress: Progress) => void {
    let last = Date.now();
    return (progress) => {
      const now = Date.now();
      if (signal.aborted || now - last < progressInterval) return;
      last = now;
      this.#options.publish({ state: "running", revision, progress });
    };
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
