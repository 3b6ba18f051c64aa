/** The answer in place of one that never came, because its worker hung or crashed. One shape for each call. */
import type { EngineCall, EngineCalls, EngineFailure } from "./protocol.ts";
import type { EngineJob, EngineValue } from "./worker-messages.ts";

/** What became of a task whose worker did not answer. */
export type Loss =
  { readonly kind: "timeout" } | { readonly kind: "crash"; readonly message: string };

export function lostAnswer(job: EngineJob, loss: Loss, timeoutMs: number): EngineValue {
  if (job.kind === "excluded") {
    return [];
  }
  const upgrade = "isUpgrade" in job.request && job.request.isUpgrade;
  const failure: EngineFailure = {
    stage: "engine",
    reason: upgrade ? "UpgradeFailed" : reasons[job.call],
    message: explain(nouns[job.call], loss, timeoutMs),
    cause: loss.kind,
  };
  return withFailure(job.call, failure);
}

const reasons: Readonly<Record<EngineCall, string>> = {
  kustomize: "BuildFailed",
  helm: "InstallFailed",
  chart: "ChartPackageError",
  resourceSet: "BuildFailed",
  generator: "BuildFailed",
  imagePolicy: "ReconciliationFailed",
  imageUpdate: "ReconciliationFailed",
  version: "InvalidVersion",
};

const nouns: Readonly<Record<EngineCall, string>> = {
  kustomize: "the build",
  helm: "the render of the chart",
  chart: "loading the chart",
  resourceSet: "the build",
  generator: "the build",
  imagePolicy: "the choice of an image",
  imageUpdate: "the update",
  version: "the choice of a version",
};

function withFailure(call: EngineCall, failure: EngineFailure): EngineCalls[EngineCall][1] {
  const reads = { files: [], listings: [], absent: [] };
  const render = { objects: [], reads, needs: [], failure, warnings: [] };
  switch (call) {
    case "kustomize":
      return { ...render, customSchema: false };
    case "helm":
      return render;
    case "resourceSet":
      return { ...render, inputs: 0 };
    case "chart":
      return { reads, needs: [], failure };
    case "generator":
      return { artifacts: [], reads, failure };
    case "imageUpdate":
      return { files: [], changes: [], reads, failure };
    case "imagePolicy":
    case "version":
      return { failure };
  }
}

function explain(noun: string, loss: Loss, timeoutMs: number): string {
  if (loss.kind === "timeout") {
    return `${noun} took longer than ${timeoutMs / 1000} s and was stopped`;
  }
  if (loss.message.includes("out of memory")) {
    return `${noun} needs more memory than the render engine may use (1 GiB)`;
  }
  if (/call stack|stack overflow|stack exceeds/u.test(loss.message)) {
    return `${noun} is nested too deeply for the render engine`;
  }
  return `the render engine crashed: ${loss.message}`;
}
