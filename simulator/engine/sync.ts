/** What a worker must be told so that it holds the trees of a job. Differences only; an unchanged tree costs nothing. */
import type { FileTree, TreeFile } from "../ports.ts";
import { encodeBatch, type FileChange } from "./instance.ts";

/** Artifacts that one worker keeps beyond those of the running job. */
const maxHeld = 24;

export interface Sync {
  readonly drop: readonly string[];
  readonly batches: readonly Uint8Array<ArrayBuffer>[];
}

/** Brings `held` to `wanted` and says which messages do the same in the worker. The oldest artifacts are dropped. */
export function synchronise(
  held: Map<string, FileTree>,
  wanted: ReadonlyMap<string, FileTree>,
): Sync {
  const batches: Uint8Array<ArrayBuffer>[] = [];
  for (const [id, tree] of wanted) {
    const before = held.get(id);
    if (before !== tree) {
      const changes = difference(before, tree);
      if (changes.length > 0 || before === undefined) {
        batches.push(encodeBatch(id, changes));
      }
    }
    // Moves the artifact to the young end.
    held.delete(id);
    held.set(id, tree);
  }
  const drop: string[] = [];
  for (const id of held.keys()) {
    if (held.size <= Math.max(maxHeld, wanted.size)) {
      break;
    }
    held.delete(id);
    drop.push(id);
  }
  return { drop, batches };
}

/** Deletions come first, so that a file can become a folder. */
function difference(before: FileTree | undefined, after: FileTree): FileChange[] {
  const changes: FileChange[] = [];
  for (const [path, file] of before?.files ?? []) {
    if (isRegular(file) && !isRegular(after.files.get(path))) {
      changes.push({ path, deleted: true });
    }
  }
  for (const [path, file] of after.files) {
    const old = before?.files.get(path);
    if (isRegular(file) && !(isRegular(old) && isSame(old, file))) {
      changes.push(
        file.bytes === undefined ? { path, withheld: true } : { path, bytes: file.bytes },
      );
    }
  }
  return changes;
}

/** Symlinks and submodules are not part of an artifact. */
function isRegular(file: TreeFile | undefined): file is TreeFile {
  return file?.kind === "file";
}

function isSame(left: TreeFile, right: TreeFile): boolean {
  return left.id === right.id && (left.bytes === undefined) === (right.bytes === undefined);
}
