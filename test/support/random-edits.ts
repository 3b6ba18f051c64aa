/**
 * Random edits of a tree, the same for the same seed: change a line, add, delete and rename files, break YAML and mend it.
 * Used to check that an incremental simulation equals one from scratch.
 */
import type { FileTree, TreeFile } from "#simulator";
import { fileOf } from "./fixture.ts";

export interface Edit {
  readonly description: string;
  readonly tree: FileTree;
}

/** A small deterministic generator (mulberry32): numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Edits one file of `tree`; `original` is what broken files are mended from. */
export function randomEdit(tree: FileTree, original: FileTree, random: () => number): Edit {
  const paths = [...tree.files.keys()].filter((path) => /\.ya?ml$/.test(path));
  const pick = <T>(items: readonly T[]): T | undefined =>
    items[Math.floor(random() * items.length)];
  const path = pick(paths) ?? "new.yaml";
  const text = new TextDecoder().decode(tree.files.get(path)?.bytes);
  switch (
    pick([
      "change",
      "change",
      "change",
      "change",
      "break",
      "mend",
      "mend",
      "mend",
      "add",
      "delete",
      "rename",
      "touch",
    ] as const)
  ) {
    case "change":
      return write(tree, path, changeLine(text, random), "change");
    case "break":
      return write(tree, path, breakText(text, random), "break");
    case "add":
      return write(
        tree,
        path.replace(/[^/]+$/, `added-${Math.floor(random() * 5)}.yaml`),
        addedObject(random),
        "add",
      );
    case "delete":
      return remove(tree, path);
    case "rename": {
      const file = tree.files.get(path);
      const moved = path.replace(/\.ya?ml$/, (end) => `-moved${end}`);
      return file === undefined
        ? remove(tree, path)
        : put(remove(tree, path).tree, moved, file, "rename");
    }
    case "touch":
      return write(tree, path, `${text}\n# touched\n`, "touch");
    case "mend":
    case undefined:
      return mend(tree, original, pick);
  }
}

function mend(
  tree: FileTree,
  original: FileTree,
  pick: <T>(items: readonly T[]) => T | undefined,
): Edit {
  const different = [...original.files].filter(
    ([path, file]) => tree.files.get(path)?.id !== file.id,
  );
  const extra = [...tree.files.keys()].filter((path) => !original.files.has(path));
  const leftover = pick(extra);
  const chosen = pick(different);
  if (chosen !== undefined) return put(tree, chosen[0], chosen[1], "mend");
  return leftover === undefined ? { description: "nothing to mend", tree } : remove(tree, leftover);
}

function changeLine(text: string, random: () => number): string {
  const lines = text.split("\n");
  const candidates = lines.flatMap((line, index) => (/^\s*[\w.-]+: \S/.test(line) ? [index] : []));
  const index = candidates[Math.floor(random() * candidates.length)];
  if (index === undefined) return `${text}\n`;
  const values = [
    "changed",
    "true",
    "7",
    '"quoted"',
    "./kubernetes/apps",
    "${VARIABLE}",
    "",
    "{a: b}",
    "[1, 2]",
  ];
  const value = values[Math.floor(random() * values.length)] ?? "";
  lines[index] = (lines[index] ?? "").replace(/: .*$/, `: ${value}`);
  return lines.join("\n");
}

function breakText(text: string, random: () => number): string {
  const position = Math.floor(random() * text.length);
  const broken =
    ["\t", ": : :", "- [", "\u0000", "{{", "\n---\n", "&a *a"][Math.floor(random() * 7)] ?? "";
  return text.slice(0, position) + broken + text.slice(position);
}

function addedObject(random: () => number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: added-${Math.floor(random() * 3)}\n  namespace: default\ndata:\n  key: "${Math.floor(random() * 10)}"\n`;
}

function write(tree: FileTree, path: string, text: string, what: string): Edit {
  return put(tree, path, fileOf(text), what);
}

function put(tree: FileTree, path: string, file: TreeFile, what: string): Edit {
  return {
    description: `${what} ${path}`,
    tree: { ...tree, files: new Map(tree.files).set(path, file) },
  };
}

function remove(tree: FileTree, path: string): Edit {
  const files = new Map(tree.files);
  files.delete(path);
  return { description: `delete ${path}`, tree: { ...tree, files } };
}
