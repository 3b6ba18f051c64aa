/**
 * What a Flux Kustomization says, read tolerantly, and the part of it that decides how it is built.
 * Source of the fields: `fluxcd/kustomize-controller api/v1/kustomization_types.go`.
 */
import { flagAt, isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ApplierSpec, DeletionPolicy, DependencyRef } from "./applier.ts";
import { typeFaults } from "./kustomization-types.ts";
import { localKey } from "./object-ref.ts";

export interface DataRef {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly optional: boolean;
}

export interface KustomizationSpec extends ApplierSpec {
  readonly kind: "Kustomization";
  readonly substituteFrom: readonly DataRef[];
  readonly decryption: boolean;
  readonly decryptionSecret: string | undefined;
}

export function readKustomization(object: JsonObject): KustomizationSpec {
  const namespace = textAt(object, "metadata", "namespace") ?? "";
  const spec = objectAt(object, "spec");
  const faults: string[] = [];
  const source = readSource(spec, namespace, faults);
  faults.push(...typeFaults(object));
  const substituteFrom = listAt(spec, "postBuild", "substituteFrom").flatMap((item) =>
    readDataRef(item, faults),
  );
  const decryptionSecret = textAt(spec, "decryption", "secretRef", "name");
  return {
    kind: "Kustomization",
    namespace,
    name: textAt(object, "metadata", "name") ?? "",
    path: cleanPath(textAt(spec, "path") ?? ""),
    source,
    dependsOn: listAt(spec, "dependsOn").flatMap((item) => readDependency(item, namespace)),
    suspend: flagAt(spec, "suspend"),
    prune: flagAt(spec, "prune"),
    deletionPolicy: readDeletionPolicy(textAt(spec, "deletionPolicy"), faults),
    substituteFrom,
    decryption: isObject(spec["decryption"]),
    decryptionSecret,
    data: [
      ...substituteFrom.map(({ kind, name }) => localKey(kind, namespace, name)),
      ...(decryptionSecret === undefined ? [] : [localKey("Secret", namespace, decryptionSecret)]),
    ],
    remoteCluster:
      textAt(spec, "kubeConfig", "secretRef", "name") ??
      textAt(spec, "kubeConfig", "configMapRef", "name"),
    faults,
  };
}

/** `SecureJoin` in short: `..` stops at the root, a leading `/` is harmless. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") kept.pop();
    else kept.push(part);
  }
  return kept.join("/");
}

function readSource(
  spec: JsonObject,
  namespace: string,
  faults: string[],
): KustomizationSpec["source"] {
  const kind = textAt(spec, "sourceRef", "kind");
  const name = textAt(spec, "sourceRef", "name");
  if (kind === undefined || name === undefined) {
    faults.push(`spec.sourceRef.${kind === undefined ? "kind" : "name"} is required`);
    return undefined;
  }
  return { kind, name, namespace: textAt(spec, "sourceRef", "namespace") ?? namespace };
}

function readDependency(item: unknown, namespace: string): readonly DependencyRef[] {
  const name = textAt(item, "name");
  if (name === undefined) return [];
  const readyExpr = textAt(item, "readyExpr");
  return [
    {
      kind: "Kustomization",
      namespace: textAt(item, "namespace") ?? namespace,
      name,
      ...(readyExpr === undefined ? {} : { readyExpr }),
    },
  ];
}

function readDataRef(item: unknown, faults: string[]): readonly DataRef[] {
  const kind = textAt(item, "kind");
  const name = textAt(item, "name");
  if ((kind !== "ConfigMap" && kind !== "Secret") || name === undefined) {
    faults.push("spec.postBuild.substituteFrom needs kind (ConfigMap or Secret) and name");
    return [];
  }
  return [{ kind, name, optional: flagAt(item, "optional") }];
}

function readDeletionPolicy(text: string | undefined, faults: string[]): DeletionPolicy {
  switch (text) {
    case undefined:
      return "MirrorPrune";
    case "MirrorPrune":
    case "Delete":
    case "WaitForTermination":
    case "Orphan":
      return text;
    default:
      faults.push(`spec.deletionPolicy can't be ${text}`);
      return "MirrorPrune";
  }
}

/** The fields that decide what a build gives. A change of any other (interval, timeout, dependsOn …) needs no build. */
const buildFields = [
  "path",
  "targetNamespace",
  "namePrefix",
  "nameSuffix",
  "patches",
  "patchesStrategicMerge",
  "patchesJson6902",
  "components",
  "ignoreMissingComponents",
  "images",
  "buildMetadata",
  "commonMetadata",
  "postBuild",
  "decryption",
] as const;

/** The Kustomization reduced to what a build depends on; equal text means equal build for equal inputs. */
export function buildPart(object: JsonObject): JsonObject {
  const spec = objectAt(object, "spec");
  const kept: Record<string, JsonObject[string]> = {};
  for (const field of buildFields) if (spec[field] !== undefined) kept[field] = spec[field];
  const { name, namespace } = objectAt(object, "metadata");
  return {
    apiVersion: object["apiVersion"],
    kind: object["kind"],
    metadata: { name, namespace },
    spec: kept,
  };
}
