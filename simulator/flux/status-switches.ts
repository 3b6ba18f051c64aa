/**
 * The switches of a Flux object: how it is suspended, and which requests its controller listens to. Three mechanisms of
 * suspension exist (`fluxcd/source-watcher api/v1beta1/artifactgenerator_types.go`, flux-operator's public documentation,
 * `spec.suspend` everywhere else).
 */
import type { JsonObject } from "../manifest/json.ts";
import { flagAt, textAt } from "../manifest/json.ts";
import { fluxKindOf } from "./kinds.ts";
import type { FluxKind } from "./kinds.ts";

/** What a person reads of these annotations is their value; the controllers compare it in lower case with `disabled`. */
const generatorReconcileAnnotation = "source.extensions.fluxcd.io/reconcile";
const operatorReconcileAnnotation = "fluxcd.controlplane.io/reconcile";

export type SuspendMechanism =
  | { readonly kind: "field" }
  | { readonly kind: "annotation"; readonly annotation: string }
  | { readonly kind: "none" };

/** How objects like this one are suspended. HelmRepositories of type `oci` have no controller that would listen. */
export function suspendMechanism(object: JsonObject): SuspendMechanism {
  const row = rowOf(object);
  switch (row?.suspend) {
    case "spec":
      return isStaticHelmRepository(object) ? { kind: "none" } : { kind: "field" };
    case "annotation":
      return {
        kind: "annotation",
        annotation: row.group.startsWith("source.")
          ? generatorReconcileAnnotation
          : operatorReconcileAnnotation,
      };
    case "none":
    case undefined:
      return { kind: "none" };
  }
}

export function isSuspended(object: JsonObject): boolean {
  const mechanism = suspendMechanism(object);
  switch (mechanism.kind) {
    case "field":
      return flagAt(object, "spec", "suspend");
    case "annotation":
      return (
        textAt(object, "metadata", "annotations", mechanism.annotation)?.toLowerCase() ===
        "disabled"
      );
    case "none":
      return false;
  }
}

/** Whether the controller reconciles when `reconcile.fluxcd.io/requestedAt` changes. */
export function isReconcilable(object: JsonObject): boolean {
  const row = rowOf(object);
  return row !== undefined && row.kind !== "ExternalArtifact" && !isStatic(object);
}

/** Whether `reconcile.fluxcd.io/forceAt` does anything (`fluxcd/helm-controller api/v2/annotations.go`, flux-operator). */
export function isForceable(object: JsonObject): boolean {
  const kind = rowOf(object)?.kind;
  return kind === "HelmRelease" || kind === "FluxInstance" || kind === "ResourceSetInputProvider";
}

/** Whether `reconcile.fluxcd.io/resetAt` does anything. */
export function isResettable(object: JsonObject): boolean {
  return rowOf(object)?.kind === "HelmRelease";
}

/** No controller reports on objects of these kinds, so there is no state to wait for. */
export function isStatic(object: JsonObject): boolean {
  const kind = rowOf(object)?.kind;
  return kind === "Alert" || kind === "Provider" || isStaticHelmRepository(object);
}

function isStaticHelmRepository(object: JsonObject): boolean {
  return rowOf(object)?.kind === "HelmRepository" && textAt(object, "spec", "type") === "oci";
}

function rowOf(object: JsonObject): FluxKind | undefined {
  const apiVersion = textAt(object, "apiVersion");
  const kind = textAt(object, "kind");
  return apiVersion === undefined || kind === undefined
    ? undefined
    : fluxKindOf({ apiVersion, kind });
}
