/**
 * Resolves a source to its artifact: the tree itself, a given folder, what an ArtifactGenerator makes, or what is fetched.
 * What can't be had here is said to be unknown, and never taken for missing.
 */
import type { DataObject } from "../engine/protocol.ts";
import type { LocalRef } from "../flux/applier.ts";
import { sameRepository } from "../flux/git-url.ts";
import { fluxKind } from "../flux/kinds.ts";
import type { FluxKindName } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree, SourceAnswer, SourceRequest } from "../ports.ts";
import type { ProblemCode } from "../records.ts";
import type { RenderContext } from "../render/context.ts";
import type { MadeArtifact, Stopped } from "../render/node.ts";
import { compose, readIncludes } from "./includes.ts";
import type { IncludedTree } from "./includes.ts";
import { fetchPinned, pinOf } from "./pins.ts";
import { bucketRequest, gitRequest, ociRequest } from "./source-request.ts";

export interface ResolvedSource {
  readonly outcome: "artifact";
  readonly id: string;
  readonly tree: FileTree;
  /** Whether paths of the artifact are paths of the simulated tree. */
  readonly isTree: boolean;
  /** Digest of the manifest it came from (OCI), `sha256:<hex>`. */
  readonly digest?: string;
}
export interface AwaitedSource {
  readonly outcome: "await";
}

/** Sources known to a cluster: rendered ones first, then those beside the root, then live ones. */
export interface KnownSources {
  get(key: string): JsonObject | undefined;
  readonly treeSources: ReadonlySet<string>;
  /** What ArtifactGenerators make, by `ExternalArtifact/namespace/name`. */
  artifact(key: string): MadeArtifact | undefined;
  /** ConfigMaps and Secrets by `Kind/namespace/name`. */
  data(key: string): DataObject | undefined;
}

export async function resolveSource(
  ref: LocalRef,
  known: KnownSources,
  context: RenderContext,
  /** Repositories on whose way this one is included, so that a circle is seen. */
  via: readonly string[] = [],
): Promise<ResolvedSource | AwaitedSource | Stopped> {
  const key = localKey(ref.kind, ref.namespace, ref.name);
  const scene = { known, context, via: [...via, key] };
  const given = context.options.sources.get(key);
  if (given !== undefined) return artifact(given, undefined, `given|${key}`, context);
  const object = known.get(key);
  const made = known.artifact(key);
  if (made !== undefined) return { outcome: "artifact", ...made, isTree: false };
  if (isTheTree(key, object, known, context)) {
    const ignore = textAt(object, "spec", "ignore");
    const tree = await withIncludes(context.tree, object, scene);
    if ("outcome" in tree) return tree;
    const isTree = tree === context.tree;
    const id = isTree ? `tree|${ignore ?? ""}` : `tree|${ignore ?? ""}|${key}`;
    return { ...(await artifact(tree, ignore, id, context)), isTree: true };
  }
  if (object === undefined) return { outcome: "await" };
  return fetched(key, ref.kind, object, scene);
}

/** Where a source is resolved. */
interface Scene {
  readonly known: KnownSources;
  readonly context: RenderContext;
  /** Keys of the repositories that include each other down to this one. */
  readonly via: readonly string[];
}

/** The tree itself when nothing is included. A repository that includes itself, over however many others, is stopped. */
async function withIncludes(
  tree: FileTree,
  object: JsonObject | undefined,
  { known, context, via }: Scene,
): Promise<FileTree | AwaitedSource | Stopped> {
  const parts: IncludedTree[] = [];
  for (const include of readIncludes(object)) {
    const key = localKey(include.ref.kind, include.ref.namespace, include.ref.name);
    if (via.includes(key))
      return stopped("failed", "source-invalid", `${via[0] ?? key} includes itself over ${key}`);
    const found = await resolveSource(include.ref, known, context, via);
    // One that is not known yet may still be rendered; the caller settles what stays missing.
    if (found.outcome !== "artifact") return found;
    parts.push({ ...include, id: found.id, tree: found.tree });
  }
  return parts.length === 0 ? tree : compose(tree, parts, context.memory);
}

async function fetched(
  key: string,
  kind: string,
  object: JsonObject,
  scene: Scene,
): Promise<ResolvedSource | AwaitedSource | Stopped> {
  const { known, context } = scene;
  const request = requestFor(kind, object, (name) => known.data(name));
  if (request === undefined) return unsupported(key);
  const pin = pinOf(object, context.facts?.object(key, "source"));
  const answer = await fetchPinned(request, pin, context);
  if (answer.outcome === "unavailable") return unavailable(key, answer);
  if (answer.remarks !== undefined) context.onRemarks(key, answer.remarks);
  const tree = await withIncludes(answer.tree, object, scene);
  if ("outcome" in tree) return tree;
  const id = `fetched|${key}|${tree.revision}`;
  const resolved = isCopy(request)
    ? { outcome: "artifact" as const, id: context.memory.artifactId(id), tree, isTree: false }
    : await artifact(tree, textAt(object, "spec", "ignore"), id, context);
  return answer.digest === undefined ? resolved : { ...resolved, digest: answer.digest };
}

