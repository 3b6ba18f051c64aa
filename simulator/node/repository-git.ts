/** The repository adapter over the `git` executable: two idle `cat-file` processes and short calls for the rest. */
import { headWithGit } from "./git-head.ts";
import { createObjectReader, type ObjectReader } from "./git-objects.ts";
import { runGit, type GitResult } from "./git-process.ts";
import { readListedTree } from "./git-tree.ts";
import { refusal } from "./list-with-git.ts";
import { gitRevision, type ReadTree, type TreeProblem } from "./read-tree.ts";
import type { MergeBase, OpenedRepository, Repository, ResolvedRevision } from "./repository.ts";
import {
  candidateRefs,
  findKnownIn,
  noCommonAncestor,
  noSuchRevision,
  sortedTree,
} from "./revision-tree.ts";
import { UserError } from "./user-error.ts";

export function openWithGit(git: string, opened: OpenedRepository): Repository {
  const { place, limits } = opened;
  const where = { cwd: place.root };
  const contents = createObjectReader(git, "contents", where);
  const info = createObjectReader(git, "info", where);
  const run = (args: readonly string[], signal?: AbortSignal): Promise<GitResult> =>
    runGit(git, args, { ...where, signal });

  async function resolve(rev: string): Promise<ResolvedRevision | undefined> {
    if (rev === "HEAD" || rev === "@") {
      const head = await headWithGit(git, place);
      return head && { ...head, revision: gitRevision(head.commit, head.branch) };
    }
    return resolveWith(info, rev);
  }

  return {
    root: place.root,
    adapter: "git",
    async remoteUrls() {
      const args = ["config", "--local", "-z", "--get-regexp", "^remote\\..*\\.url$"];
      return parseRemotes((await run(args)).stdout.toString("utf8"));
    },
    resolve,
    async mergeBase(a, b): Promise<MergeBase> {
      const [left, right] = await Promise.all([resolve(a), resolve(b)]);
      if (left === undefined) return { found: false, message: noSuchRevision(a, place) };
      if (right === undefined) return { found: false, message: noSuchRevision(b, place) };
      const { code, stdout } = await run(["merge-base", left.commit, right.commit]);
      const commit = stdout.toString("utf8").trim();
      return code === 0 && commit !== ""
        ? { found: true, commit }
        : { found: false, message: noCommonAncestor(a, b, place) };
    },
    async readTree(rev, known, signal): Promise<ReadTree> {
      const resolved = await resolve(rev);
      if (resolved === undefined) throw new UserError(noSuchRevision(rev, place));
      const listed = await run(["ls-tree", "-r", "-z", "--full-tree", resolved.commit], signal);
      if (listed.code !== 0) throw new UserError(refusal(listed.stderr, place.root));
      const problems: TreeProblem[] = [];
      const reading = { contents, info, problems, known: findKnownIn(known), limits };
      const files = await readListedTree(reading, listed.stdout.toString("utf8"), signal);
      return sortedTree(rev, resolved.revision, files, problems);
    },
    dispose() {
      contents.dispose();
      info.dispose();
    },
  };
}

/** Records of `git config -z --get-regexp`: `remote.<name>.url\n<url>`. */
function parseRemotes(text: string): string[] {
  const records = text.split("\0").filter(Boolean);
  const isOrigin = (record: string): boolean => record.startsWith("remote.origin.url\n");
  const sorted = [...records.filter(isOrigin), ...records.filter((record) => !isOrigin(record))];
  return sorted.map((record) => record.slice(record.indexOf("\n") + 1));
}

async function resolveWith(info: ObjectReader, rev: string): Promise<ResolvedRevision | undefined> {
  if (rev === "" || rev.startsWith("-")) return undefined;
  const { direct, branches } = candidateRefs(rev);
  const names = [direct, ...branches.map(({ ref }) => ref)];
  const [commit, ...refs] = await Promise.all(names.map((name) => info.read(`${name}^{commit}`)));
  const branch = branches.find(
    (_, index) => refs[index] !== undefined && refs[index].id === commit?.id,
  )?.branch;
  if (commit === undefined) return undefined;
  const revision = gitRevision(commit.id, branch);
  return branch === undefined
    ? { commit: commit.id, revision }
    : { commit: commit.id, branch, revision };
}
