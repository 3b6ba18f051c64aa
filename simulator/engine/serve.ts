/** The worker's side: one engine instance that answers the pool's messages in order. Knows nothing of threads. */
import { release } from "./compile.ts";
import { EngineInstance } from "./instance.ts";
import type { EngineJob, FromWorker, ToWorker } from "./worker-messages.ts";

const printedLimit = 4000;
/** Milliseconds without a message after which there is a pause: the calls of one plan follow each other more closely. */
const pause = 40;

/** Makes the handler of a worker's messages. `log` takes what Go's runtime prints, which is how a crash explains itself. */
export function serveEngine(post: (message: FromWorker) => void): (message: ToWorker) => void {
  let instance: EngineInstance | undefined;
  let printed = "";
  let idle: ReturnType<typeof setTimeout> | undefined;
  const write = (text: string): void => {
    printed = (printed + text).slice(0, printedLimit);
  };
  const tidy = (): void => {
    try {
      instance?.tidy();
    } catch (error) {
      post({ type: "crashed", message: explain(error, printed) });
    }
  };
  return (message) => {
    clearTimeout(idle);
    try {
      switch (message.type) {
        case "start": {
          instance = new EngineInstance(message.module, message.image, write);
          release(message.image);
          post({ type: "ready" });
          return;
        }
        case "job":
          post(answer(required(instance), message));
          idle = setTimeout(tidy, pause);
      }
    } catch (error) {
      const id = message.type === "job" ? { id: message.id } : {};
      post({ type: "crashed", ...id, message: explain(error, printed) });
    }
  };
}

function answer(instance: EngineInstance, message: Extract<ToWorker, { type: "job" }>): FromWorker {
  for (const artifact of message.drop) {
    instance.dropArtifact(artifact);
  }
  for (const batch of message.batches) {
    instance.putBatch(batch);
  }
  const value = run(instance, message.job);
  return { type: "done", id: message.id, value, memoryBytes: instance.memoryBytes };
}

function run(instance: EngineInstance, job: EngineJob) {
  switch (job.kind) {
    case "call":
      return instance.answer(job.call, job.request);
    case "excluded":
      return instance.excluded(job.request);
  }
}

function required(instance: EngineInstance | undefined): EngineInstance {
  if (instance === undefined) {
    throw new Error("the engine was not started");
  }
  return instance;
}

function explain(error: unknown, printed: string): string {
  return fatalLine(printed) ?? (error instanceof Error ? error.message : String(error));
}

/** Go says in one line why it gives up; a trace of all goroutines follows. */
function fatalLine(printed: string): string | undefined {
  return printed.split("\n").find((line) => /^(fatal error|panic):/u.test(line));
}
