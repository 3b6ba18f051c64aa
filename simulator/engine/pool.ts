/**
 * The `Engine` port over a pool of workers, each with an engine of its own: a build that hangs or crashes takes only its worker.
 * Knows neither Node nor browsers; those give it a way to spawn a worker and the compiled module.
 */
import { onAbort } from "../on-abort.ts";
import type { Engine, FileTree } from "../ports.ts";
import type { IgnoreRequest } from "./instance.ts";
import { lostAnswer, type Loss } from "./lost-answer.ts";
import type { EngineCall, EngineCalls } from "./protocol.ts";
import { synchronise } from "./sync.ts";
import type {
  EngineJob,
  EngineValue,
  EngineWorker,
  FromWorker,
  SpawnEngineWorker,
  ToWorker,
} from "./worker-messages.ts";

export interface EnginePoolOptions {
  readonly spawn: SpawnEngineWorker;
  readonly module: () => Promise<WebAssembly.Module>;
  /**
   * The memory of a warmed engine (see `image.ts`), another copy for each call: a worker is given it for good.
   * Without it every worker starts cold, which is only slower.
   */
  readonly image?: () => Promise<Uint8Array<ArrayBuffer> | undefined>;
  readonly jobs: number;
  /**
   * Processor time that one call may take, where the worker can tell it; else time. A worker that gets little of a busy machine
   * waits longer, up to `patience` times this.
   */
  readonly timeoutMs: number;
  /** Linear memory above which a worker is replaced after its call. */
  readonly memoryBytes: number;
  /** Whether to start a worker before the first call. */
  readonly ahead?: boolean;
}

/** How many times its processor time a call may take by the clock. */
const patience = 10;

interface Task {
  readonly job: EngineJob;
  readonly artifacts: ReadonlyMap<string, FileTree>;
  readonly resolve: (value: EngineValue) => void;
  readonly reject: (error: unknown) => void;
  retried: boolean;
  cancelled: boolean;
}

interface Slot {
  worker: EngineWorker;
  ready: boolean;
  readonly held: Map<string, FileTree>;
  /** Calls that it has answered. */
  answered: number;
  task?: Task | undefined;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

export function createEnginePool(options: EnginePoolOptions): Engine {
  const pool = new EnginePool(options);
  if (options.ahead === true) {
    pool.startAhead();
  }
  return {
    async call<Call extends EngineCall>(
      call: Call,
      request: EngineCalls[Call][0],
      artifacts: ReadonlyMap<string, FileTree>,
      signal?: AbortSignal,
    ) {
      const value = await pool.run({ kind: "call", call, request }, artifacts, signal);
      return value as EngineCalls[Call][1];
    },
    async excluded(tree, ignore, signal) {
      const value = await pool.run(
        { kind: "excluded", request: ignoreRequest(tree, ignore) },
        new Map(),
        signal,
      );
      return value as readonly string[];
    },
    dispose: () => pool.dispose(),
  };
}

class EnginePool {
  readonly #options: EnginePoolOptions;
  readonly #slots = new Set<Slot>();
  readonly #queue: Task[] = [];
  #module: Promise<WebAssembly.Module> | undefined;
  #nextId = 0;
  #disposed = false;

  constructor(options: EnginePoolOptions) {
    this.#options = options;
  }

