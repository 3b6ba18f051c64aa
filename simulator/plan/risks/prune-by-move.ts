/**
 * An object that leaves one applier and appears in another: the old one prunes it, unless the new one has taken it over before.
 * kustomize-controller spares what no longer has its owner labels (`fluxcd/pkg ssa`, owner labels as inclusions of a deletion); Helm asks
 * nobody and deletes what left the chart (`helm/helm pkg/kube/client.go`).
 */
import { isFluxKind } from "../../flux/kinds.ts";
import { refTitle } from "../../flux/object-ref.ts";
import type { RenderedNode } from "../../render/cluster.ts";
import { applierId } from "../../render/node.ts";
import { lossOf } from "./data-kinds.ts";
import { about, shown } from "./rule.ts";
import type { ChangedObject, Finding, RiskContext, RiskRule } from "./rule.ts";

export const pruneByMove: RiskRule = {
  code: "risk/prune-by-move",
  summary: "An object that moves to another applier may be deleted by the old one.",
  *find(context) {
    for (const changed of context.objects) {
      const { kind, from, applier } = changed.change;
      if (kind !== "moved" || from === undefined || !changed.isPruned) continue;
      const old = context.node("base", from);
      const now = context.node("target", applier);
      if (old === undefined || now === undefined || isTakenOverFirst(old, now, context)) continue;
      yield finding(changed, old, now);
    }
  },
};

function finding(changed: ChangedObject, old: RenderedNode, now: RenderedNode): Finding {
  const { ref } = changed.change;
  const [title, from, to] = [refTitle(ref), refTitle(old.spec), refTitle(now.spec)];
  const loss = lossOf(ref, shown(changed.base));
  const isHigh = isApplier(changed) || (loss !== undefined && loss.severity !== "low");
  const lost = lossText(changed, loss?.consequence);
  return about(
    changed,
    isHigh ? "high" : "medium",
    `${title} moves from ${from} to ${to}: ${reason(old, now, from, to)}${lost}. Push it first with the annotation kustomize.toolkit.fluxcd.io/prune: disabled (helm.sh/resource-policy: keep in a chart), and move it then.`,
  );
}

function lossText(changed: ChangedObject, consequence: string | undefined): string {
  if (isApplier(changed)) return ". Whatever it applies is deleted with it";
  return consequence === undefined ? "" : `; when that happens, ${consequence}`;
}

function reason(old: RenderedNode, now: RenderedNode, from: string, to: string): string {
  if (old.spec.kind === "HelmRelease")
    return `Helm deletes what left the chart of ${from}, whoever applies it by then`;
  if (now.spec.kind === "HelmRelease")
    return `Helm leaves the owner labels of ${from} on it, so that one prunes it, and ${to} does not notice`;
  return `if ${from} is reconciled first, it deletes it before ${to} takes it over`;
}

function isApplier({ change }: ChangedObject): boolean {
  const { ref } = change;
  return (
    isFluxKind(ref, "Kustomization") ||
    isFluxKind(ref, "HelmRelease") ||
    isFluxKind(ref, "ResourceSet")
  );
}

/**
 * The old applier waits for the new one: it depends on it, and both have the same source, so that the dependency has to be at the same
 * revision (`kustomize-controller internal/controller/kustomization_controller.go`, checkDependencies).
 */
function isTakenOverFirst(old: RenderedNode, now: RenderedNode, context: RiskContext): boolean {
  if (old.spec.kind !== "Kustomization" || now.spec.kind !== "Kustomization") return false;
  const left = context.node("target", old.id);
  if (left === undefined) return false;
  const seen = new Set<string>([old.id]);
  // A Set iterates over what is added meanwhile: this walks the dependencies.
  for (const id of seen) {
    const node = context.node("target", id);
    if (node === undefined || !hasSameSource(node, now)) continue;
    if (id === now.id) return true;
    for (const ref of node.spec.dependsOn)
      if (ref.readyExpr === undefined) seen.add(applierId(node.cluster, ref));
  }
  return false;
}

function hasSameSource({ spec: { source } }: RenderedNode, { spec }: RenderedNode): boolean {
  return (
    source !== undefined &&
    source.kind === spec.source?.kind &&
    source.namespace === spec.source.namespace &&
    source.name === spec.source.name
  );
}
