/** Which cluster of a repository a live one is: by the Kustomizations at its roots, their path and the source they sync from. */
import { sameRepository } from "../../flux/git-url.ts";
import { fluxKind } from "../../flux/kinds.ts";
import type { FluxKindName } from "../../flux/kinds.ts";
import { readKustomization } from "../../flux/kustomization.ts";
import { localKey } from "../../flux/object-ref.ts";
import { objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import type { Simulation } from "../../simulator.ts";
import { listObjects } from "../ask/read.ts";

/** Where a cluster of the repository starts. */
export interface ClusterRoot {
  readonly cluster: string;
  /** Cleaned, as in `ApplierRecord`. */
  readonly path: string;
  readonly namespace: string;
  readonly name: string;
}

export type ClusterMatch =
  | { readonly outcome: "one"; readonly cluster: string }
  /** Nothing on the cluster syncs one of them. */
  | { readonly outcome: "none" }
  | { readonly outcome: "several"; readonly clusters: readonly string[] }
  | { readonly outcome: "unanswered"; readonly message: string };

export function rootsOf({ appliers }: Simulation): readonly ClusterRoot[] {
  return appliers
    .filter(({ parent, ref }) => parent === undefined && ref.kind === kustomization.kind)
    .map(({ cluster, path, ref }) => ({ cluster, path, namespace: ref.namespace, name: ref.name }));
}

export async function matchCluster(
  live: Live,
  roots: readonly ClusterRoot[],
  remoteUrls: readonly string[],
  signal?: AbortSignal,
): Promise<ClusterMatch> {
  const { group, kind } = kustomization;
  const answer = await listObjects(live, { group, kind }, signal);
  if (answer.outcome === "unknown-kind") return { outcome: "none" };
  if (answer.outcome !== "found") return { outcome: "unanswered", message: answer.message };
  const tops = answer.objects.filter(isTop);
  const urls = await sourceUrls(live, tops, signal);
  const scored = roots.map((root) => ({
    cluster: root.cluster,
    score: Math.max(0, ...tops.map((top) => scoreOf(root, top, urls, remoteUrls))),
  }));
  const best = Math.max(0, ...scored.map(({ score }) => score));
  const found = scored.filter(({ score }) => score === best).map(({ cluster }) => cluster);
  const [first, ...others] = best === 0 ? [] : [...new Set(found)];
  if (first === undefined) return { outcome: "none" };
  return others.length === 0
    ? { outcome: "one", cluster: first }
    : { outcome: "several", clusters: [first, ...others] };
}

const kustomization = fluxKind("Kustomization");

/** Nothing else applies it: it has no owner, or it is its own as `flux bootstrap` makes it. */
function isTop(object: JsonObject): boolean {
  const { labels } = objectAt(object, "metadata");
  const owner = textAt(labels, `${kustomization.group}/name`);
  const namespace = textAt(labels, `${kustomization.group}/namespace`);
  return (
    owner === undefined ||
    (owner === textAt(object, "metadata", "name") &&
      namespace === textAt(object, "metadata", "namespace"))
  );
}

type SourceUrls = ReadonlyMap<string, string>;

async function sourceUrls(
  live: Live,
  tops: readonly JsonObject[],
  signal: AbortSignal | undefined,
): Promise<SourceUrls> {
  const kinds = new Set(tops.flatMap((top) => readKustomization(top).source?.kind ?? []));
  const urls = new Map<string, string>();
  const { group } = fluxKind("GitRepository");
  await Promise.all(
    [...kinds].map(async (kind) => {
      const answer = await listObjects(live, { group, kind }, signal);
      for (const object of answer.outcome === "found" ? answer.objects : []) {
        const url = textAt(object, "spec", "url");
        const namespace = textAt(object, "metadata", "namespace") ?? "";
        const name = textAt(object, "metadata", "name") ?? "";
        if (url !== undefined) urls.set(localKey(kind, namespace, name), url);
      }
    }),
  );
  return urls;
}

/** A source that is a remote of the repository says most; one from a registry has no URL to compare. The name breaks ties. */
function scoreOf(
  root: ClusterRoot,
  top: JsonObject,
  urls: SourceUrls,
  remoteUrls: readonly string[],
): number {
  const { path, source, namespace, name } = readKustomization(top);
  if (path !== root.path || source === undefined) return 0;
  const sameName = namespace === root.namespace && name === root.name ? 1 : 0;
  const url = urls.get(localKey(source.kind, source.namespace, source.name));
  if (url !== undefined && sameRepository(url, remoteUrls)) return 4 + sameName;
  const isGit = source.kind === ("GitRepository" satisfies FluxKindName);
  // A repository with other remotes is another one, which may have the same folders.
  if (isGit && url !== undefined && remoteUrls.length > 0) return 0;
  return sameName === 1 ? 2 : 0;
}
