/**
 * A tree as source-controller would archive it: without ignored files, symlinks and submodules
 * (`fluxcd/pkg artifact/storage/archive.go`, `sourceignore`). The rules are the engine's; this file remembers its answers.
 */
import type { Engine, FileTree, TreeFile } from "../ports.ts";
import { indexOf, samePaths } from "./tree-index.ts";

export interface Artifacts {
  /** The artifact of a tree under `spec.ignore`. The same tree gives the same reference. */
  of(tree: FileTree, ignore: string | undefined, signal?: AbortSignal): Promise<FileTree>;
}

interface Remembered {
  readonly tree: FileTree;
  readonly artifact: FileTree;
  readonly excluded: ReadonlySet<string>;
}

/** How many trees a new one may be alike, for each `spec.ignore`: the two sides of a plan and their predecessors. */
const keep = 4;

export function createArtifacts(engine: Engine): Artifacts {
  const byIgnore = new Map<string, Remembered[]>();
  const known = new WeakMap<FileTree, Map<string, FileTree>>();
  return {
    async of(tree, ignore, signal) {
      const key = ignore ?? "";
      const same = known.get(tree)?.get(key);
      if (same !== undefined) return same;
      const remembered = byIgnore.get(key) ?? [];
      byIgnore.set(key, remembered);
      const alike = remembered.find((entry) => sameRules(entry.tree, tree));
      const excluded = alike?.excluded ?? new Set(await engine.excluded(tree, ignore, signal));
      const artifact = archive(tree, excluded);
      if (alike !== undefined) indexOf(artifact, alike.artifact);
      known.set(tree, (known.get(tree) ?? new Map<string, FileTree>()).set(key, artifact));
      remembered.unshift({ tree, artifact, excluded });
      remembered.length = Math.min(remembered.length, keep);
      return artifact;
    },
  };
}

/** Whether two trees have the same paths and the same ignore files, so that the same paths are excluded. */
function sameRules(a: FileTree, b: FileTree): boolean {
  if (!samePaths(a, b)) return false;
  for (const [path, file] of a.files) {
    const other = b.files.get(path);
    if (other === undefined || other.kind !== file.kind) return false;
    if (other.id !== file.id && path.endsWith(".sourceignore")) return false;
  }
  return true;
}

function archive(tree: FileTree, excluded: ReadonlySet<string>): FileTree {
  const files = new Map<string, TreeFile>();
  for (const [path, file] of tree.files)
    if (file.kind === "file" && !excluded.has(path)) files.set(path, file);
  return { label: tree.label, revision: tree.revision, files };
}