  run(
    job: EngineJob,
    artifacts: ReadonlyMap<string, FileTree>,
    signal: AbortSignal | undefined,
  ): Promise<EngineValue> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true || this.#disposed) {
        reject(aborted());
        return;
      }
      const leave = onAbort(signal, () => {
        task.cancelled = true;
        const at = this.#queue.indexOf(task);
        if (at >= 0) {
          this.#queue.splice(at, 1);
        }
        reject(aborted());
      });
      const settle =
        <T>(end: (value: T) => void) =>
        (value: T): void => {
          leave();
          end(value);
        };
      const task: Task = {
        job,
        artifacts,
        resolve: settle(resolve),
        reject: settle(reject),
        retried: false,
        cancelled: false,
      };
      this.#queue.push(task);
      this.#advance();
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const task of this.#queue.splice(0)) {
      task.reject(aborted());
    }
    for (const slot of [...this.#slots]) {
      this.#remove(slot)?.reject(aborted());
    }
    await this.#module?.catch(() => undefined);
  }

  startAhead(): void {
    this.#add().worker.holdProcess(false);
  }

  /** Gives waiting tasks to idle workers and adds workers while there are more tasks than those. */
  #advance(): void {
    for (const slot of this.#slots) {
      if (slot.ready && slot.task === undefined) {
        const task = this.#queue.shift();
        if (task === undefined) {
          return;
        }
        this.#dispatch(slot, task);
      }
    }
    const starting = [...this.#slots].filter((slot) => !slot.ready);
    for (const slot of this.#queue.length > 0 ? starting : []) {
      slot.worker.holdProcess(true);
    }
    if (this.#queue.length > starting.length && this.#slots.size < this.#options.jobs) {
      this.#add();
    }
  }

  #dispatch(slot: Slot, task: Task): void {
    slot.task = task;
    const { drop, batches } = synchronise(slot.held, task.artifacts);
    this.#watch(slot);
    slot.worker.holdProcess(true);
    const message: ToWorker = { type: "job", id: this.#nextId++, drop, batches, job: task.job };
    slot.worker.post(
      message,
      batches.map((batch) => batch.buffer),
    );
  }

  /** Stops the worker when its call took too long. Delays are added up instead of asking a clock. */
  #watch(slot: Slot): void {
    const { timeoutMs } = this.#options;
    const before = slot.worker.spentMs?.() ?? 0;
    let waited = 0;
    const wait = (delay: number): void => {
      waited += delay;
      slot.timer = setTimeout(check, delay);
    };
    const check = (): void => {
      const spent = (slot.worker.spentMs?.() ?? Number.POSITIVE_INFINITY) - before;
      if (spent < timeoutMs && waited < timeoutMs * patience) {
        const rest = Math.max(timeoutMs - spent, timeoutMs / 20);
        wait(Math.min(rest, timeoutMs * patience - waited));
        return;
      }
      // One turn more: where this thread was held up itself, the answer is already waiting.
      slot.timer = setTimeout(() => this.#lose(slot, { kind: "timeout" }), 0);
    };
    wait(timeoutMs);
  }

  #add(): Slot {
    const worker = this.#options.spawn({
      onMessage: (message) => this.#receive(slot, message),
      onExit: (message) => this.#lose(slot, { kind: "crash", message }),
    });
    const slot: Slot = { worker, ready: false, held: new Map(), answered: 0 };
    this.#slots.add(slot);
    this.#start(slot).catch((error: unknown) => {
      this.#remove(slot);
      const reason = error instanceof Error ? error.message : String(error);
      for (const task of this.#queue.splice(0)) {
        task.resolve(
          lostAnswer(task.job, { kind: "crash", message: reason }, this.#options.timeoutMs),
        );
      }
    });
    return slot;
  }

  async #start(slot: Slot): Promise<void> {
    const [module, image] = await Promise.all([
      (this.#module ??= this.#options.module()),
      this.#options.image?.().catch(() => undefined),
    ]);
    if (!this.#slots.has(slot)) {
      return;
    }
    const start: ToWorker = { type: "start", module, ...(image && { image }) };
    slot.worker.post(start, image === undefined ? [] : [image.buffer]);
  }

  #receive(slot: Slot, message: FromWorker): void {
    switch (message.type) {
      case "ready":
        slot.ready = true;
        slot.worker.holdProcess(false);
        break;
      case "done": {
        const task = this.#release(slot);
        slot.answered += 1;
        if (message.memoryBytes > this.#options.memoryBytes) {
          this.#remove(slot);
        }
        task?.resolve(message.value);
        break;
      }
      case "crashed":
        this.#lose(slot, { kind: "crash", message: message.message });
        return;
    }
    this.#advance();
  }

  /** A worker is gone. If it had answered before, a crash may be left over from then: one more try. A time-out gets none. */
  #lose(slot: Slot, loss: Loss): void {
    if (!this.#slots.has(slot)) {
      return;
    }
    const starting = !slot.ready;
    const task = this.#remove(slot);
    const retry = loss.kind === "crash" && slot.answered > 0;
    if (task !== undefined && retry && !task.retried && !task.cancelled) {
      task.retried = true;
      this.#queue.unshift(task);
    } else {
      task?.resolve(lostAnswer(task.job, loss, this.#options.timeoutMs));
    }
    if (starting) {
      // A worker that cannot start would only fail again.
      const waiting = this.#queue.shift();
      waiting?.resolve(lostAnswer(waiting.job, loss, this.#options.timeoutMs));
    }
    this.#advance();
  }

  #release(slot: Slot): Task | undefined {
    clearTimeout(slot.timer);
    const task = slot.task;
    slot.task = undefined;
    slot.worker.holdProcess(false);
    return task;
  }

  #remove(slot: Slot): Task | undefined {
    const task = this.#release(slot);
    this.#slots.delete(slot);
    slot.worker.terminate();
    return task;
  }
}

function ignoreRequest(tree: FileTree, ignore: string | undefined): IgnoreRequest {
  const ignoreFiles: Record<string, string> = {};
  const paths: string[] = [];
  const decoder = new TextDecoder();
  for (const [path, file] of tree.files) {
    paths.push(path);
    if (
      file.kind === "file" &&
      file.bytes !== undefined &&
      (path === ".sourceignore" || path.endsWith("/.sourceignore"))
    ) {
      ignoreFiles[path] = decoder.decode(file.bytes);
    }
  }
  return { paths, ignoreFiles, ignore: ignore ?? null };
}

function aborted(): DOMException {
  return new DOMException("The render was cancelled.", "AbortError");
}
