/**
 * What the cluster uses of a source, so that a simulation against it uses the same: the revision of its artifact, as long as the
 * repository does not ask for another one. It is fetched from where the source points to, never from the cluster.
 */
import { localKey } from "../flux/object-ref.ts";
import { canonicalJson, flagAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree, SourceAnswer, SourceRequest } from "../ports.ts";
import type { RenderContext } from "../render/context.ts";

/** A revision as source-controller writes it: `main@sha1:…`, `6.1.0@sha256:…`, a chart version. */
export type Pin = string;

/** The pin of a source that is not a chart; `object` is what will be applied, or the live object itself. */
export function pinOf(object: JsonObject, live: JsonObject | null | undefined): Pin | undefined {
  if (live === null || live === undefined || !isObserved(live)) return undefined;
  // A suspended source stays where it is, whatever it asks for; what a manifest does not say stays as it is.
  const says = objectAt(object, "spec")["suspend"] ?? flagAt(live, "spec", "suspend");
  const isSame = says === true || wanted(object) === wanted(live);
  return isSame ? textAt(live, "status", "artifact", "revision") : undefined;
}

/** Of a chart in a Helm repository: `chart` is the HelmChart that will be there. */
export function chartPinOf(
  chart: JsonObject,
  repository: JsonObject,
  { facts }: RenderContext,
): Pin | undefined {
  if (facts === undefined) return undefined;
  const live = facts.object(keyOf(chart), "source");
  const home = facts.object(keyOf(repository), "source");
  const isSameHome =
    home === null ||
    home === undefined ||
    textAt(home, "spec", "url") === textAt(repository, "spec", "url");
  if (live === null || live === undefined || !isObserved(live) || !isSameHome) return undefined;
  const revision = textAt(live, "status", "artifact", "revision");
  if (chartWanted(chart) !== chartWanted(live)) return undefined;
  // Metadata is what source-controller adds for merged values; a repository does not know it.
  return hasValuesFiles(live) ? revision?.replace(/\+.*$/, "") : revision;
}

/** The generation that a HelmChart has or will have on the cluster. */
export function liveGeneration(chart: JsonObject, { facts }: RenderContext): number | undefined {
  const live = facts?.object(keyOf(chart), "source");
  if (live === null || live === undefined) return undefined;
  const known = objectAt(live, "metadata")["generation"];
  if (typeof known !== "number") return undefined;
  return canonicalJson(objectAt(chart, "spec")) === canonicalJson(objectAt(live, "spec"))
    ? known
    : known + 1;
}

/** What the pin says, or what the source says where that can't be had any more. */
export async function fetchPinned(
  request: SourceRequest,
  pin: Pin | undefined,
  { memory, signal }: RenderContext,
): Promise<SourceAnswer> {
  const exact = pin === undefined ? undefined : pinnedRequest(request, pin);
  if (pin === undefined || exact === undefined) return memory.remotes.fetch(request, signal);
  const answer = await memory.remotes.fetch(exact, signal);
  if (answer.outcome === "unavailable") return memory.remotes.fetch(request, signal);
  return { ...answer, tree: named(answer.tree, pin) };
}

function pinnedRequest(request: SourceRequest, pin: Pin): SourceRequest | undefined {
  const digest = /(?:^|@)([a-z0-9]+):([0-9a-f]{32,})$/.exec(pin);
  switch (request.kind) {
    case "git": {
      const commit = digest?.[2];
      if (commit === undefined) return undefined;
      const ref = typeof request.ref === "object" ? request.ref : {};
      return { ...request, ref: { ...ref, commit } };
    }
    case "oci": {
      if (digest === null) return undefined;
      return { ...request, ref: { digest: `${digest[1] ?? ""}:${digest[2] ?? ""}` } };
    }
    case "chart":
      return { ...request, version: pin };
    case "bucket":
    case "http":
      return undefined;
  }
}

const renamed = new WeakMap<FileTree, FileTree>();

/** The tree under the revision that the cluster has for it, which tells more than a digest; the same tree for the same answer. */
function named(tree: FileTree, revision: string): FileTree {
  if (tree.revision === revision) return tree;
  const known = renamed.get(tree);
  if (known?.revision === revision) return known;
  const made = { ...tree, revision };
  renamed.set(tree, made);
  return made;
}

/** What a source asks for: everything that decides which revision it gets. */
function wanted(object: JsonObject): string {
  const { url, ref, bucketName, endpoint } = objectAt(object, "spec");
  return canonicalJson([url, ref, bucketName, endpoint]);
}

function chartWanted(chart: JsonObject): string {
  const { chart: name, version, sourceRef } = objectAt(chart, "spec");
  const { kind, name: source } = objectAt(sourceRef);
  return canonicalJson([name, version ?? "*", kind, source]);
}

function hasValuesFiles(chart: JsonObject): boolean {
  const files = objectAt(chart, "spec")["valuesFiles"];
  return Array.isArray(files) && files.length > 0;
}

/** Whether its status speaks of the spec that it has. */
function isObserved(live: JsonObject): boolean {
  const { generation } = objectAt(live, "metadata");
  const { observedGeneration } = objectAt(live, "status");
  return observedGeneration === undefined || observedGeneration === generation;
}

function keyOf(object: JsonObject): string {
  return localKey(
    textAt(object, "kind") ?? "",
    textAt(object, "metadata", "namespace") ?? "",
    textAt(object, "metadata", "name") ?? "",
  );
}
