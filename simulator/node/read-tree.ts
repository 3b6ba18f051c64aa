/**
 * What every adapter here hands out: a tree of files with the problems met while reading it, and the identity of
 * a file's content. It holds no policy; limits are given by the callers.
 */
import { createHash } from "node:crypto";

import type { FileTree, TreeFile } from "#simulator";

/** Why something is missing from a tree although it is there on disk or in the revision. */
export interface TreeProblem {
  readonly code:
    "unreadable" | "too-large" | "too-many-files" | "nested-repository" | "unsafe-path" | "git";
  /** What happened, then what to do. */
  readonly message: string;
  /** Relative to the root of the tree; absent when the whole tree is meant. */
  readonly path?: string;
}

export interface ReadTree extends FileTree {
  readonly problems: readonly TreeProblem[];
}

export interface TreeLimits {
  /** Files above this size are in the tree without their bytes. */
  readonly maxFileBytes: number;
  readonly maxFiles: number;
  /** Once so many bytes are held, further files are in the tree without theirs. */
  readonly maxTotalBytes: number;
}

export const defaultLimits: TreeLimits = {
  maxFileBytes: 10 * 1024 * 1024,
  maxFiles: 50_000,
  maxTotalBytes: 1024 * 1024 * 1024,
};

/** The Git blob id of a content: SHA-1 of `blob <size>\0<content>` (git `object-file.c`, `hash_object_file`). */
export function blobId(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}

/** A regular file with its bytes. */
export function fileOf(bytes: Uint8Array): TreeFile {
  return { id: blobId(bytes), size: bytes.byteLength, kind: "file", bytes };
}

/** The revision of a tree that has no commit: a digest over its paths and contents. */
export function contentRevision(files: ReadonlyMap<string, TreeFile>): string {
  const hash = createHash("sha256");
  for (const path of [...files.keys()].sort()) {
    hash.update(`${path}\0${files.get(path)?.id ?? ""}\0`);
  }
  return `sha256:${hash.digest("hex")}`;
}

/** How Flux writes a revision of a Git artifact (`fluxcd/pkg git/git.go`, `Commit.String`). */
export function gitRevision(commit: string, branch: string | undefined): string {
  const digest = `${commit.length === 64 ? "sha256" : "sha1"}:${commit}`;
  return branch === undefined ? digest : `${branch}@${digest}`;
}

/** True for a path that may be a key of a tree: relative, with `/`, without `.`, `..` or empty segments. */
export function isTreePath(path: string): boolean {
  return (
    path !== "" &&
    !path.includes("\0") &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}
