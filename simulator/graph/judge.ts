/** Turns a rendered cluster into records and problems: what each applier would come to, and what is wrong with it. */
import { discreet } from "../diff/discreet.ts";
import type { EngineFailure } from "../engine/protocol.ts";
import { chartTitle } from "../flux/helm-release.ts";
import { refTitle } from "../flux/object-ref.ts";
import { remoteOf } from "../flux/remote-cluster.ts";
import type { ClusterRender, RenderedNode } from "../render/cluster.ts";
import { gate } from "../render/context.ts";
import { inventoryOf } from "../render/inventory.ts";
import { locate } from "../render/locate.ts";
import { applierId, nodeRef } from "../render/node.ts";
import type { Built } from "../render/node.ts";
import type { FileTree } from "../ports.ts";
import type { ApplierRecord, Place, Problem, ProblemCode } from "../records.ts";
import type { SimulationOptions } from "../simulator.ts";
import { judgeDependencies } from "./dependencies.ts";
import type { Verdict } from "./dependencies.ts";
import { failurePlace } from "./failure-place.ts";
import { observations, sharedObjects } from "./observations.ts";

export interface Judgement {
  readonly appliers: readonly ApplierRecord[];
  readonly problems: readonly Problem[];
}

export function judge(
  render: ClusterRender,
  tree: FileTree,
  options: SimulationOptions,
): Judgement {
  const byId = new Map(render.nodes.map((node) => [node.id, node]));
  const own = new Map(render.nodes.map((node) => [node.id, ownVerdict(node, render)]));
  const additiveCheck = gate(options, "AdditiveCELDependencyCheck", false);
  const { cluster } = options;
  const verdicts = judgeDependencies(render.nodes, own, {
    additiveCheck,
    ...(cluster === undefined ? {} : { live: (key: string) => cluster.objects.get(key) }),
  });
  const places = new Map(render.nodes.map((node) => [node.id, placeOf(node, byId)]));
  const appliers = render.nodes.map((node) =>
    record(node, render, verdicts.get(node.id), places.get(node.id)),
  );
  const problems = render.nodes.flatMap((node) => {
    const place = places.get(node.id);
    const verdict = verdicts.get(node.id) ?? { state: "unknown" };
    const ownOne = own.get(node.id) ?? { state: "unknown" };
    const found = verdict === ownOne ? [verdict] : [verdict, ownOne];
    return [
      ...found.flatMap((one) => verdictProblem(node, one, place)),
      ...observations(node, render, tree, place),
    ];
  });
  return { appliers, problems: [...problems, ...sharedObjects(render, places)] };
}

function ownVerdict(node: RenderedNode, render: ClusterRender): Verdict {
  if (node.spec.suspend) return { state: "suspended" };
  const { built } = node;
  if (built.outcome === "stopped")
    return {
      state: built.state,
      reason: built.reason,
      message: discreet(built.message),
      code: built.code,
    };
  const { failure } = built.result;
  if (failure !== undefined) {
    const missing = built.unavailable.some(
      ({ reason }) => reason === "offline" || reason === "refused",
    );
    return {
      state: missing ? "unknown" : "failed",
      ...inWordsOf(node, failure),
      code: failureCode(failure, built),
    };
  }
  const homeless = inventoryOf(built.result, render.scopes).find((item) => item.namespaceMissing);
  if (homeless === undefined) return { state: "ready" };
  const message = `${homeless.ref.kind}/${homeless.ref.name} namespace not specified: the server could not find the requested resource`;
  return { state: "failed", reason: "ReconciliationFailed", message, code: "namespace-missing" };
}

/**
 * A chart that source-controller can't package is the HelmChart's failure; the release says that it waits for it
 * (`fluxcd/helm-controller internal/controller/helmrelease_controller.go`).
 */
function inWordsOf(
  { spec }: RenderedNode,
  { stage, reason, message }: EngineFailure,
): { readonly reason: string; readonly message: string } {
  const chart = spec.kind === "HelmRelease" ? chartTitle(spec) : undefined;
  if (stage !== "chart" || chart === undefined || !packagingReasons.has(reason))
    return { reason, message };
  return { reason: "SourceNotReady", message: `${chart} is not ready: ${message}` };
}

