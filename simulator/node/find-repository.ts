/** Where the Git repository of a folder is, found by looking at the disk alone: nothing is executed, no configuration read. */
import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { UserError } from "./user-error.ts";

export interface RepositoryPlace {
  /** Absolute real path of the working tree, or of the repository itself when it is bare. */
  readonly root: string;
  /** The repository's own folder: `.git`, or what the `.git` file of a worktree or submodule names. */
  readonly gitDir: string;
  /** Where objects and branches are; differs from `gitDir` in linked worktrees. */
  readonly commonDir: string;
  readonly bare: boolean;
  /** The clone holds only the newest part of the history. */
  readonly shallow: boolean;
}

/** The nearest repository at or above `dir`. */
export async function findRepository(dir: string): Promise<RepositoryPlace | undefined> {
  let folder = await realFolder(dir);
  for (;;) {
    const dotGit = join(folder, ".git");
    const gitDir = await gitDirOf(dotGit);
    if (gitDir !== undefined) return place(folder, gitDir, false);
    if (await isGitDir(folder)) return place(folder, folder, true);
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

/** The absolute real path of a folder. */
export async function realFolder(dir: string): Promise<string> {
  try {
    const real = await realpath(resolve(dir));
    if ((await stat(real)).isDirectory()) return real;
  } catch {
    throw new UserError(`The folder ${dir} can't be read: it does not exist or access is denied.`);
  }
  throw new UserError(`${dir} is not a folder.`);
}

async function place(root: string, gitDir: string, bare: boolean): Promise<RepositoryPlace> {
  const common = (await textOf(join(gitDir, "commondir")))?.trim();
  const commonDir = common === undefined ? gitDir : resolve(gitDir, common);
  const shallow = (await textOf(join(commonDir, "shallow"))) !== undefined;
  return { root, gitDir, commonDir, bare, shallow };
}

async function gitDirOf(dotGit: string): Promise<string | undefined> {
  if (await isGitDir(dotGit)) return dotGit;
  const link = /^gitdir: (.+?)\r?\n?$/.exec((await textOf(dotGit)) ?? "")?.[1];
  if (link === undefined) return undefined;
  const gitDir = resolve(dirname(dotGit), link);
  return (await exists(join(gitDir, "HEAD"))) ? gitDir : undefined;
}

async function isGitDir(folder: string): Promise<boolean> {
  const parts = await Promise.all(
    ["HEAD", "objects", "refs"].map((name) => exists(join(folder, name))),
  );
  return parts.every(Boolean);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
