/** One piece of work for everyone who asks for the same thing at the same time; it stops when nobody waits any more. */

export interface SharedTasks<T> {
  /** Rejects with the caller's own abort reason as soon as the caller cancels. */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

interface Task<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

export function createSharedTasks<T>(): SharedTasks<T> {
  const running = new Map<string, Task<T>>();

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Task<T> {
    const controller = new AbortController();
    const result = work(controller.signal).finally(
      () => running.get(key) === task && running.delete(key),
    );
    const task: Task<T> = { result, controller, waiting: 0 };
    running.set(key, task);
    return task;
  }

  return {
    async run(key, work, signal) {
      signal?.throwIfAborted();
      const task = running.get(key) ?? start(key, work);
      task.waiting++;
      let onAbort: (() => void) | undefined;
      const aborted = new Promise<never>((_, reject) => {
        onAbort = () => reject(signal?.reason as Error);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
      try {
        return await Promise.race([task.result, aborted]);
      } finally {
        if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
        if (--task.waiting === 0) {
          if (running.get(key) === task) running.delete(key);
          task.controller.abort();
        }
      }
    },
  };
}
