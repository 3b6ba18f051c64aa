/** Resolves the sourceRef of a Kustomization to an artifact: the tree itself, a given folder, a fetched repository. */
import { sameRepository } from "../flux/git-url.ts";
import { fluxKind } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree } from "../ports.ts";
import type { GitRequest, RenderContext } from "../render/context.ts";
import type { RenderNode, Stopped } from "../render/node.ts";

export interface ResolvedSource {
  readonly outcome: "artifact";
  readonly id: string;
  readonly tree: FileTree;
  readonly isTree: boolean;
}
export interface AwaitedSource {
  readonly outcome: "await";
}

/** Sources known to a cluster: rendered ones first, then those beside the root, then live ones. */
export interface KnownSources {
  get(key: string): JsonObject | undefined;
  readonly treeSources: ReadonlySet<string>;
}

export async function resolveSource(
  node: RenderNode,
  known: KnownSources,
  context: RenderContext,
): Promise<ResolvedSource | AwaitedSource | Stopped> {
  const ref = node.spec.source;
  if (ref === undefined) return stopped("failed", "spec-invalid", node.spec.faults.join("; "));
  const key = localKey(ref.kind, ref.namespace, ref.name);
  const given = context.options.sources.get(key);
  if (given !== undefined) return artifact(given, undefined, `given|${key}`, false, context);
  const object = known.get(key);
  if (isTheTree(key, object, known, context)) {
    const ignore = textAt(object, "spec", "ignore");
    return artifact(context.tree, ignore, `tree|${ignore ?? ""}`, true, context);
  }
  if (object === undefined) return { outcome: "await" };
  if (ref.kind === "GitRepository") return fetchGit(object, key, context);
  return stopped(
    "unknown",
    "source-unsupported",
    `${ref.kind} ${ref.namespace}/${ref.name} is not read here. Give its content with --source ${key}=DIR.`,
  );
}

/**
 * The failure of kustomize-controller for a source that does not exist. ExternalArtifacts are no manifests: a controller
 * (source-watcher for an ArtifactGenerator) makes them on the cluster, so their absence here says nothing.
 */
export function missingSource(node: RenderNode): Stopped {
  const ref = node.spec.source;
  if (ref?.kind === externalArtifact.kind) {
    const key = localKey(ref.kind, ref.namespace, ref.name);
    return stopped(
      "unknown",
      "source-unsupported",
      `${key} is made on the cluster. Give its content with --source ${key}=DIR.`,
    );
  }
  return stopped(
    "failed",
    "source-not-found",
    `${ref?.kind ?? ""}.${externalArtifact.group} "${ref?.name ?? ""}" not found`,
  );
}

const externalArtifact = fluxKind("ExternalArtifact");

function isTheTree(
  key: string,
  object: JsonObject | undefined,
  known: KnownSources,
  context: RenderContext,
): boolean {
  const url = textAt(object, "spec", "url");
  if (url !== undefined && sameRepository(url, context.options.remoteUrls)) return true;
  return known.treeSources.has(key);
}

async function artifact(
  tree: FileTree,
  ignore: string | undefined,
  key: string,
  isTree: boolean,
  context: RenderContext,
): Promise<ResolvedSource> {
  const archived = await context.memory.artifacts.of(tree, ignore, context.signal);
  return { outcome: "artifact", id: context.memory.artifactId(key), tree: archived, isTree };
}

async function fetchGit(
  object: JsonObject,
  key: string,
  context: RenderContext,
): Promise<ResolvedSource | Stopped> {
  const request = gitRequest(object);
  if (request === undefined) {
    const message = `${key} selects its revision by semver, which is not resolved here. Give its content with --source ${key}=DIR.`;
    return stopped("unknown", "source-unsupported", message);
  }
  const answer = await context.memory.remotes.fetch(request, context.signal);
  if (answer.outcome === "available") {
    return artifact(
      answer.tree,
      textAt(object, "spec", "ignore"),
      `fetched|${key}|${request.url}|${request.ref ?? ""}`,
      false,
      context,
    );
  }
  const message = `${key} can't be read: ${answer.message}`;
  return stopped("unknown", "source-unavailable", message);
}

/** Precedence of `spec.ref`: commit, name, tag, (semver), branch; nothing given means branch `master`. */
function gitRequest(object: JsonObject): GitRequest | undefined {
  const url = textAt(object, "spec", "url") ?? "";
  const pick = (field: string): string | undefined => textAt(object, "spec", "ref", field);
  const exact = pick("commit") ?? pick("name") ?? pick("tag");
  if (exact === undefined && pick("semver") !== undefined) return undefined;
  return { kind: "git", url, ref: exact ?? pick("branch") ?? "master" };
}

function stopped(state: "failed" | "unknown", code: Stopped["code"], message: string): Stopped {
  return { outcome: "stopped", state, reason: "ArtifactFailed", code, message };
}
