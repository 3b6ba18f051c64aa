/**
 * The repository adapter over isomorphic-git, for machines without `git`. It loads whole packs into memory, so its
 * cache lives no longer than one call.
 */
import fs from "node:fs";

import type { TreeFile } from "#simulator";
import git from "isomorphic-git";

import { isTakenPath } from "./disk-state.ts";
import { headByReading } from "./git-head.ts";
import { unsafePath } from "./git-tree.ts";
import { gitRevision, type ReadTree, type TreeProblem } from "./read-tree.ts";
import type { MergeBase, OpenedRepository, Repository, ResolvedRevision } from "./repository.ts";
import {
  candidateRefs,
  type FindKnown,
  findKnownIn,
  noCommonAncestor,
  noSuchRevision,
  sortedTree,
} from "./revision-tree.ts";
import { UserError } from "./user-error.ts";

type Where = { readonly fs: typeof fs; readonly gitdir: string; readonly cache: object };

export function openWithIsomorphicGit(opened: OpenedRepository): Repository {
  const { place } = opened;
  const newWhere = (): Where => ({ fs, gitdir: place.commonDir, cache: {} });
  const resolve = async (rev: string): Promise<ResolvedRevision | undefined> =>
    resolveRevision(newWhere(), opened, rev);

  return {
    root: place.root,
    adapter: "isomorphic-git",
    async remoteUrls() {
      const remotes = await git.listRemotes({ fs, gitdir: place.commonDir });
      const isOrigin = ({ remote }: { remote: string }): boolean => remote === "origin";
      return [...remotes.filter(isOrigin), ...remotes.filter((each) => !isOrigin(each))].map(
        ({ url }) => url,
      );
    },
    resolve,
    async mergeBase(a, b): Promise<MergeBase> {
      const [left, right] = await Promise.all([resolve(a), resolve(b)]);
      if (left === undefined) return { found: false, message: noSuchRevision(a, place) };
      if (right === undefined) return { found: false, message: noSuchRevision(b, place) };
      const bases = await findMergeBase(newWhere(), left.commit, right.commit);
      const commit = bases[0];
      return commit === undefined
        ? { found: false, message: noCommonAncestor(a, b, place) }
        : { found: true, commit };
    },
    async readTree(rev, known, signal): Promise<ReadTree> {
      const where = newWhere();
      const resolved = await resolveRevision(where, opened, rev);
      if (resolved === undefined) throw new UserError(noSuchRevision(rev, place));
      return readCommit(where, opened, {
        label: rev,
        ...resolved,
        known: findKnownIn(known),
        signal,
      });
    },
    dispose() {},
  };
}

async function findMergeBase(where: Where, a: string, b: string): Promise<readonly string[]> {
  try {
    return (await git.findMergeBase({ ...where, oids: [a, b] })) as string[];
  } catch (error) {
    if (error instanceof git.Errors.NotFoundError) return [];
    throw error;
  }
}

async function resolveRevision(
  where: Where,
  opened: OpenedRepository,
  rev: string,
): Promise<ResolvedRevision | undefined> {
  if (rev === "HEAD" || rev === "@") {
    const head = await headByReading(opened.place);
    return head && { ...head, revision: gitRevision(head.commit, head.branch) };
  }
  const { name, steps } = splitExpression(rev);
  const start = await commitOf(where, name);
  const commit = start && (await walkBack(where, start, steps));
  if (commit === undefined) return undefined;
  for (const { ref, branch } of steps.length === 0 ? candidateRefs(name).branches : []) {
    if ((await commitOf(where, ref)) === commit)
      return { commit, branch, revision: gitRevision(commit, branch) };
  }
  return { commit, revision: gitRevision(commit, undefined) };
}

