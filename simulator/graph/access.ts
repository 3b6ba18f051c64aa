/**
 * References to other namespaces where the controllers run with `--no-cross-namespace-refs`, refused in their words
 * (`fluxcd/kustomize-controller internal/controller/kustomization_controller.go getSource`, `fluxcd/helm-controller internal/acl`).
 */
import type { LocalRef } from "../flux/applier.ts";
import type { AnyApplierSpec } from "../flux/read-applier.ts";
import { textAt } from "../manifest/json.ts";
import type { RenderContext } from "../render/context.ts";
import type { Stopped } from "../render/node.ts";

export function accessDenied(
  spec: AnyApplierSpec,
  { facts }: Pick<RenderContext, "facts">,
): Stopped | undefined {
  const strict = facts?.cluster.flags?.noCrossNamespaceRefs ?? [];
  if (strict.length === 0) return undefined;
  const ref = strict.includes(`${controllers[spec.kind] ?? ""}-controller`)
    ? referenceOf(spec)
    : undefined;
  if (ref === undefined || ref.namespace === spec.namespace) return undefined;
  const name = `${ref.namespace}/${ref.name}`;
  const message =
    spec.kind === "Kustomization"
      ? `can't access '${ref.kind}/${name}', cross-namespace references have been blocked`
      : `cross-namespace references are not allowed: cannot access ${ref.kind} ${name}`;
  return {
    outcome: "stopped",
    state: "failed",
    reason: "AccessDenied",
    code: "spec-invalid",
    message,
  };
}

const controllers: Partial<Record<AnyApplierSpec["kind"], string>> = {
  Kustomization: "kustomize",
  HelmRelease: "helm",
};

/** What the controller gets: for a release with `spec.chart` the HelmChart, which is in the namespace of its source. */
function referenceOf(spec: AnyApplierSpec): LocalRef | undefined {
  if (spec.kind !== "HelmRelease" || spec.chart?.from !== "template") return spec.source;
  const { object } = spec.chart;
  return {
    kind: textAt(object, "kind") ?? "",
    namespace: textAt(object, "metadata", "namespace") ?? "",
    name: textAt(object, "metadata", "name") ?? "",
  };
}
