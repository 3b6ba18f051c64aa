/** Tells whether Git would ignore a path that need not exist, such as a file that is typed but not saved yet. */
import { join } from "node:path";

import type { RepositoryPlace } from "./find-repository.ts";
import { runGit } from "./git-process.ts";
import { isIgnoredOnDisk } from "./list-by-walking.ts";

/** `git check-ignore` answers 1 for a path that is not ignored; anything else, such as a path beyond a symlink, is no. */
export async function isIgnoredPath(
  git: string | undefined,
  place: RepositoryPlace,
  path: string,
  signal?: AbortSignal,
): Promise<boolean> {
  if (git === undefined) return isIgnoredOnDisk(place, path);
  const { code } = await runGit(git, ["check-ignore", "--quiet", "--", join(place.root, path)], {
    cwd: place.root,
    // check-ignore takes paths as they are, and refuses to be told so.
    env: { GIT_WORK_TREE: place.root, GIT_LITERAL_PATHSPECS: "0" },
    signal,
  });
  return code !== 1;
}
