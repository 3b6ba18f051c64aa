/**
 * `spec.include` of a GitRepository: folders of other GitRepositories' artifacts, copied into this one before its ignore rules
 * apply (`fluxcd/source-controller internal/controller/gitrepository_controller.go`, `artifactSet`, `CopyToPath`).
 */
import type { LocalRef } from "../flux/applier.ts";
import { cleanPath } from "../flux/kustomization.ts";
import { listAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree, TreeFile } from "../ports.ts";
import type { Memory } from "../render/context.ts";

export interface Include {
  readonly ref: LocalRef;
  /** Folder of the included artifact, and folder it is copied to; empty for the roots. */
  readonly from: string;
  readonly to: string;
}

export interface IncludedTree extends Include {
  readonly id: string;
  readonly tree: FileTree;
}

export function readIncludes(object: JsonObject | undefined): readonly Include[] {
  const namespace = textAt(object, "metadata", "namespace") ?? "";
  return listAt(object, "spec", "include").flatMap((include) => {
    const name = textAt(include, "repository", "name");
    if (name === undefined) return [];
    const from = cleanPath(textAt(include, "fromPath") ?? "");
    const to = cleanPath(textAt(include, "toPath") ?? name);
    return [{ ref: { kind: "GitRepository", namespace, name }, from, to }];
  });
}

/** The same parts give the same tree. */
export function compose(
  tree: FileTree,
  parts: readonly IncludedTree[],
  { composites }: Pick<Memory, "composites">,
): FileTree {
  const identity = parts.map(({ id, from, to }) => `${id}|${from}|${to}`).join("|");
  const known = composites.get(identity);
  const isSame = known?.parts.every((part, index) => parts[index]?.tree === part) ?? false;
  if (known !== undefined && known.base === tree && isSame) return known.tree;
  const files = new Map<string, TreeFile>(tree.files);
  for (const { tree: part, from, to } of parts) {
    const prefix = from === "" ? "" : `${from}/`;
    for (const [path, file] of part.files)
      if (path.startsWith(prefix)) files.set(join(to, path.slice(prefix.length)), file);
  }
  const composed = { label: tree.label, revision: tree.revision, files };
  const trees = parts.map(({ tree: part }) => part);
  composites.set(identity, { base: tree, parts: trees, tree: composed });
  return composed;
}

function join(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}
