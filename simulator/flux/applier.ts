/**
 * What all appliers have in common, whatever their kind: who they are, what they read, what they wait for, and what becomes
 * of their objects. Each kind adds its own; `render/` knows how each is rendered.
 */
import type { FluxKindName } from "./kinds.ts";
import type { JsonObject } from "../manifest/json.ts";

/** Kinds that are rendered: their render gives objects, or artifacts for others. */
export const applierKinds = [
  "Kustomization",
  "HelmRelease",
  "ResourceSet",
  "FluxInstance",
  "ArtifactGenerator",
] as const satisfies readonly FluxKindName[];
export type ApplierKind = (typeof applierKinds)[number];

/** Another object of the same cluster, by kind and name. */
export interface LocalRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface DependencyRef extends LocalRef {
  /** CEL over `self` and `dep`. */
  readonly readyExpr?: string;
  /** ResourceSets ask whether the dependency is ready only if they say so; absent means yes. */
  readonly ready?: boolean;
}

export type DeletionPolicy = "MirrorPrune" | "Delete" | "WaitForTermination" | "Orphan";

export interface ApplierSpec {
  readonly kind: ApplierKind;
  readonly namespace: string;
  readonly name: string;
  /** Path inside the source: cleaned, relative, empty for the root or where there is none. */
  readonly path: string;
  readonly source: LocalRef | undefined;
  readonly dependsOn: readonly DependencyRef[];
  readonly suspend: boolean;
  /** Whether objects that leave the render are deleted. */
  readonly prune: boolean;
  /** What happens to its objects when the applier itself is deleted. */
  readonly deletionPolicy: DeletionPolicy;
  /** ConfigMaps and Secrets whose content decides its render, as `Kind/namespace/name`, in order. */
  readonly data: readonly string[];
  /** Set when it applies to another cluster: the name of the Secret or ConfigMap with the kubeconfig. */
  readonly remoteCluster: string | undefined;
  /** What the API server would reject, in its words' spirit: `spec.sourceRef.name is required`. */
  readonly faults: readonly string[];
}

/** Whether an applier is shown below the one that applies it; Kustomizations stand side by side. */
export function isInnerApplier({ kind }: { readonly kind: string }): boolean {
  return kind !== ("Kustomization" satisfies ApplierKind);
}

/** The annotation by which objects of flux-operator and source-watcher are suspended. */
export function isDisabled(object: JsonObject, annotation: string): boolean {
  const annotations = (object["metadata"] as JsonObject | undefined)?.["annotations"];
  const value = (annotations as JsonObject | undefined)?.[annotation];
  return typeof value === "string" && value.toLowerCase() === "disabled";
}
