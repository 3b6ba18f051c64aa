/**
 * A GitRepository as source-controller checks it out (`fluxcd/pkg git/gogit/clone.go`): which reference counts, what the
 * revision is called, sparse checkout, submodules, signatures. The protocol is spoken by one of two adapters.
 */
import type {
  FileTree,
  GitRef,
  GitSourceRequest,
  PickVersion,
  SourceAnswer,
  TreeFile,
} from "#simulator";

import { FetchFailure } from "./fetch-failure.ts";
import { credentialsOfUser, type GitAccess, gitAccessOf } from "./git-access.ts";
import { noSuchName } from "./git-failure.ts";
import { pickTag } from "./git-pick-tag.ts";
import type { GitRawObject, GitRemote, GitRemoteOptions } from "./git-remote.ts";
import { verifyGit } from "./git-signature.ts";
import type { NetworkGuard } from "./network-guard.ts";
import { gitRevision, type ReadTree, type TreeLimits } from "./read-tree.ts";
import { gitUrl, isCommit, isSafeRef, withoutCredentials } from "./source-url.ts";
import { withSubmodules } from "./submodules.ts";

export interface GitFetchContext {
  /** Path of the executable; without it isomorphic-git does what it can. */
  readonly git: string | undefined;
  /** The user's credential helpers may be asked. */
  readonly gitHelpers: boolean;
  readonly guard: NetworkGuard;
  readonly limits: TreeLimits;
  /** An empty folder for this fetch alone. */
  readonly folder: string;
  readonly pickVersion: PickVersion | undefined;
  /** An older answer to the same request. */
  readonly known?: { readonly tree: FileTree; readonly remarks?: readonly string[] } | undefined;
  readonly onBytes: (bytes: number) => void;
  /** Fetches a submodule, by the same rules. */
  readonly fetchModule: (request: GitSourceRequest) => Promise<SourceAnswer>;
  readonly signal: AbortSignal;
}

export interface FetchedGit {
  readonly tree: ReadTree;
  readonly remarks: readonly string[];
}

export async function fetchGit(
  request: GitSourceRequest,
  context: GitFetchContext,
): Promise<FetchedGit> {
  const written = gitUrl(request.url);
  const access = gitAccessOf(written, request.access);
  const url = bare(written);
  checkNames(request.ref, url);
  const fetched = await asUserIfNeeded(url, access, context, request);
  const sparse = sparseTree(fetched.tree, request.sparse);
  if (request.submodules !== true) return { ...fetched, tree: sparse };
  const tree = await withSubmodules(sparse, url, (module) =>
    context.fetchModule(withAccess(module, url, request)),
  );
  return { ...fetched, tree };
}

/** The address without credentials, which are in the access from here on. */
function bare(written: URL): URL {
  const url = new URL(written);
  url.password = "";
  if (url.protocol !== "ssh:") url.username = "";
  return url;
}

/** A submodule on the same server is read like the repository itself; other servers get no credentials. */
function withAccess(
  module: GitSourceRequest,
  url: URL,
  { access }: GitSourceRequest,
): GitSourceRequest {
  const isSameHost = gitUrl(module.url).origin === url.origin && url.origin !== "null";
  const isSameSsh = url.protocol === "ssh:" && gitUrl(module.url).host === url.host;
  return access !== undefined && (isSameHost || isSameSsh) ? { ...module, access } : module;
}

/** The user's own credentials are asked for only when a server wants some and the manifests give none. */
async function asUserIfNeeded(
  url: URL,
  access: GitAccess,
  context: GitFetchContext,
  request: GitSourceRequest,
): Promise<FetchedGit> {
  const { git, gitHelpers, folder, signal } = context;
  try {
    return await fetchAs(url, access, context, request);
  } catch (error) {
    const isAnonymous =
      access.basic === undefined &&
      access.bearer === undefined &&
      request.access?.secret === undefined;
    const isDenied = error instanceof FetchFailure && error.reason === "unauthorized";
    if (!isDenied || !isAnonymous || !gitHelpers || git === undefined) throw error;
    const basic = await credentialsOfUser(git, url, folder, signal);
    if (basic === undefined) throw error;
    return await fetchAs(url, { ...access, basic }, context, request);
  }
}

async function fetchAs(
  url: URL,
  access: GitAccess,
  context: GitFetchContext,
  request: GitSourceRequest,
): Promise<FetchedGit> {
  const { git, folder, guard, limits, onBytes, signal } = context;
  const options: GitRemoteOptions = { url, access, folder, guard, limits, onBytes, signal };
  // What fetches is loaded when there is something to fetch: it takes longer to load than a repository to read.
  const remote =
    git === undefined
      ? await (await import("./fetch-with-isomorphic-git.ts")).openRemoteWithIsomorphicGit(options)
      : await (await import("./fetch-with-git.ts")).openRemoteWithGit(git, options);
  try {
    const { names, revisionOf } = await wantedOf(request.ref, remote, context, url);
    const { known } = context;
    if (known !== undefined && (await leadsTo(known.tree.revision, { names, revisionOf }, remote)))
      return { tree: { ...known.tree, problems: [] }, remarks: known.remarks ?? [] };
    const [id = ""] = await remote.fetch(names);
    const { commit, tag } = await peeled(remote, id, url);
    const remarks = await verifyGit(request.verify, { commit: commit.object, tag }, context);
    const tree = await remote.readTree(commit.id);
    checkPaths(tree, url);
    return {
      tree: { ...tree, label: withoutCredentials(url), revision: revisionOf(commit.id) },
      remarks,
    };
  } finally {
    await remote.close();
  }
}

