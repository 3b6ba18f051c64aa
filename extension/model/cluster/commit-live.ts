/** Whether a commit is what appliers run: read from the revisions that they applied last. Pure. */
import { isObject, objectId, sourceChain, textAt } from "#simulator";
import type { FindObject, JsonObject } from "#simulator";

import type { LiveEntry } from "./live-index.ts";
import type { ClusterView } from "./live-tree.ts";
import { liveName, statusWords } from "./live-words.ts";

export interface AppliedCommit {
  readonly context: string;
  readonly entry: LiveEntry;
  /** Forty hexadecimal digits. */
  readonly commit: string;
}

/** Every applier of connected clusters whose applied revision names a commit. */
export function appliedCommits(views: readonly ClusterView[]): readonly AppliedCommit[] {
  return views.flatMap(({ context, index }) => {
    const find: FindObject = (ref) => index.get(objectId(ref))?.live.object;
    return [...index.all()].flatMap((entry) => {
      const commit = commitOf(entry.live.object, find);
      return commit === undefined ? [] : [{ context, entry, commit }];
    });
  });
}

/** A Kustomization repeats the revision of its source; a HelmRelease's chart says from which revision it was packed. */
function commitOf(object: JsonObject, find: FindObject): string | undefined {
  const applied =
    textAt(object, "status", "lastAppliedOriginRevision") ??
    textAt(object, "status", "lastAppliedRevision");
  if (applied !== undefined) return digits(applied);
  const releases = isObject(object["spec"]) && textAt(object, "spec", "chart", "spec", "chart");
  if (typeof releases !== "string") return undefined;
  const [chart] = sourceChain(object, find);
  const packed = chart && textAt(find(chart), "status", "observedSourceArtifactRevision");
  return packed === undefined ? undefined : digits(packed);
}

function digits(revision: string): string | undefined {
  return /sha1:([0-9a-f]{40})/.exec(revision)?.[1];
}

export interface CommitAnswer {
  readonly label: string;
  readonly description: string;
  /** Codicon. */
  readonly icon: string;
  readonly context: string;
  readonly id: string;
}

/** `contains` are the applied commits that have the asked one among their ancestors; those without it come first. */
export function commitAnswers(
  applied: readonly AppliedCommit[],
  contains: ReadonlySet<string>,
): readonly CommitAnswer[] {
  return applied
    .map(({ context, entry, commit }) => {
      const isLive = contains.has(commit);
      const words = isLive ? "contains it" : "does not contain it";
      return {
        isLive,
        label: liveName(entry.live.ref),
        description: `${words} · ${commit.slice(0, 7)} · ${statusWords(entry.status)} · ${context}`,
        icon: isLive ? "pass" : "circle-outline",
        context,
        id: entry.live.id,
      };
    })
    .sort((a, b) => Number(a.isLive) - Number(b.isLive) || (a.label < b.label ? -1 : 1));
}
