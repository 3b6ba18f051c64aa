/**
 * What ResourceSets (flux-operator), FluxInstances and ArtifactGenerators (source-watcher) say about themselves, read
 * tolerantly. Sources: the public documentation of flux-operator; `fluxcd/source-watcher api/v1beta1`.
 */
import { listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import { isDisabled } from "./applier.ts";
import type { ApplierKind, ApplierSpec, DependencyRef, LocalRef } from "./applier.ts";

export interface ResourceSetSpec extends ApplierSpec {
  readonly kind: "ResourceSet";
}
export interface FluxInstanceSpec extends ApplierSpec {
  readonly kind: "FluxInstance";
}
export interface ArtifactGeneratorSpec extends ApplierSpec {
  readonly kind: "ArtifactGenerator";
  readonly sources: readonly (LocalRef & { readonly alias: string })[];
}

const operatorAnnotation = "fluxcd.controlplane.io/reconcile";
const watcherAnnotation = "source.extensions.fluxcd.io/reconcile";

export function readResourceSet(object: JsonObject): ResourceSetSpec {
  const common = commonSpec(object, operatorAnnotation);
  const dependsOn = listAt(object, "spec", "dependsOn").flatMap(
    (item): readonly DependencyRef[] => {
      const kind = textAt(item, "kind");
      const name = textAt(item, "name");
      if (kind === undefined || name === undefined) return [];
      const readyExpr = textAt(item, "readyExpr");
      return [
        {
          kind,
          name,
          // flux-operator takes no namespace for granted: an object that has one is not found without it.
          namespace: textAt(item, "namespace") ?? "",
          ready: objectAt(item)["ready"] === true,
          ...(readyExpr === undefined ? {} : { readyExpr }),
        },
      ];
    },
  );
  return { ...common, kind: "ResourceSet", dependsOn };
}

export function readFluxInstance(object: JsonObject): FluxInstanceSpec {
  return { ...commonSpec(object, operatorAnnotation), kind: "FluxInstance" };
}

export function readArtifactGenerator(object: JsonObject): ArtifactGeneratorSpec {
  const common = commonSpec(object, watcherAnnotation);
  const sources = listAt(object, "spec", "sources").flatMap((item) => {
    const alias = textAt(item, "alias");
    const kind = textAt(item, "kind");
    const name = textAt(item, "name");
    if (alias === undefined || kind === undefined || name === undefined) return [];
    return [{ alias, kind, name, namespace: textAt(item, "namespace") ?? common.namespace }];
  });
  const faults = sources.length === 0 ? ["spec.sources needs alias, kind and name"] : [];
  return { ...common, kind: "ArtifactGenerator", source: sources[0], sources, faults };
}

function commonSpec(
  object: JsonObject,
  annotation: string,
): Omit<ApplierSpec, "kind"> & { readonly kind?: ApplierKind } {
  return {
    namespace: textAt(object, "metadata", "namespace") ?? "",
    name: textAt(object, "metadata", "name") ?? "",
    path: "",
    source: undefined,
    dependsOn: [],
    suspend: isDisabled(object, annotation),
    prune: true,
    deletionPolicy: "Delete",
    data: [],
    remoteCluster:
      textAt(object, "spec", "kubeConfig", "secretRef", "name") ??
      textAt(object, "spec", "kubeConfig", "configMapRef", "name"),
    faults: [],
  };
}