/** A tree that can't be checked out fails in source-controller as well (go-git `worktree.go`, `validPath`). */
function checkPaths({ problems }: ReadTree, url: URL): void {
  const unsafe = problems.find(({ code }) => code === "unsafe-path");
  if (unsafe !== undefined)
    throw new FetchFailure("invalid", `${withoutCredentials(url)}: ${unsafe.message}`);
}

interface Wanted {
  /** The first is what is checked out; the others must exist. */
  readonly names: readonly string[];
  readonly revisionOf: (commit: string) => string;
}

/** One question instead of a whole clone, as source-controller asks it (`LastObservedCommit`). */
async function leadsTo(
  revision: string,
  { names, revisionOf }: Wanted,
  remote: GitRemote,
): Promise<boolean> {
  const [name = ""] = names;
  if (names.length !== 1 || (name !== "HEAD" && !name.startsWith("refs/"))) return false;
  const commit = await remote.resolve(name);
  return commit !== undefined && revisionOf(commit) === revision;
}

/** Precedence: commit, name, tag, semver, branch (`fluxcd/pkg git/gogit/client.go`, `clone`). */
async function wantedOf(
  ref: string | GitRef | undefined,
  remote: GitRemote,
  context: GitFetchContext,
  url: URL,
): Promise<Wanted> {
  if (ref === undefined) return wanted(["HEAD"], undefined);
  if (typeof ref === "string")
    return wanted([ref], isCommit(ref) ? undefined : ref.replace(/^refs\/(heads|tags)\//, ""));
  const { commit, name, tag, semver, branch } = ref;
  if (commit) {
    if (!isCommit(commit)) throw new FetchFailure("not-found", `${commit} is no full commit id.`);
    return wanted(branch ? [commit, `refs/heads/${branch}`] : [commit], branch || undefined);
  }
  if (name) return wanted([name.replace(/\^\{\}$/, "")], name);
  if (tag) return wanted([`refs/tags/${tag}`], tag);
  if (semver) {
    const picked = await pickTag(semver, remote, context, withoutCredentials(url));
    return wanted([`refs/tags/${picked}`], picked);
  }
  return wanted([`refs/heads/${branch || "master"}`], branch || "master");
}

function wanted(names: readonly string[], shown: string | undefined): Wanted {
  return { names, revisionOf: (commit) => gitRevision(commit, shown) };
}

function checkNames(ref: string | GitRef | undefined, url: URL): void {
  const names = typeof ref === "string" ? [ref] : [ref?.name, ref?.tag, ref?.branch];
  const bad = names.find((name) => name && !isSafeRef(name.replace(/\^\{\}$/, "")));
  if (bad === undefined) return;
  const shown = withoutCredentials(url);
  throw new FetchFailure(
    "not-found",
    `${bad} is not the name of a branch, tag or commit of ${shown}.`,
  );
}

interface Peeled {
  readonly commit: { readonly id: string; readonly object: GitRawObject };
  readonly tag?: GitRawObject;
}

/** An annotated tag leads to a commit, sometimes by way of another tag. */
async function peeled(remote: GitRemote, id: string, url: URL): Promise<Peeled> {
  let next = id;
  let tag: GitRawObject | undefined;
  for (let depth = 0; depth < 5; depth++) {
    const object = await remote.readObject(next);
    if (object?.type === "commit")
      return { commit: { id: next, object }, ...(tag !== undefined && { tag }) };
    if (object === undefined) throw noSuchName({ url }, [next]);
    if (object.type !== "tag") break;
    tag ??= object;
    next = /^object ([0-9a-f]+)\n/.exec(new TextDecoder().decode(object.bytes))?.[1] ?? "";
  }
  throw new FetchFailure("invalid", `${withoutCredentials(url)} has no commit behind that name.`);
}

/**
 * go-git leaves out every file whose path does not begin with one of the folders, taken as text
 * (go-git `plumbing/format/index`, `SkipUnless`); source-controller then insists that each exists.
 */
function sparseTree(tree: ReadTree, folders: readonly string[] = []): ReadTree {
  if (folders.length === 0) return tree;
  const prefixes = folders.map((folder) => folder.replace(/^\.\//, ""));
  const files = new Map<string, TreeFile>(
    [...tree.files].filter(([path]) => prefixes.some((prefix) => path.startsWith(prefix))),
  );
  const exists = (folder: string): boolean =>
    [...files.keys()].some((path) => path === folder || path.startsWith(`${folder}/`));
  const missing = prefixes
    .map((prefix) => prefix.replace(/\/+$/, ""))
    .find((each) => !exists(each));
  if (missing === undefined) return { ...tree, files };
  throw new FetchFailure(
    "not-found",
    `sparse checkout dir '${missing}' does not exist in repository ${tree.label}. Correct spec.sparseCheckout.`,
  );
}
