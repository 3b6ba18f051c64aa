/** The `git` executable as an adapter of `git-remote.ts`. The user's own settings play no part, but for ssh's. */
import { join } from "node:path";

import { FetchFailure } from "./fetch-failure.ts";
import { failureOfGit } from "./git-failure.ts";
import { createObjectReader, type ObjectReader } from "./git-objects.ts";
import { type GitResult, runGit } from "./git-process.ts";
import type { GitRemote, GitRemoteOptions } from "./git-remote.ts";
import { openTransport, type GitTransport } from "./git-transport.ts";
import { openRepository } from "./repository.ts";
import { isCommit, withoutCredentials } from "./source-url.ts";

export async function openRemoteWithGit(
  git: string,
  options: GitRemoteOptions,
): Promise<GitRemote> {
  const transport = await openTransport(options);
  const { folder, signal, limits, url } = options;
  const where = { cwd: folder, env: { ...isolated(folder), ...transport.env }, signal };
  let objects: ObjectReader | undefined;
  try {
    await runGit(git, ["init", "--quiet", "--bare", "--template=", folder], where);
  } catch (error) {
    await transport.close();
    throw error;
  }
  const remote: Remote = { options, transport, run: (args) => runGit(git, args, where) };
  return {
    tags: () => listTags(remote),
    resolve: (name) => resolveName(remote, name),
    fetch: (names) => fetchNames(remote, names),
    async readObject(id) {
      objects ??= createObjectReader(git, "contents", { cwd: folder });
      return objects.read(id);
    },
    async readTree(commit) {
      const repository = await openRepository(folder, { git, ...limits });
      if (repository === undefined)
        throw new FetchFailure("failed", `${withoutCredentials(url)} could not be stored.`);
      try {
        return await repository.readTree(commit, undefined, signal);
      } finally {
        repository.dispose();
      }
    },
    async close() {
      objects?.dispose();
      await transport.close();
    },
  };
}

interface Remote {
  readonly options: GitRemoteOptions;
  readonly transport: GitTransport;
  readonly run: (args: readonly string[]) => Promise<GitResult>;
}

async function listTags(remote: Remote): Promise<readonly string[]> {
  const { settings, url } = remote.transport;
  const result = await remote.run([
    ...settings,
    ...["ls-remote", "--quiet", "--tags", "--refs", "--end-of-options", url],
  ]);
  check(remote, result, undefined);
  const lines = result.stdout.toString("utf8").split("\n");
  return lines.flatMap((line) => /\trefs\/tags\/(.+)$/.exec(line)?.[1] ?? []);
}

async function resolveName(remote: Remote, name: string): Promise<string | undefined> {
  const { settings, url } = remote.transport;
  const peeled = `${name}^{}`;
  const result = await remote.run([
    ...settings,
    ...["ls-remote", "--quiet", "--end-of-options", url, name, peeled],
  ]);
  check(remote, result, [name]);
  const lines = result.stdout.toString("utf8").split("\n");
  const ids = new Map(lines.map((line) => [line.replace(/^.*\t/, ""), line.replace(/\t.*$/, "")]));
  return ids.get(peeled) ?? ids.get(name);
}

async function fetchNames(remote: Remote, names: readonly string[]): Promise<readonly string[]> {
  const specs = names.map((name, index) => `+${name}:${wanted(index)}`);
  const result = await fetchSpecs(remote, ["--depth=1"], specs);
  const isHidden =
    names.some(isCommit) &&
    /not our ref|unadvertised object|no such remote ref/.test(result.stderr);
  const ids = names.map((name, index) => (isHidden && isCommit(name) ? name : wanted(index)));
  if (isHidden) await fetchAll(remote, names);
  else check(remote, result, names);
  const parsed = await Promise.all(
    ids.map((id) => remote.run(["rev-parse", "--verify", `${id}^{object}`])),
  );
  return parsed.map((each) => idOf(each, remote, names));
}

/** A server that gives no commits by their id gives them with the whole history. */
async function fetchAll(remote: Remote, names: readonly string[]): Promise<void> {
  const everything = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  check(remote, await fetchSpecs(remote, [], everything), names);
  const rest = names.flatMap((name, index) => (isCommit(name) ? [] : `+${name}:${wanted(index)}`));
  if (rest.length > 0) check(remote, await fetchSpecs(remote, [], rest), names);
}

function fetchSpecs(
  { run, transport }: Remote,
  flags: readonly string[],
  specs: readonly string[],
): Promise<GitResult> {
  const fixed = ["--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"];
  return run([
    ...transport.settings,
    ...["fetch", "--quiet", ...fixed, ...flags, "--end-of-options", transport.url, ...specs],
  ]);
}

function wanted(index: number): string {
  return `refs/sluice/${index}`;
}

function idOf(result: GitResult, { options }: Remote, names: readonly string[]): string {
  if (result.code === 0) return result.stdout.toString("utf8").trim();
  throw failureOfGit("not our ref", options, names);
}

function check({ transport, options }: Remote, result: GitResult, names?: readonly string[]): void {
  const failure = transport.failure();
  if (failure !== undefined) throw failure;
  if (result.code !== 0) throw failureOfGit(result.stderr, options, names);
}

/**
 * The user's own settings are left out, because headers, cookies and rewritten addresses in them could carry
 * credentials to a host that a repository chose. ssh finds its keys without HOME.
 */
function isolated(folder: string): Record<string, string> {
  return {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, "no-config"),
    GIT_CONFIG_GLOBAL: join(folder, "no-config"),
    GIT_CONFIG_NOSYSTEM: "1",
  };
}