/** Reasons of source-controller (`api/v1/helmchart_types.go`). */
const packagingReasons: ReadonlySet<string> = new Set([
  "InvalidChartReference",
  "ChartPullError",
  "ChartPackageError",
  "DependencyBuildError",
  "ValuesFilesError",
]);

function failureCode(failure: EngineFailure, built: Built): ProblemCode {
  if (built.unavailable.length > 0) return "source-unavailable";
  switch (failure.stage) {
    case "path":
      return "path-not-found";
    case "generate":
    case "build":
    case "decrypt":
    case "substitute":
      return "build-failed";
    case "apply":
      return "apply-failed";
    case "chart":
      return "chart-failed";
    case "values":
      return "values-failed";
    case "schema":
      return "schema-failed";
    case "template":
      return "template-failed";
    case "post-render":
      return "post-render-failed";
    case "inputs":
      return "inputs-failed";
    case "engine":
      return engineCode(failure);
  }
}

/** Failures that the controller does not have. */
const engineCodes = {
  timeout: "engine-timeout",
  limit: "limit-exceeded",
  crash: "engine-crashed",
} as const satisfies Record<NonNullable<EngineFailure["cause"]>, ProblemCode>;

function engineCode({ cause, message }: EngineFailure): ProblemCode {
  if (cause !== undefined) return engineCodes[cause];
  return message.startsWith("the Kustomization is not valid") ? "spec-invalid" : "engine-crashed";
}

function record(
  node: RenderedNode,
  render: ClusterRender,
  verdict: Verdict | undefined,
  origin: Place | undefined,
): ApplierRecord {
  const { spec } = node;
  const remote = remoteOf(node.object);
  const source =
    spec.source === undefined
      ? ""
      : `${spec.source.kind} ${spec.source.namespace}/${spec.source.name}`;
  return {
    id: node.id,
    cluster: node.cluster,
    ref: nodeRef(node),
    ...(node.parent === undefined ? {} : { parent: node.parent }),
    state: verdict?.state ?? "unknown",
    ...(verdict?.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict?.message === undefined ? {} : { message: verdict.message }),
    path: spec.path,
    source,
    ...(origin === undefined ? {} : { origin }),
    dependsOn: spec.dependsOn.map((ref) => applierId(node.cluster, ref)),
    objects: countObjects(node, render),
    ...(remote === undefined ? {} : { remote }),
    ...chartOf(node),
  };
}

/** What is in the inventory of the controller: no hooks, no HelmChart, no namespace that Helm makes. */
function countObjects({ built }: RenderedNode, render: ClusterRender): number {
  if (built.outcome !== "built") return 0;
  return inventoryOf(built.result, render.scopes).filter(
    ({ object: { helm } }) => helm === undefined || helm.part === "template" || helm.part === "crd",
  ).length;
}

function chartOf({ built }: RenderedNode): Pick<ApplierRecord, "chart" | "release"> {
  if (built.outcome !== "built" || built.helm === undefined) return {};
  const { chart, release } = built.helm;
  return {
    ...(chart === undefined ? {} : { chart }),
    ...(release === undefined ? {} : { release }),
  };
}

function placeOf(node: RenderedNode, byId: ReadonlyMap<string, RenderedNode>): Place | undefined {
  if (node.place !== undefined) return node.place;
  const parent = node.parent === undefined ? undefined : byId.get(node.parent);
  return parent?.built.outcome === "built" ? locate(parent.built, nodeRef(node)) : undefined;
}

function verdictProblem(
  node: RenderedNode,
  verdict: Verdict,
  fallback: Place | undefined,
): readonly Problem[] {
  if (verdict.code === undefined) return [];
  const built = node.built.outcome === "built" ? node.built : undefined;
  const failure = built?.result.failure;
  const isOwn = built !== undefined && failure !== undefined && failure.message === verdict.message;
  const place = (isOwn ? failurePlace(failure, built) : undefined) ?? fallback;
  return [
    {
      code: verdict.code,
      severity: verdict.state === "unknown" ? "warning" : "error",
      message: discreet(`${refTitle(nodeRef(node))}: ${verdict.message ?? verdict.reason ?? ""}`),
      ...(place === undefined ? {} : { place }),
      applier: node.id,
    },
  ];
}
