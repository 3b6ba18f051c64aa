/**
 * Finds the two states of a repository that a request names: the working tree, a revision, a merge base or a folder.
 * All of them are read as trees of files; nothing is checked out and nothing is simulated here.
 */
import { stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";

import type { FileTree } from "#simulator";
import {
  findRepository,
  openRepository,
  openWorkingTree,
  readDirectoryTree,
} from "#simulator/node";
import type { ReadTree, Repository } from "#simulator/node";

import type { Request } from "./request.ts";
import { chooseRoot, cropped } from "./tree-root.ts";
import { UserError } from "./user-error.ts";

export interface Sides {
  readonly target: FileTree;
  readonly base?: FileTree;
  /** What stands before the folders of `--path`: the part of DIR below the root of the trees. Empty or ends with `/`. */
  readonly prefix: string;
  readonly remoteUrls: readonly string[];
  readonly notes: readonly string[];
}

/** One side, and whether its paths start at the root of the Git repository (folders are taken as they are). */
interface Side {
  readonly tree: ReadTree;
  readonly inRepository: boolean;
}

export async function readSides(request: Request, signal: AbortSignal): Promise<Sides> {
  const place = await findRepository(request.dir);
  const repository = place === undefined ? undefined : await openRepository(request.dir);
  try {
    const target =
      request.to === undefined
        ? {
            tree: await (await openWorkingTree(request.dir)).read(undefined, signal),
            inRepository: place !== undefined,
          }
        : await namedSide("--to", request.to, repository, undefined, signal);
    const base = await baseSide(request, repository, target, signal);
    const sides = base === undefined ? [target] : [base, target];
    const subfolder = place === undefined ? "" : below(place.root, request.dir);
    const root = chooseRoot(target.inRepository ? target.tree : base?.tree, subfolder);
    const crop = (side: Side): FileTree =>
      side.inRepository && root === "folder" ? cropped(side.tree, subfolder) : side.tree;
    return {
      target: crop(target),
      ...(base !== undefined && { base: crop(base) }),
      prefix: root === "folder" || subfolder === "" ? "" : `${subfolder}/`,
      remoteUrls: (await repository?.remoteUrls()) ?? [],
      notes: [...rootNotes(root, subfolder), ...sides.flatMap(({ tree }) => treeNotes(tree))],
    };
  } finally {
    repository?.dispose();
  }
}

/** A folder as a source: what Git would take when it is a repository, else everything in it. */
export async function readFolder(folder: string, signal: AbortSignal): Promise<ReadTree> {
  const place = await findRepository(folder);
  const isRepository = place !== undefined && !place.bare && below(place.root, folder) === "";
  const tree = isRepository
    ? await (await openWorkingTree(folder)).read(undefined, signal)
    : await readDirectoryTree(folder, {}, signal);
  return { ...tree, label: folder };
}

async function baseSide(
  { verb, dir, from, to, context }: Request,
  repository: Repository | undefined,
  target: Side,
  signal: AbortSignal,
): Promise<Side | undefined> {
  if (from === undefined && (verb !== "diff" || context !== undefined)) return undefined;
  if (from?.startsWith("merge-base:") === true) {
    return mergeBaseSide(
      from.slice("merge-base:".length),
      to ?? "HEAD",
      repository,
      target.tree,
      signal,
    );
  }
  if (from !== undefined) return namedSide("--from", from, repository, target.tree, signal);
  if (repository === undefined) {
    throw new UserError(
      `${dir} is not in a Git repository, so there is no HEAD to compare with. Give --from a folder.`,
    );
  }
  if ((await repository.resolve("HEAD")) !== undefined)
    return namedSide("--from", "HEAD", repository, target.tree, signal);
  return {
    tree: { label: "nothing (no commit yet)", revision: "", files: new Map(), problems: [] },
    inRepository: false,
  };
}

/** A revision first, then a folder; what starts like a path is only ever a folder. */
async function namedSide(
  option: string,
  name: string,
  repository: Repository | undefined,
  known: FileTree | undefined,
  signal: AbortSignal,
): Promise<Side> {
  const isPath = /^(\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:[/\\])/.test(name);
  if (!isPath && repository !== undefined && (await repository.resolve(name)) !== undefined) {
    return { tree: await repository.readTree(name, known, signal), inRepository: true };
  }
  if (await isFolder(name)) return { tree: await readFolder(name, signal), inRepository: false };
  const looked =
    repository === undefined
      ? "There is no folder of that name"
      : "It is neither a revision nor a folder";
  throw new UserError(`${option} can't be "${name}". ${looked}.`);
}

async function mergeBaseSide(
  branch: string,
  to: string,
  repository: Repository | undefined,
  known: FileTree,
  signal: AbortSignal,
): Promise<Side> {
  if (repository === undefined)
    throw new UserError("A merge base needs a Git repository, and there is none here.");
  for (const name of [branch, to]) {
    if ((await repository.resolve(name)) === undefined) {
      throw new UserError(
        `There is no merge base of ${branch} and ${to}: "${name}" is not a revision here.`,
      );
    }
  }
  const found = await repository.mergeBase(branch, to);
  if (!found.found) throw new UserError(found.message);
  const tree = await repository.readTree(found.commit, known, signal);
  return { tree: { ...tree, label: `merge base of ${branch} and ${to}` }, inRepository: true };
}

/** Path of `folder` below `root`, with `/`; `root` is a real path, so links in `folder` are resolved by the caller's cwd. */
function below(root: string, folder: string): string {
  return relative(root, resolve(folder)).split(sep).join("/");
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

function rootNotes(root: "folder" | "repository", subfolder: string): readonly string[] {
  if (root === "folder") return [];
  return [
    `Flux paths in ${subfolder} start at the root of the Git repository, so all of it is simulated (--path narrows it).`,
  ];
}

function treeNotes(tree: ReadTree): readonly string[] {
  return tree.problems.map(({ message }) => `${tree.label}: ${message}`);
}
