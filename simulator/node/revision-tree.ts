/** What both repository adapters share: names of revisions, reuse of known files, and what to say when there is none. */
import type { FileTree, TreeFile } from "#simulator";

import type { RepositoryPlace } from "./find-repository.ts";
import type { ReadTree, TreeProblem } from "./read-tree.ts";

/**
 * The refs by which a revision may be a branch (gitrevisions(7)). A remote-tracking branch counts as the branch of
 * that name at the remote, because that is what Flux follows.
 */
export function candidateRefs(rev: string): {
  readonly direct: string;
  readonly branches: readonly { readonly ref: string; readonly branch: string }[];
} {
  const short = rev.replace(/^refs\/(heads|remotes)\//, "");
  const local = { ref: `refs/heads/${short}`, branch: short };
  const slash = short.indexOf("/");
  const remote = { ref: `refs/remotes/${short}`, branch: short.slice(slash + 1) };
  if (!/^[\w./-]+$/.test(rev)) return { direct: rev, branches: [] };
  if (rev.startsWith("refs/heads/")) return { direct: rev, branches: [local] };
  if (rev.startsWith("refs/tags/")) return { direct: rev, branches: [] };
  return { direct: rev, branches: slash > 0 ? [local, remote] : [local] };
}

/** Finds a file of a known tree by what Git says of it; the one at the same path before an equal one elsewhere. */
export type FindKnown = (kind: TreeFile["kind"], id: string, path: string) => TreeFile | undefined;

export function findKnownIn(tree: FileTree | undefined): FindKnown {
  const known = new Map<string, TreeFile>();
  for (const file of tree?.files.values() ?? []) {
    if (file.kind === "symlink" || file.bytes !== undefined)
      known.set(`${file.kind} ${file.id}`, file);
  }
  return (kind, id, path) => {
    const here = tree?.files.get(path);
    const found = known.get(`${kind} ${id}`);
    return found !== undefined && here?.id === id && here.kind === kind && here.bytes !== undefined
      ? here
      : found;
  };
}

export function sortedTree(
  label: string,
  revision: string,
  files: ReadonlyMap<string, TreeFile>,
  problems: readonly TreeProblem[],
): ReadTree {
  const sorted = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { label, revision, files: sorted, problems };
}

export function noSuchRevision(rev: string, place: RepositoryPlace): string {
  const hint = place.shallow
    ? " This is a shallow clone; `git fetch --unshallow` gets the rest."
    : "";
  if (rev === "HEAD") return `${place.root} has no commit yet.`;
  return `There is no branch, tag or commit ${JSON.stringify(rev)} in ${place.root}.${hint}`;
}

export function noCommonAncestor(a: string, b: string, place: RepositoryPlace): string {
  return place.shallow
    ? `The common ancestor of ${a} and ${b} is not in this shallow clone. Run \`git fetch --unshallow\`, or fetch with more depth.`
    : `${a} and ${b} have no common ancestor in ${place.root}.`;
}
