/**
 * The paths Git would take from a folder, found without the `git` executable: a walk that honours `.gitignore`
 * files, and the index for what is tracked although ignored. Without a repository every file is taken.
 */
import fs from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import ignore, { type Ignore } from "ignore";

import type { RepositoryPlace } from "./find-repository.ts";
import { nestedRepository, type Listing } from "./list-with-git.ts";
import type { TreeProblem } from "./read-tree.ts";
import { createTurns } from "./turns.ts";

/** The rules of one folder; paths are matched relative to `base`. */
interface Rules {
  readonly base: string;
  readonly ignore: Ignore;
}

export async function listByWalking(
  root: string,
  place: RepositoryPlace | undefined,
  maxFiles: number,
  signal?: AbortSignal,
): Promise<Listing> {
  const index = place === undefined ? new Map<string, IndexEntry>() : await readIndex(place);
  const problems: TreeProblem[] = [];
  if (index === undefined) {
    problems.push({
      code: "git",
      message:
        "The Git index can't be read without git, so tracked files that are ignored are left out. Install git.",
    });
  }
  const submodules = new Map<string, string>();
  const paths = new Set<string>();
  for (const [path, entry] of index ?? []) {
    if (entry.submodule) submodules.set(path, entry.id);
    else paths.add(path);
  }
  const found = await walkFolder(root, place === undefined ? undefined : await outerRules(place), {
    problems,
    maxFiles,
    skip: submodules,
    signal,
  });
  for (const path of found) paths.add(path);
  return { paths: [...paths], submodules, sparse: new Map(), problems };
}

/** Whether rules on disk ignore a path of the repository, whichever of its folders exist. */
export async function isIgnoredOnDisk(place: RepositoryPlace, path: string): Promise<boolean> {
  let rules: readonly Rules[] = withOwnRules(place.root, "", await outerRules(place));
  const parts = path.split("/");
  for (const depth of parts.keys()) {
    const current = parts.slice(0, depth + 1).join("/");
    const isFolder = depth < parts.length - 1;
    if (isIgnored(rules, isFolder ? `${current}/` : current)) return true;
    if (isFolder) rules = withOwnRules(place.root, current, rules);
  }
  return false;
}

interface WalkContext {
  readonly problems: TreeProblem[];
  readonly maxFiles: number;
  readonly skip: ReadonlyMap<string, string>;
  readonly signal: AbortSignal | undefined;
}

/** `outer` absent: nothing is ignored. */
async function walkFolder(
  root: string,
  outer: readonly Rules[] | undefined,
  context: WalkContext,
): Promise<string[]> {
  const turn = createTurns(context.signal);
  const paths: string[] = [];
  const folders: { path: string; rules: readonly Rules[] | undefined }[] = [
    { path: "", rules: outer },
  ];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    await turn();
    if (paths.length > context.maxFiles) break;
    const folder = next;
    const rules = folder.rules && withOwnRules(root, folder.path, folder.rules);
    for (const entry of entriesOf(root, folder.path, context.problems)) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.name.toLowerCase() === ".git" || context.skip.has(path)) continue;
      const isFolder = entry.isDirectory();
      if (rules !== undefined && isIgnored(rules, isFolder ? `${path}/` : path)) continue;
      if (!isFolder) paths.push(path);
      else if (rules !== undefined && isRepository(join(root, path)))
        context.problems.push(nestedRepository(path));
      else folders.push({ path, rules });
    }
  }
  return paths;
}

function entriesOf(root: string, folder: string, problems: TreeProblem[]): fs.Dirent[] {
  try {
    return fs.readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    problems.push({
      code: "unreadable",
      path: folder,
      message: `The folder ${folder || "."} can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`,
    });
    return [];
  }
}

/** The last pattern that matches decides, and deeper files come later (gitignore(5)). */
function isIgnored(rules: readonly Rules[], path: string): boolean {
  for (const { base, ignore: own } of rules.toReversed()) {
    const verdict = own.test(path.slice(base.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

function withOwnRules(root: string, folder: string, rules: readonly Rules[]): readonly Rules[] {
  try {
    const text = fs.readFileSync(join(root, folder, ".gitignore"), {
      encoding: "utf8",
      flag: noFollow,
    });
    return [...rules, { base: folder === "" ? "" : `${folder}/`, ignore: newIgnore().add(text) }];
  } catch {
    return rules;
  }
}

/** Rules from outside the tree: the user's and the repository's own, weaker than every `.gitignore`. */
async function outerRules(place: RepositoryPlace): Promise<Rules[]> {
  const configHome = process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  const files = [join(configHome, "git", "ignore"), join(place.commonDir, "info", "exclude")];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.map((text) => ({ base: "", ignore: newIgnore().add(text) }));
}

function newIgnore(): Ignore {
  return ignore({ ignorecase: process.platform === "darwin" || process.platform === "win32" });
}

function isRepository(folder: string): boolean {
  return fs.existsSync(join(folder, ".git"));
}

interface IndexEntry {
  readonly id: string;
  readonly submodule: boolean;
}

/** `undefined` when the index is of a kind that isomorphic-git doesn't read. */
async function readIndex(place: RepositoryPlace): Promise<Map<string, IndexEntry> | undefined> {
  const entries = new Map<string, IndexEntry>();
  try {
    const { STAGE, walk } = await import("isomorphic-git");
    await walk({
      fs,
      dir: place.root,
      gitdir: place.gitDir,
      trees: [STAGE()],
      map: async (path, [entry]) => {
        if (!entry) return undefined;
        const type = await entry.type();
        if (type !== "tree")
          entries.set(path, { id: (await entry.oid()) ?? "", submodule: type === "commit" });
        return path;
      },
    });
    return entries;
  } catch {
    return undefined;
  }
}

/** A `.gitignore` that is a symlink is not read (git 2.32 and newer). Absent on Windows. */
const noFollow = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0);
