/** An engine that keeps its last answer about each HelmRelease: hooks and order, which the facade does not hand out. */
import type { Engine } from "#simulator";
import type { EngineCall, EngineCalls, HelmRequest, HelmResult } from "#simulator/engine";

export interface WatchedEngine {
  readonly engine: Engine;
  /** By `<namespace>/<name>` of the HelmRelease. */
  readonly answers: Map<string, HelmResult>;
}

export function watched(engine: Engine): WatchedEngine {
  const answers = new Map<string, HelmResult>();
  return {
    answers,
    engine: {
      excluded: (tree, ignore, signal) => engine.excluded(tree, ignore, signal),
      dispose: () => engine.dispose(),
      async call<Call extends EngineCall>(
        call: Call,
        request: EngineCalls[Call][0],
        trees: Parameters<Engine["call"]>[2],
        signal?: AbortSignal,
      ): Promise<EngineCalls[Call][1]> {
        const result = await engine.call(call, request, trees, signal);
        if (call === "helm")
          answers.set(releaseOf(request as HelmRequest), result as EngineCalls["helm"][1]);
        return result;
      },
    },
  };
}

function releaseOf({ helmRelease }: HelmRequest): string {
  const { metadata } = helmRelease as {
    readonly metadata: { readonly namespace: string; readonly name: string };
  };
  return `${metadata.namespace}/${metadata.name}`;
}
