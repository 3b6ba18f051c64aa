/** The paths Git would take from a working tree, told by the `git` executable: tracked, and untracked but not ignored. */
import type { RepositoryPlace } from "./find-repository.ts";
import { isDubiousOwnership, runGit } from "./git-process.ts";
import type { TreeProblem } from "./read-tree.ts";

export interface Listing {
  /** Relative to the root, with `/`; on disk or not. */
  readonly paths: readonly string[];
  /** Path → commit. */
  readonly submodules: ReadonlyMap<string, string>;
  /** Path → blob id of files that a sparse checkout leaves out of the disk and a push would still contain. */
  readonly sparse: ReadonlyMap<string, string>;
  readonly problems: readonly TreeProblem[];
}

/**
 * `undefined` when git won't answer for this repository; the reason is then in `onRefused`.
 * With `paths` only what is at or below them is listed.
 */
export async function listWithGit(
  git: string,
  place: RepositoryPlace,
  options: {
    readonly paths?: readonly string[];
    readonly signal?: AbortSignal | undefined;
    readonly onRefused?: (message: string) => void;
  },
): Promise<Listing | undefined> {
  const flags = ["ls-files", "-z", "-t", "--stage", "--cached", "--others", "--exclude-standard"];
  const result = await runGit(git, [...flags, "--", ...(options.paths ?? [])], {
    cwd: place.root,
    // Without this a `core.worktree` in the repository's configuration could name any folder of the machine.
    env: { GIT_WORK_TREE: place.root },
    signal: options.signal,
  });
  if (result.code === 0) return parseListing(result.stdout.toString("utf8"));
  options.onRefused?.(refusal(result.stderr, place.root));
  return undefined;
}

/** What to tell a person when git refuses to read a repository. */
export function refusal(stderr: string, root: string): string {
  if (isDubiousOwnership(stderr)) {
    return (
      `Git doesn't trust ${root} because another user owns it, so Sluice reads it without git, which is slower. ` +
      `To trust it run: git config --global --add safe.directory ${root}`
    );
  }
  return `git can't read ${root}: ${stderr.split("\n")[0] ?? "no message"}`;
}

/** Lines of `git ls-files -z -t --stage`: `H <mode> <id> <stage>\t<path>` for tracked files, `? <path>` for others. */
function parseListing(text: string): Listing {
  const paths = new Set<string>();
  const submodules = new Map<string, string>();
  const sparse = new Map<string, string>();
  const problems: TreeProblem[] = [];
  for (const line of text.split("\0")) {
    if (line.startsWith("? ")) {
      const path = line.slice(2);
      if (path.endsWith("/")) problems.push(nestedRepository(path.slice(0, -1)));
      else paths.add(path);
      continue;
    }
    const match = /^(\S) (\d+) ([0-9a-f]+) \d\t(.+)$/s.exec(line);
    if (match === null) continue;
    const [, tag = "", mode = "", id = "", path = ""] = match;
    if (mode === "160000") submodules.set(path, id);
    else paths.add(path);
    if (tag === "S") sparse.set(path, id);
  }
  return { paths: [...paths], submodules, sparse, problems };
}

export function nestedRepository(path: string): TreeProblem {
  return {
    code: "nested-repository",
    path,
    message: `${path} is a Git repository of its own and is left out. Add it as a submodule or remove its .git folder.`,
  };
}
