/** Where a cluster starts: the Kustomizations that nothing in the tree renders, and which sources are the tree itself. */
import { sameRepository } from "../flux/git-url.ts";
import { fluxApiVersion } from "../flux/kinds.ts";
import type { FluxKindName } from "../flux/kinds.ts";
import { readKustomization } from "../flux/kustomization.ts";
import { localKey } from "../flux/object-ref.ts";
import { listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { Place } from "../records.ts";

export interface SeedKustomization {
  readonly object: JsonObject;
  readonly place?: Place;
  /** Patches of a FluxInstance that apply to its sync objects. */
  readonly patches: readonly JsonObject[];
}

export interface Seed {
  /** What a person calls the cluster. */
  readonly cluster: string;
  readonly kustomizations: readonly SeedKustomization[];
  /** Sources known beside the render (root files, `gotk-sync.yaml`), by `Kind/namespace/name`. */
  readonly sources: ReadonlyMap<string, JsonObject>;
  /** Keys of the sources that are the tree. */
  readonly treeSources: ReadonlySet<string>;
}

/**
 * A seed and the sources that are the tree: those with the URL of a remote; without one, all that its roots name, because
 * roots are there to sync a cluster from this repository (a fork or a mirror has another URL).
 */
export function makeSeed(
  cluster: string,
  kustomizations: readonly SeedKustomization[],
  sources: ReadonlyMap<string, JsonObject>,
  remoteUrls: readonly string[],
): Seed {
  const keys = kustomizations.flatMap(({ object }) => treeSourceKey(object) ?? []);
  const matching = keys.filter((key) =>
    sameRepository(textAt(sources.get(key), "spec", "url") ?? "", remoteUrls),
  );
  return {
    cluster,
    kustomizations,
    sources,
    treeSources: new Set(matching.length > 0 ? matching : keys),
  };
}

/**
 * Whether a Kustomization that nothing reached applies something from elsewhere: from a registry or bucket, or from a
 * repository with another URL in which its path need not be the one in this tree.
 */
export function isForeign(
  object: JsonObject,
  sources: ReadonlyMap<string, JsonObject>,
  remoteUrls: readonly string[],
  hasFolder: (path: string) => boolean,
): boolean {
  const key = treeSourceKey(object);
  if (key === undefined) return true;
  const url = textAt(sources.get(key), "spec", "url");
  if (url === undefined || sameRepository(url, remoteUrls)) return false;
  const { path, source } = readKustomization(object);
  return source?.kind !== gitRepository || path === "" || !hasFolder(path);
}

function treeSourceKey(object: JsonObject): string | undefined {
  const source = readKustomization(object).source;
  return source === undefined || !treeKinds.has(source.kind)
    ? undefined
    : localKey(source.kind, source.namespace, source.name);
}

/** Kinds of sources that a cluster may be synced from. */
const treeKinds: ReadonlySet<string> = new Set([
  "GitRepository",
  "OCIRepository",
  "Bucket",
] satisfies readonly FluxKindName[]);
const gitRepository: FluxKindName = "GitRepository";

/** A Kustomization for `--path`, as `flux bootstrap` would make it. */
export function syntheticRoot(path: string): JsonObject {
  return kustomization("flux-system", "flux-system", path, "GitRepository");
}

/**
 * The objects that flux-operator creates for `spec.sync` of a FluxInstance (its public documentation, `fluxinstance.md`):
 * a source and a Kustomization named as `sync.name`, or as the instance's namespace.
 */
export function syncSeed(
  instance: JsonObject,
  namespace: string,
  place: Place,
): SeedKustomization | undefined {
  const sync = objectAt(instance, "sync");
  const path = textAt(sync, "path");
  if (path === undefined) return undefined;
  const name = textAt(sync, "name") ?? namespace;
  const kind = textAt(sync, "kind") ?? "GitRepository";
  const patches = listAt(instance, "kustomize", "patches").filter(
    isSyncPatch,
  ) as readonly JsonObject[];
  return { object: kustomization(namespace, name, path, kind), place, patches };
}

/** The source object of a FluxInstance's sync. */
export function syncSource(instance: JsonObject, namespace: string): readonly [string, JsonObject] {
  const sync = objectAt(instance, "sync");
  const name = textAt(sync, "name") ?? namespace;
  const kind = textAt(sync, "kind") ?? "GitRepository";
  const spec = { url: textAt(sync, "url") ?? "", ref: { name: textAt(sync, "ref") ?? "" } };
  return [
    localKey(kind, namespace, name),
    { apiVersion: fluxApiVersion("GitRepository"), kind, metadata: { name, namespace }, spec },
  ];
}

function kustomization(
  namespace: string,
  name: string,
  path: string,
  sourceKind: string,
): JsonObject {
  return {
    apiVersion: fluxApiVersion("Kustomization"),
    kind: "Kustomization",
    metadata: { name, namespace },
    spec: { interval: "10m", path, prune: true, sourceRef: { kind: sourceKind, name } },
  };
}

/** Whether a patch of a FluxInstance can touch its sync objects; the others are for the controllers. */
function isSyncPatch(patch: unknown): boolean {
  const target = textAt(patch, "target", "kind");
  const text = target ?? /^kind:\s*(\S+)/m.exec(textAt(patch, "patch") ?? "")?.[1] ?? "";
  return ["Kustomization", "GitRepository", "OCIRepository", "Bucket"].some((kind) =>
    matches(text, kind),
  );
}

function matches(pattern: string, kind: string): boolean {
  try {
    return pattern !== "" && new RegExp(`^(?:${pattern})$`).test(kind);
  } catch {
    return false;
  }
}
