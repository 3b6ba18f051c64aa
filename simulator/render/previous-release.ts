/**
 * The release that an upgrade finds on the cluster, as far as it decides what is rendered: one that becomes another release is
 * installed anew (`fluxcd/helm-controller internal/action/verify.go`), and values may be kept. It is left out where it makes no
 * difference, so that both sides of a plan share their renders.
 */
import type { DataObject, HelmRequest, PreviousRelease } from "../engine/protocol.ts";
import type { ResolvedChart } from "../graph/charts.ts";
import { flagAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree } from "../ports.ts";
import type { ArtifactTrees } from "./build-memo.ts";
import type { RenderContext } from "./context.ts";
import type { Built } from "./node.ts";

export interface KnownPrevious {
  readonly release: PreviousRelease;
  /** What the chart of that release is read from. */
  readonly trees: ArtifactTrees;
}

interface Now {
  readonly part: JsonObject;
  readonly objects: readonly DataObject[];
  readonly chart: ResolvedChart;
}

export function previousRelease(
  node: { readonly id: string; readonly object: JsonObject },
  now: Now,
  { options, previous }: RenderContext,
): KnownPrevious | undefined {
  if (options.helm !== "upgrade") return undefined;
  const before = previous?.(node.id);
  if (before?.built.outcome !== "built" || before.built.question.call !== "helm") return undefined;
  const { helm, trees, question } = before.built;
  if (helm?.release === undefined || helm.chart === undefined) return undefined;
  const isKept = flagAt(now.part, "spec", "upgrade", "preserveValues");
  const isSameChart =
    chartOf(question.request.chart, trees) === chartOf(now.chart.input, now.chart.trees);
  const isSame = isKept
    ? isSameChart &&
      madeFrom(question.request.helmRelease, question.request.objects) ===
        madeFrom(now.part, now.objects)
    : isSameChart && targetOf(before.object) === targetOf(node.object);
  if (isSame) return undefined;
  const kept = isKept ? keptRelease(before.built, question.request) : undefined;
  return {
    release: {
      ...helm.release,
      storageNamespace: storageNamespace(before.object),
      chartName: helm.chart.name,
      ...(kept === undefined ? {} : { kept: kept.release }),
    },
    trees: kept?.trees ?? new Map(),
  };
}

/** Where Helm stores a release (`GetStorageNamespace`): a target namespace makes no difference to it. */
export function storageNamespace(object: JsonObject): string {
  return (
    textAt(object, "spec", "storageNamespace") ?? textAt(object, "metadata", "namespace") ?? ""
  );
}

function targetOf(object: JsonObject): string {
  return JSON.stringify([
    textAt(object, "spec", "releaseName"),
    textAt(object, "spec", "targetNamespace"),
    storageNamespace(object),
  ]);
}

/** Equal texts mean a chart of the same name. */
function chartOf({ artifact, form, path }: HelmRequest["chart"], trees: ArtifactTrees): string {
  const file = form === "archive" ? path : `${path === "" ? "" : `${path}/`}Chart.yaml`;
  return JSON.stringify([artifact, form, path, trees.get(artifact)?.files.get(file)?.id]);
}

function madeFrom(part: object, objects: readonly DataObject[]): string {
  return JSON.stringify([part, objects]);
}

/** The old chart is an artifact of its own, since the new one may have the same name with another content. */
function keptRelease(
  { trees }: Built,
  { chart, helmRelease, objects, assumed, remotes }: HelmRequest,
): { readonly release: NonNullable<PreviousRelease["kept"]>; readonly trees: ArtifactTrees } {
  const artifact = `${chart.artifact}-before`;
  const own = trees.get(chart.artifact);
  const others = remotes.flatMap((remote): readonly (readonly [string, FileTree])[] => {
    const tree = remote.artifact === undefined ? undefined : trees.get(remote.artifact);
    return remote.artifact === undefined || tree === undefined ? [] : [[remote.artifact, tree]];
  });
  return {
    release: { chart: { ...chart, artifact }, helmRelease, objects, assumed, remotes },
    trees: new Map([...(own === undefined ? [] : [[artifact, own] as const]), ...others]),
  };
}