/** A layer that is copied is the artifact as it is: ignore rules are for what is unpacked. */
function isCopy(request: SourceRequest): boolean {
  return request.kind === "oci" && request.layer?.operation === "copy";
}

/** Sources whose artifact is fetched. */
const requests = {
  GitRepository: gitRequest,
  OCIRepository: ociRequest,
  Bucket: bucketRequest,
} as const satisfies Partial<Record<FluxKindName, typeof gitRequest>>;

function requestFor(
  kind: string,
  object: JsonObject,
  data: KnownSources["data"],
): SourceRequest | undefined {
  const make = (requests as Partial<Record<string, typeof gitRequest>>)[kind];
  return make?.(object, data);
}

/**
 * The controller's failure for a source that does not exist. ExternalArtifacts are no manifests: a controller
 * (source-watcher for an ArtifactGenerator) makes them on the cluster, so their absence here says nothing.
 */
export function missingSource(
  ref: LocalRef | undefined,
  { live, facts }: Pick<RenderContext, "live" | "facts">,
): Stopped {
  const key = ref === undefined ? "" : localKey(ref.kind, ref.namespace, ref.name);
  if (ref !== undefined && facts !== undefined) {
    if (facts.object(key, "source") === undefined) return untold(key, facts.cluster.context);
  } else if (ref?.kind === externalArtifact.kind && !live.complete) return unsupported(key);
  const group = fluxKind("GitRepository").group;
  return stopped(
    "failed",
    "source-not-found",
    `${ref?.kind ?? ""}.${group} "${ref?.name ?? ""}" not found`,
  );
}

const externalArtifact = fluxKind("ExternalArtifact");

/** It may well be on the cluster, which did not say so (yet). */
function untold(key: string, context: string): Stopped {
  const message = `${key} is not in the repository, and ${context} did not say what it is`;
  return stopped("unknown", "source-unavailable", message);
}

function unsupported(key: string): Stopped {
  return stopped(
    "unknown",
    "source-unsupported",
    `${key} is made on the cluster. Give its content with --source ${key}=DIR.`,
  );
}

type Unavailable = Extract<SourceAnswer, { readonly outcome: "unavailable" }>;

const codes = {
  offline: "source-unavailable",
  refused: "source-unavailable",
  "not-found": "source-unavailable",
  unauthorized: "source-unavailable",
  failed: "source-unavailable",
  "too-large": "source-unavailable",
  unverified: "source-unverified",
  unsupported: "source-unsupported",
  invalid: "source-invalid",
} as const satisfies Record<Unavailable["reason"], ProblemCode>;

const refusals: ReadonlySet<Unavailable["reason"]> = new Set([
  "unverified",
  "not-found",
  "invalid",
]);

/** What the server itself says no to fails on the cluster too; everything else may only be out of reach from here. */
export function unavailable(key: string, answer: Unavailable): Stopped {
  const state = refusals.has(answer.reason) ? "failed" : "unknown";
  return stopped(state, codes[answer.reason], `${key} can't be read: ${answer.message}`);
}

/**
 * A root's source is the tree, and so is every other source of the same repository, unless it is pinned to a tag, a range of
 * tags or a commit: such a one does not follow the push.
 */
function isTheTree(
  key: string,
  object: JsonObject | undefined,
  known: KnownSources,
  context: RenderContext,
): boolean {
  if (known.treeSources.has(key)) return true;
  const url = textAt(object, "spec", "url");
  if (url === undefined || isPinned(objectAt(object, "spec", "ref"))) return false;
  const treeUrls = [...known.treeSources].flatMap(
    (source) => textAt(known.get(source), "spec", "url") ?? [],
  );
  return sameRepository(url, [...context.options.remoteUrls, ...treeUrls]);
}

function isPinned({ commit, tag, semver, digest, name }: JsonObject): boolean {
  const isTag = typeof name === "string" && name.startsWith("refs/tags/");
  return (
    isTag ||
    [commit, tag, semver, digest].some((value) => typeof value === "string" && value !== "")
  );
}

async function artifact(
  tree: FileTree,
  ignore: string | undefined,
  key: string,
  context: RenderContext,
): Promise<ResolvedSource> {
  const archived = await context.memory.artifacts.of(tree, ignore, context.signal);
  return { outcome: "artifact", id: context.memory.artifactId(key), tree: archived, isTree: false };
}

export function stopped(
  state: "failed" | "unknown",
  code: Stopped["code"],
  message: string,
): Stopped {
  return { outcome: "stopped", state, reason: "ArtifactFailed", code, message };
}
