/** The worker's side: one engine instance that answers the pool's messages in order. Knows nothing of threads. */
import { EngineInstance, type MemoryImage } from "./instance.ts";
import type { EngineJob, FromWorker, ToWorker } from "./worker-messages.ts";
import { warmUp } from "./warm-up.ts";

/** Makes the handler of a worker's messages. `log` takes what Go's runtime prints, which is how a crash explains itself. */
export function serveEngine(post: (message: FromWorker, transfer: readonly ArrayBuffer[]) => void): (message: ToWorker) => void {
  let instance: EngineInstance | undefined;
  let printed = "";
  const write = (text: string): void => {
    printed = (printed + text).slice(-2000);
  };
  return (message) => {
    try {
      switch (message.type) {
        case "start": {
          const started = start(message, write);
          instance = started.instance;
          const image = started.image?.bytes;
          post({ type: "ready", ...(image && { image }) }, image ? [image.buffer as ArrayBuffer] : []);
          return;
        }
        case "job":
          post(answer(required(instance), message), []);
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const id = message.type === "job" ? { id: message.id } : {};
      post({ type: "crashed", ...id, message: firstLine(printed) ?? text }, []);
    }
  };
}

function start(
  message: Extract<ToWorker, { type: "start" }>,
  write: (text: string) => void,
): { instance: EngineInstance; image?: MemoryImage } {
  if (message.image !== undefined) {
    return { instance: new EngineInstance(message.module, { bytes: message.image }, write) };
  }
  const instance = new EngineInstance(message.module, undefined, write);
  if (!message.wantImage) {
    return { instance };
  }
  warmUp(instance);
  return { instance, image: instance.image() };
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
    case "kustomize":
      return instance.kustomizeBuild(job.request);
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

function firstLine(text: string): string | undefined {
  return text.split("\n").find((line) => line.trim() !== "");
}