/** The part of gitrevisions(7) that people type: `~`, `~2`, `^`, `^2`, one after the other. */
function splitExpression(rev: string): {
  readonly name: string;
  readonly steps: readonly string[];
} {
  const match = /^(.*?)((?:[~^]\d*)*)$/s.exec(rev);
  return {
    name: match?.[1] === "@" ? "HEAD" : (match?.[1] ?? rev),
    steps: match?.[2]?.match(/[~^]\d*/g) ?? [],
  };
}

async function walkBack(
  where: Where,
  start: string,
  steps: readonly string[],
): Promise<string | undefined> {
  let commit: string | undefined = start;
  for (const step of steps) {
    const count = step.length === 1 ? 1 : Number(step.slice(1));
    const times = step.startsWith("~") ? count : Math.min(count, 1);
    for (let i = 0; i < times && commit !== undefined; i++) {
      const parents: readonly string[] = (await git.readCommit({ ...where, oid: commit })).commit
        .parent;
      commit = parents[step.startsWith("~") ? 0 : count - 1];
    }
    if (commit === undefined) return undefined;
  }
  return commit;
}

async function commitOf(where: Where, name: string): Promise<string | undefined> {
  if (name === "" || name.startsWith("-") || /[\0\n]/.test(name)) return undefined;
  try {
    const isShort = /^[0-9a-f]{4,39}$/.test(name);
    const oid = await git
      .resolveRef({ ...where, ref: name })
      .catch(() =>
        isShort ? git.expandOid({ ...where, oid: name }) : Promise.reject(new Error("no ref")),
      );
    return (await git.readCommit({ ...where, oid })).oid;
  } catch {
    return undefined;
  }
}

interface Reading {
  readonly label: string;
  readonly commit: string;
  readonly revision: string;
  readonly known: FindKnown;
  readonly signal: AbortSignal | undefined;
}

async function readCommit(
  where: Where,
  { limits }: OpenedRepository,
  reading: Reading,
): Promise<ReadTree> {
  const files = new Map<string, TreeFile>();
  const problems: TreeProblem[] = [];
  const folders = [{ oid: reading.commit, prefix: "" }];
  let left = limits.maxTotalBytes;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    reading.signal?.throwIfAborted();
    const { tree } = await git.readTree({ ...where, oid: next.oid });
    for (const { mode, oid, path: name } of tree) {
      const path = next.prefix + name;
      if (!isTakenPath(path)) {
        problems.push(unsafePath(path));
        continue;
      }
      if (files.size >= limits.maxFiles) {
        problems.push({
          code: "too-many-files",
          message: `The revision has more than ${limits.maxFiles} files; the rest is left out.`,
        });
        return sortedTree(reading.label, reading.revision, files, problems);
      }
      if (mode === "040000") folders.push({ oid, prefix: `${path}/` });
      else {
        const file = await readEntry(
          where,
          reading,
          { mode, oid, path },
          Math.min(limits.maxFileBytes, left),
          problems,
        );
        left -= file.bytes?.byteLength ?? 0;
        files.set(path, file);
      }
    }
  }
  return sortedTree(reading.label, reading.revision, files, problems);
}

async function readEntry(
  where: Where,
  reading: Reading,
  entry: { readonly mode: string; readonly oid: string; readonly path: string },
  maxBytes: number,
  problems: TreeProblem[],
): Promise<TreeFile> {
  const { mode, oid, path } = entry;
  if (mode === "160000") return { id: oid, size: 0, kind: "submodule" };
  const kind = mode === "120000" ? "symlink" : "file";
  const known = reading.known(kind, oid, path);
  if (known !== undefined) return known;
  reading.signal?.throwIfAborted();
  const { blob } = await git.readBlob({ ...where, oid });
  if (kind === "symlink") return { id: oid, size: blob.byteLength, kind };
  if (blob.byteLength > maxBytes) {
    problems.push({
      code: "too-large",
      path,
      message: `${path} has ${blob.byteLength} bytes, more than Sluice reads.`,
    });
    return { id: oid, size: blob.byteLength, kind };
  }
  return { id: oid, size: blob.byteLength, kind, bytes: new Uint8Array(blob) };
}
