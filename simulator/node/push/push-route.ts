/**
 * How a push has to go: with the `git` executable wherever the user's settings ask for what only it does (ssh, signatures,
 * hooks, proxies), else with isomorphic-git over https.
 */
import { access, constants, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { findRepository } from "../find-repository.ts";
import type { RepositoryPlace } from "../find-repository.ts";
import { UserError } from "../user-error.ts";
import { runUserGit } from "./user-git.ts";

export interface PushRoute {
  readonly by: "git" | "isomorphic-git";
  /** Why git has to do it. */
  readonly because?: string;
  /** The address that is pushed to, as git would rewrite it. */
  readonly url: string;
  readonly place: RepositoryPlace;
  /** PEM of the authorities that git is told to trust. */
  readonly ca?: string;
}

/** `git` is absent where there is no executable. Rejects with a `UserError` when there is no way. */
export async function findRoute(
  git: string | undefined,
  root: string,
  remote: string,
  signal?: AbortSignal,
): Promise<PushRoute> {
  const place = await findRepository(root);
  if (place === undefined) throw new UserError(`${root} is not in a Git repository.`);
  if (git === undefined) return withoutGit(place, remote);
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout } = await runUserGit(git, args, { cwd: place.root, signal });
    return code === 0 ? stdout.toString("utf8").trim() : "";
  };
  const url = await ask("remote", "get-url", "--push", "--", remote);
  if (url === "") throw new UserError(`The repository has no remote ${remote}.`);
  const settings = isHttps(url) ? await ask("config", "-z", "--get-urlmatch", "http", url) : "";
  const http = httpSettings(settings);
  const because = await reasonForGit(ask, place, url, http);
  if (because !== undefined) return { by: "git", because, url, place };
  // The environment wins over settings, as it does for git.
  const file = process.env["GIT_SSL_CAINFO"] ?? http.get("http.sslcainfo");
  const ca = file === undefined ? undefined : await readFile(resolve(place.root, file), "utf8");
  return { by: "isomorphic-git", url, place, ...(ca !== undefined && { ca }) };
}

async function withoutGit(place: RepositoryPlace, remote: string): Promise<PushRoute> {
  const { getConfig } = await import("isomorphic-git");
  const { default: fs } = await import("node:fs");
  const config = { fs, dir: place.root, gitdir: place.gitDir };
  const value = async (key: string): Promise<string | undefined> => {
    const found: unknown = await getConfig({ ...config, path: `remote.${remote}.${key}` });
    return typeof found === "string" ? found : undefined;
  };
  const url = (await value("pushurl")) ?? (await value("url"));
  if (url === undefined) throw new UserError(`The repository has no remote ${remote}.`);
  if (isHttps(url) && place.gitDir === place.commonDir) return { by: "isomorphic-git", url, place };
  throw new UserError("This push needs the git command, which was not found. Install git.");
}

type Ask = (...args: readonly string[]) => Promise<string>;

async function reasonForGit(
  ask: Ask,
  place: RepositoryPlace,
  url: string,
  http: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  if (!isHttps(url)) return "the remote is not reached over https";
  if (place.gitDir !== place.commonDir) return "this is a linked working tree";
  const store = await unusualStore(ask, place);
  if (store !== undefined) return store;
  for (const name of ["push.recurseSubmodules", "submodule.recurse"])
    if ((await ask("config", "--get", name)) !== "") return `git has the setting ${name}`;
  const unknown = [...http.keys()].find((key) => !harmless.has(key));
  if (unknown !== undefined) return `git has the setting ${unknown}`;
  const proxy = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].find(
    (name) => (process.env[name] ?? "") !== "",
  );
  if (proxy !== undefined) return `${proxy} is set`;
  if (process.env["GIT_SSL_NO_VERIFY"] !== undefined) return "GIT_SSL_NO_VERIFY is set";
  if ((await ask("config", "--get", "push.gpgSign")) !== "") return "pushes are signed";
  const hook = resolve(place.root, await ask("rev-parse", "--git-path", join("hooks", "pre-push")));
  return (await isExecutable(hook)) ? "there is a pre-push hook" : undefined;
}

/** What isomorphic-git does not know how to read all of. */
async function unusualStore(ask: Ask, { commonDir }: RepositoryPlace): Promise<string | undefined> {
  const has = (...names: readonly string[]): Promise<boolean> =>
    access(join(commonDir, ...names)).then(
      () => true,
      () => false,
    );
  if (await has("shallow")) return "the clone is shallow";
  if (await has("objects", "info", "alternates")) return "it borrows objects of another repository";
  const extension = await ask("config", "--name-only", "--get-regexp", "^extensions\\.");
  return extension === "" ? undefined : `git has the setting ${extension.split("\n")[0] ?? ""}`;
}

/** Settings that change nothing about who is asked and what is sent. */
const harmless: ReadonlySet<string> = new Set([
  "http.sslcainfo",
  "http.postbuffer",
  "http.version",
  "http.lowspeedlimit",
  "http.lowspeedtime",
  "http.maxrequests",
]);

/** Records of `git config -z --get-urlmatch http`: `http.<name>\n<value>`, or the name alone for `true`. */
function httpSettings(text: string): ReadonlyMap<string, string> {
  const records = text.split("\0").filter((record) => record.trim() !== "");
  return new Map(
    records.map((record) => {
      const [name = "", ...value] = record.trim().split(/[\n ]/);
      return [name.toLowerCase(), value.join(" ")];
    }),
  );
}

function isHttps(url: string): boolean {
  return /^https:\/\//i.test(url);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
