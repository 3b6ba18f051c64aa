/** Asks the `git` of the workspace which commit a name means, and which commits contain it. */
import { execFile } from "node:child_process";

/** The commit that a revision means; `undefined` when this folder does not know it. */
export async function resolveCommit(folder: string, revision: string): Promise<string | undefined> {
  // A revision must not be read as an option.
  const found = await git(folder, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ]);
  return found?.trim() || undefined;
}

/** Those of `commits` that have `commit` among their ancestors. Commits that were not fetched contain nothing. */
export async function containing(
  folder: string,
  commit: string,
  commits: readonly string[],
): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(
    [...new Set(commits)].map(async (one) => {
      const isAncestor = await git(folder, ["merge-base", "--is-ancestor", commit, one]);
      return isAncestor === undefined ? [] : [one];
    }),
  );
  return new Set(answers.flat());
}

/** Its output, or `undefined` when it failed. */
function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("git", ["-C", folder, ...args], { timeout: 10_000 }, (error, output) =>
      resolve(error === null ? output : undefined),
    );
  });
}
