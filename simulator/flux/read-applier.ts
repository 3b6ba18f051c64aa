/** Reads an object as the applier it is. */
import { textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import { applierKinds } from "./applier.ts";
import type { ApplierKind } from "./applier.ts";
import { readArtifactGenerator, readFluxInstance, readResourceSet } from "./generated-appliers.ts";
import type {
  ArtifactGeneratorSpec,
  FluxInstanceSpec,
  ResourceSetSpec,
} from "./generated-appliers.ts";
import { readHelmRelease } from "./helm-release.ts";
import type { HelmReleaseSpec } from "./helm-release.ts";
import { isFluxKind } from "./kinds.ts";
import { readKustomization } from "./kustomization.ts";
import type { KustomizationSpec } from "./kustomization.ts";

export type AnyApplierSpec =
  KustomizationSpec | HelmReleaseSpec | ResourceSetSpec | FluxInstanceSpec | ArtifactGeneratorSpec;

/** The kind of applier an object is; `undefined` when it is none. */
export function applierKindOf(object: {
  readonly apiVersion: string;
  readonly kind: string;
}): ApplierKind | undefined {
  return applierKinds.find((kind) => isFluxKind(object, kind));
}

const readers = {
  Kustomization: readKustomization,
  HelmRelease: readHelmRelease,
  ResourceSet: readResourceSet,
  FluxInstance: readFluxInstance,
  ArtifactGenerator: readArtifactGenerator,
} as const satisfies Record<ApplierKind, (object: JsonObject) => AnyApplierSpec>;

const specs = new WeakMap<JsonObject, AnyApplierSpec>();

/** Reads an applier once; the object must be one. */
export function readApplier(object: JsonObject): AnyApplierSpec {
  const known = specs.get(object);
  if (known !== undefined) return known;
  const kind = applierKindOf({
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
  });
  const spec = readers[kind ?? "Kustomization"](object);
  specs.set(object, spec);
  return spec;
}
