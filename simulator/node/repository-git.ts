/** The repository adapter over the `git` executable: two idle `cat-file` processes and short calls for the rest. */
import type { TreeFile } from "#simulator";

import { headWithGit } from "./git-head.ts";
import { createObjectReader, type ObjectReader } from "./git-objects.ts";
import { runGit, type GitResult } from "./git-process.ts";
import { refusal } from "./list-with-git.ts";
import { fileOf, gitRevision, isTreePath, type ReadTree, type TreeProblem } from "./read-tree.ts";
import type { MergeBase, OpenedRepository, Repository, ResolvedRevision } from "./repository.ts";
import { candidateRefs, type FindKnown, findKnownIn, noCommonAncestor, noSuchRevision, sortedTree } from "./revision-tree.ts";
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
      const { stdout } = await run(["config", "--local", "-z", "--get-regexp", "^remote\\..*\\.url$"]);
      const pairs = stdout.toString("utf8").split("\0").filter(Boolean);
      const urls = pairs.map((pair) => [pair.slice(0, pair.indexOf("\n")), pair.slice(pair.indexOf("\n") + 1)] as const);
      const isOrigin = ([name]: readonly [string, string]): boolean => name === "remote.origin.url";
      return [...urls.filter(isOrigin), ...urls.filter((pair) => !isOrigin(pair))].map(([, url]) => url);
    },
    resolve,
    async mergeBase(a, b): Promise<MergeBase> {
      const [left, right] = await Promise.all([resolve(a), resolve(b)]);
      if (left === undefined) return { found: false, message: noSuchRevision(a, place) };
      if (right === undefined) return { found: false, message: noSuchRevision(b, place) };
      const { code, stdout } = await run(["merge-base", left.commit, right.commit]);
      const commit = stdout.toString("utf8").trim();
      return code === 0 && commit !== "" ? { found: true, commit } : { found: false, message: noCommonAncestor(a, b, place) };
    },
    async readTree(rev, known, signal): Promise<ReadTree> {
      const resolved = await resolve(rev);
      if (resolved === undefined) throw new UserError(noSuchRevision(rev, place));
      const listed = await run(["ls-tree", "-r", "-z", "--full-tree", resolved.commit], signal);
      if (listed.code !== 0) throw new UserError(refusal(listed.stderr, place.root));
      const entries = parseTree(listed.stdout.toString("utf8"));
      const problems: TreeProblem[] = [];
      const files = await readEntries({ contents, info, problems, known: findKnownIn(known), limits }, entries, signal);
      return sortedTree(rev, resolved.revision, files, problems);
    },
    dispose() {
      contents.dispose();
      info.dispose();
    },
  };
}

async function resolveWith(info: ObjectReader, rev: string): Promise<ResolvedRevision | undefined> {
  if (rev === "" || rev.startsWith("-")) return undefined;
  const { direct, branches } = candidateRefs(rev);
  const names = [direct, ...branches.map(({ ref }) => ref)];
  const [commit, ...refs] = await Promise.all(names.map((name) => info.read(`${name}^{commit}`)));
  const branch = branches.find((_, index) => refs[index] !== undefined && refs[index].id === commit?.id)?.branch;
  if (commit === undefined) return undefined;
  const revision = gitRevision(commit.id, branch);
  return branch === undefined ? { commit: commit.id, revision } : { commit: commit.id, branch, revision };
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly id: string;
}

/** Records of `git ls-tree -r -z`: `<mode> <type> <id>\t<path>`. */
function parseTree(text: string): Entry[] {
  return text.split("\0").flatMap((record) => {
    const match = /^(\d{6}) \w+ ([0-9a-f]+)\t(.+)$/s.exec(record);
    const [, mode = "", id = "", path = ""] = match ?? [];
    return match !== null && isTreePath(path) ? [{ path, mode, id }] : [];
  });
}

interface Reading {
  readonly contents: ObjectReader;
  readonly info: ObjectReader;
  readonly problems: TreeProblem[];
  readonly known: FindKnown;
  readonly limits: OpenedRepository["limits"];
}

async function readEntries(
  reading: Reading,
  entries: readonly Entry[],
  signal?: AbortSignal,
): Promise<Map<string, TreeFile>> {
  const files = new Map<string, TreeFile>();
  const { limits, problems } = reading;
  if (entries.length > limits.maxFiles) {
    const message = `The revision has more than ${limits.maxFiles} files; the rest is left out.`;
    problems.push({ code: "too-many-files", message });
  }
  const wanted = entries.slice(0, limits.maxFiles);
  const batch = 512;
  let left = limits.maxTotalBytes;
  for (let start = 0; start < wanted.length; start += batch) {
    signal?.throwIfAborted();
    const part = wanted.slice(start, start + batch);
    const found = await Promise.all(part.map((entry) => describe(reading, entry)));
    const read = found.map(async (file, index): Promise<void> => {
      const entry = part[index];
      if (file === undefined || entry === undefined) return;
      files.set(entry.path, file);
      if (file.kind !== "file" || file.bytes !== undefined) return;
      const fits = file.size <= Math.min(limits.maxFileBytes, left);
      if (fits) left -= file.size;
      else problems.push(tooLarge(entry.path, file.size));
      if (fits) files.set(entry.path, await withContent(reading, entry, file));
    });
    await Promise.all(read);
  }
  signal?.throwIfAborted();
  return files;
}

/** What the entry is, with bytes only when they are known already. */
async function describe(reading: Reading, { id, path, mode }: Entry): Promise<TreeFile | undefined> {
  if (mode === "160000") return { id, size: 0, kind: "submodule" };
  const kind = mode === "120000" ? "symlink" : "file";
  const known = reading.known(kind, id, path);
  if (known !== undefined) return known;
  const about = await reading.info.read(id);
  if (about === undefined) reading.problems.push(missing(path));
  return about && { id, size: about.size, kind };
}

async function withContent(reading: Reading, { id, path }: Entry, file: TreeFile): Promise<TreeFile> {
  const object = await reading.contents.read(id);
  if (object === undefined) {
    reading.problems.push(missing(path));
    return file;
  }
  // Repositories with SHA-256 names get the same ids as everything else, so that equal files are equal.
  return id.length === 40 ? { ...file, bytes: object.bytes } : fileOf(object.bytes);
}

function tooLarge(path: string, size: number): TreeProblem {
  return { code: "too-large", path, message: `${path} has ${size} bytes, more than Sluice reads.` };
}

function missing(path: string): TreeProblem {
  const message = `${path} is not in this clone (a partial or damaged clone). Fetch it with git, then try again.`;
  return { code: "unreadable", path, message };
}
