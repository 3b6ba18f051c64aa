/** What each kind of applier is rendered from, or why it can't be rendered (yet). */
import type { ResourceSetRequest } from "../engine/protocol.ts";
import { listAt, objectAt } from "../manifest/json.ts";
import { localKey } from "../flux/object-ref.ts";
import { chartTitle, sourceOfChart } from "../flux/helm-release.ts";
import type { HelmReleaseSpec } from "../flux/helm-release.ts";
import { accessDenied } from "../graph/access.ts";
import { resolveChart } from "../graph/charts.ts";
import { missingSource, resolveSource } from "../graph/sources.ts";
import { generatorInputs } from "./artifact-generator.ts";
import type { GeneratorSource } from "./artifact-generator.ts";
import type { BuildInputs } from "./build.ts";
import type { ClusterIndex } from "./cluster-index.ts";
import type { RenderContext } from "./context.ts";
import { instanceInputs } from "./flux-instance.ts";
import { chartObject, helmInputs } from "./helm-release.ts";
import { dataOf, kustomizeInputs } from "./kustomization.ts";
import type { RenderNode, Stopped } from "./node.ts";
import { prepareReleaseName } from "./release-name.ts";

/** `wait`: something may still be rendered; with `mayWait` false what is missing is missing. */
export type NodeInputs = BuildInputs | Stopped | "wait";

export async function nodeInputs(
  node: RenderNode,
  index: ClusterIndex,
  context: RenderContext,
  mayWait: boolean,
): Promise<NodeInputs> {
  const { spec } = node;
  if (spec.faults.length > 0) return invalid(spec.faults);
  const denied = accessDenied(spec, context);
  if (denied !== undefined) return denied;
  const isIncomplete = (): boolean =>
    mayWait && spec.data.some((key) => index.inputs.get(key) === undefined);
  switch (spec.kind) {
    case "Kustomization": {
      const source =
        spec.source === undefined
          ? missingSource(undefined, context)
          : await resolveSource(spec.source, index, context);
      if (source.outcome === "await") return mayWait ? "wait" : missingSource(spec.source, context);
      if (source.outcome === "stopped") return source;
      if (isIncomplete()) return "wait";
      return kustomizeInputs({ object: node.object, spec }, source, index.inputs, context);
    }
    case "HelmRelease": {
      const chart = await resolveChart(spec, index, context);
      if (chart.outcome === "await" && mayWait) return "wait";
      if (chart.outcome !== "chart") {
        const stopped =
          chart.outcome === "await"
            ? chartMissing(spec, index, context)
            : chartNotReady(spec, chart);
        return { ...stopped, extra: chartObject(spec) };
      }
      if (isIncomplete()) return "wait";
      if (context.facts !== undefined) await prepareReleaseName(node.object);
      return helmInputs({ ...node, spec }, chart, index, context);
    }
    case "ArtifactGenerator": {
      const sources: GeneratorSource[] = [];
      for (const ref of spec.sources) {
        const source = await resolveSource(ref, index, context);
        if (source.outcome === "await") return mayWait ? "wait" : missingSource(ref, context);
        if (source.outcome === "stopped") return source;
        sources.push({ alias: ref.alias, id: source.id, tree: source.tree });
      }
      return generatorInputs(node.object, sources);
    }
    case "ResourceSet":
      return resourceSetInputs(node, index, context);
    case "FluxInstance":
      return instanceOf(node, context);
  }
}

async function instanceOf(
  node: RenderNode,
  context: RenderContext,
): Promise<BuildInputs | Stopped> {
  const distribution = await context.memory.distribution?.();
  if (distribution !== undefined) return instanceInputs(node.object, distribution, context);
  return {
    outcome: "stopped",
    state: "unknown",
    reason: "Progressing",
    code: "source-unsupported",
    message: "the install manifests of Flux are not at hand here",
  };
}

function invalid(faults: readonly string[]): Stopped {
  return {
    outcome: "stopped",
    state: "failed",
    reason: "Invalid",
    code: "spec-invalid",
    message: faults.join("; "),
  };
}

/**
 * helm-controller's words for a chart whose source is not there (`internal/controller/helmrelease_controller.go`): an object
 * that `chartRef` names is looked for by helm-controller, what a HelmChart names by source-controller.
 */
function chartMissing(spec: HelmReleaseSpec, index: ClusterIndex, context: RenderContext): Stopped {
  const source = spec.source;
  if (spec.chart?.from !== "ref" || source === undefined) {
    const missing = missingSource(source, context);
    return chartNotReady(spec, { ...missing, message: `failed to get source: ${missing.message}` });
  }
  const object = index.get(localKey(source.kind, source.namespace, source.name));
  if (object === undefined) {
    const missing = missingSource(source, context);
    const message = `could not get Source object: ${missing.message}`;
    return missing.state === "failed" ? { ...missing, message } : missing;
  }
  const missing = missingSource(sourceOfChart(object), context);
  return chartNotReady(spec, { ...missing, message: `failed to get source: ${missing.message}` });
}

/** What is known of a source is the source's; the release only says that it waits for it. */
function chartNotReady(spec: HelmReleaseSpec, cause: Stopped): Stopped {
  if (cause.state !== "failed") return cause;
  const title = chartTitle(spec);
  return {
    ...cause,
    reason: "SourceNotReady",
    message: title === undefined ? cause.message : `${title} is not ready: ${cause.message}`,
  };
}

function resourceSetInputs(
  node: RenderNode,
  index: ClusterIndex,
  context: RenderContext,
): BuildInputs {
  const { apiVersion, kind } = node.object;
  const resourceSet = {
    apiVersion,
    kind,
    metadata: objectAt(node.object, "metadata"),
    spec: objectAt(node.object, "spec"),
  };
  const takesInputs = listAt(resourceSet.spec, "inputsFrom").length > 0;
  const providers = index.providers(node.spec.namespace, takesInputs ? context.facts : undefined);
  const base = JSON.stringify(["resourceSet", resourceSet, providers]);
  const { objects, assumed } = dataOf(
    context.memory.asked.get(base)?.data ?? [],
    index.inputs,
    context,
  );
  const request: ResourceSetRequest = { resourceSet, providers, objects, assumed };
  return {
    base,
    key: JSON.stringify([base, objects, assumed]),
    question: { call: "resourceSet", request },
    trees: new Map(),
  };
}
