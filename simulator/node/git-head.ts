/** What HEAD of a repository is: its commit and, unless detached, its branch. */
import fs from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { RepositoryPlace } from "./find-repository.ts";
import { runGit } from "./git-process.ts";

export interface Head {
  readonly commit: string;
  readonly branch?: string;
}

/** `undefined` when there is no commit yet. */
export async function headWithGit(
  git: string,
  place: RepositoryPlace,
  signal?: AbortSignal,
): Promise<Head | undefined> {
  const args = ["rev-parse", "--quiet", "HEAD", "--symbolic-full-name", "HEAD"];
  const { code, stdout } = await runGit(git, args, { cwd: place.root, signal });
  if (code !== 0) return undefined;
  const [commit = "", name = ""] = stdout.toString("utf8").split("\n");
  const branch = /^refs\/heads\/(.+)$/.exec(name)?.[1];
  return branch === undefined ? { commit } : { commit, branch };
}

/** HEAD belongs to the worktree and branches to the repository, which isomorphic-git doesn't tell apart. */
export async function headByReading(place: RepositoryPlace): Promise<Head | undefined> {
  try {
    const text = (await readFile(join(place.gitDir, "HEAD"), "utf8")).trim();
    const name = /^ref: (.+)$/.exec(text)?.[1];
    if (name === undefined) return /^[0-9a-f]{40}$/.test(text) ? { commit: text } : undefined;
    const { resolveRef } = await import("isomorphic-git");
    const commit = await resolveRef({ fs, gitdir: place.commonDir, ref: name });
    const branch = /^refs\/heads\/(.+)$/.exec(name)?.[1];
    return branch === undefined ? { commit } : { commit, branch };
  } catch {
    return undefined;
  }
}
