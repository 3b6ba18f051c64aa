/** Trees from a template: one string holds several files, each introduced by a line `#- path/to/file.yaml`. */
import { createHash } from "node:crypto";

import type { FileTree, TreeFile } from "#simulator";

export function fixture(text: string, label = "working tree"): FileTree {
  const contents: Record<string, string> = {};
  let path: string | undefined;
  for (const line of text.replace(/^\n/, "").split("\n")) {
    const start = /^#- (\S+)$/.exec(line);
    if (start !== null) {
      path = start[1] ?? "";
      contents[path] = "";
    } else if (path !== undefined) contents[path] += `${line}\n`;
  }
  return treeOf(contents, label);
}

export function treeOf(
  contents: Readonly<Record<string, string | Uint8Array>>,
  label = "working tree",
): FileTree {
  const files = new Map<string, TreeFile>();
  for (const [path, content] of Object.entries(contents)) files.set(path, fileOf(content));
  return { label, revision: "main@sha1:0000000000000000000000000000000000000000", files };
}

export function fileOf(content: string | Uint8Array): TreeFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const id = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  return { id, size: bytes.length, kind: "file", bytes };
}

/** The tree with some files replaced, added or (with `undefined`) removed. */
export function edited(
  tree: FileTree,
  edits: Readonly<Record<string, string | undefined>>,
): FileTree {
  const files = new Map(tree.files);
  for (const [path, content] of Object.entries(edits)) {
    if (content === undefined) files.delete(path);
    else files.set(path, fileOf(content));
  }
  return { ...tree, files };
}

/** The text of a file of a tree. */
export function textOf(tree: FileTree, path: string): string {
  const bytes = tree.files.get(path)?.bytes;
  if (bytes === undefined) throw new Error(`${path} is not in the tree`);
  return new TextDecoder().decode(bytes);
}
