/**
 * Who applies what on a cluster: the owner that labels name, and the inventory that an applier keeps.
 * Labels: `fluxcd/pkg ssa`, `fluxcd/helm-controller`, and the public documentation of flux-operator.
 */
import type { JsonObject } from "../manifest/json.ts";
import { isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { ObjectRef } from "../records.ts";
import { fluxApiVersion, fluxKind, isFluxKind } from "./kinds.ts";
import type { FluxKindName } from "./kinds.ts";

/** Kustomization wins where labels of several appliers meet, as in `flux trace` (`fluxcd/flux2 cmd/flux/trace.go`). */
const ownerLabels: readonly (readonly [FluxKindName, string])[] = [
  ["Kustomization", "kustomize.toolkit.fluxcd.io"],
  ["HelmRelease", "helm.toolkit.fluxcd.io"],
  ["ResourceSet", "resourceset.fluxcd.controlplane.io"],
  ["FluxInstance", "fluxcd.controlplane.io"],
];

/** The appliers that labels name, the likeliest first; none of them needs to exist. */
export function ownersOf(object: JsonObject): readonly ObjectRef[] {
  const labels = objectAt(object, "metadata", "labels");
  const named = ownerLabels.flatMap(([kind, prefix]) => {
    const name = labels[`${prefix}/name`];
    const namespace = labels[`${prefix}/namespace`];
    return typeof name === "string" && typeof namespace === "string"
      ? [{ apiVersion: fluxApiVersion(kind), kind, namespace, name }]
      : [];
  });
  return [...named, ...generatorOf(object)];
}

/** Selects what an applier labelled as its own; `undefined` for kinds that do not label. */
export function ownerSelector({ kind, namespace, name }: ObjectRef): string | undefined {
  const prefix = ownerLabels.find(([owner]) => owner === kind)?.[1];
  return prefix === undefined
    ? undefined
    : `${prefix}/name=${name},${prefix}/namespace=${namespace}`;
}

/** An ExternalArtifact names who makes it in its spec (`fluxcd/source-controller api/v1/externalartifact_types.go`). */
function generatorOf(object: JsonObject): readonly ObjectRef[] {
  const ref = refOf(object);
  if (ref === undefined || !isFluxKind(ref, "ExternalArtifact")) return [];
  const source = objectAt(object, "spec", "sourceRef");
  const name = textAt(source, "name");
  if (textAt(source, "kind") !== fluxKind("ArtifactGenerator").kind || name === undefined)
    return [];
  return [
    {
      apiVersion: fluxApiVersion("ArtifactGenerator"),
      kind: fluxKind("ArtifactGenerator").kind,
      namespace: textAt(source, "namespace") ?? ref.namespace,
      name,
    },
  ];
}

/** `undefined` for what is no object. */
export function refOf(object: JsonObject): ObjectRef | undefined {
  const apiVersion = textAt(object, "apiVersion");
  const kind = textAt(object, "kind");
  const name = textAt(object, "metadata", "name");
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  return { apiVersion, kind, namespace: textAt(object, "metadata", "namespace") ?? "", name };
}

/** What an applier or a generator says that it applied, as lines of `<id> <version>`: compact enough for 200,000 of them. */
export function inventoryText(object: JsonObject): string {
  const ref = refOf(object);
  if (ref !== undefined && isFluxKind(ref, "ArtifactGenerator")) {
    return listAt(object, "status", "inventory")
      .flatMap((item) => {
        const name = textAt(item, "name");
        const namespace = textAt(item, "namespace") ?? ref.namespace;
        const { group, kind } = fluxKind("ExternalArtifact");
        return name === undefined ? [] : [`${namespace}_${name}_${group}_${kind} v1`];
      })
      .join("\n");
  }
  return listAt(object, "status", "inventory", "entries")
    .flatMap((item) => {
      const id = textAt(item, "id");
      return id === undefined || !isObject(item) ? [] : [`${id} ${textAt(item, "v") ?? "v1"}`];
    })
    .join("\n");
}

/** The objects of an inventory; lines that are none are left out. */
export function inventoryRefs(text: string): readonly ObjectRef[] {
  if (text === "") return [];
  return text.split("\n").flatMap((line) => {
    const space = line.lastIndexOf(" ");
    return inventoryRef(line.slice(0, space), line.slice(space + 1)) ?? [];
  });
}

/**
 * `<namespace>_<name>_<group>_<kind>`: the first `_` ends the namespace, the last two stand before group and kind, and in
 * names of RBAC objects `__` stands for `:` (`fluxcd/cli-utils pkg/object/objmetadata.go`).
 */
function inventoryRef(id: string, version: string): ObjectRef | undefined {
  const first = id.indexOf("_");
  const last = id.lastIndexOf("_");
  const middle = id.lastIndexOf("_", last - 1);
  if (first < 0 || middle <= first) return undefined;
  const group = id.slice(middle + 1, last);
  const name = id.slice(first + 1, middle).replaceAll("__", ":");
  const kind = id.slice(last + 1);
  if (name === "" || kind === "") return undefined;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return { apiVersion, kind, namespace: id.slice(0, first), name };
}

/** Whether what it applies goes to another cluster, where this one can't look. */
export function appliesElsewhere(object: JsonObject): boolean {
  return isObject(objectAt(object, "spec")["kubeConfig"]);
}
