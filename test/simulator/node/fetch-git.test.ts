/** GitRepositories as source-controller checks them out: which reference counts, sparse checkout, credentials of Secrets. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import type { GitRef, GitSourceRequest, PickVersion, SourceAnswer } from "#simulator";

import { createSources, type SourcesOptions } from "../../../simulator/node/sources.ts";
import { type GitServerOptions, startGitServer } from "../../support/git-server.ts";
import { describeAnswer, optionsOf, serve } from "../../support/sources.ts";
import {
  commitFiles,
  git,
  temporaryFolder,
  temporaryRepository,
} from "../../support/temporary-repository.ts";
import { testCertificate } from "../../support/tls.ts";

const adapters = [
  ["git", {}],
  ["isomorphic-git", { git: false }],
] as const;

/** Enough of a range for these tests; the engine has the real one. */
const pickVersion: PickVersion = async ({ versions, constraint }) => {
  const numbers = (tag: string): string => tag.replace(/^v/, "").replace(/\+.*$/, "");
  const matching = versions.filter(
    (tag) => /^v?\d+\.\d+\.\d+(\+.*)?$/.test(tag) && numbers(tag).startsWith(constraint),
  );
  return matching.reduce<string | undefined>((best, tag) => {
    if (best === undefined) return tag;
    return numbers(best).localeCompare(numbers(tag), "en", { numeric: true }) > 0 ? best : tag;
  }, undefined);
};

async function fetchOnce(
  request: GitSourceRequest,
  options: Partial<SourcesOptions> = {},
): Promise<SourceAnswer> {
  return createSources(optionsOf(options)).fetch(request);
}

function available(answer: SourceAnswer): { readonly revision: string; readonly files: unknown } {
  if (answer.outcome !== "available") throw new Error(answer.message);
  return { revision: answer.tree.revision, files: describeAnswer(answer) };
}

function tagAt(repository: string, name: string, commit: string): void {
  git(repository, "tag", "--annotate", "--message", name, name, commit);
}

describe.each(adapters)("spec.ref with %s", (_, adapter) => {
  it("has the precedence and the revisions of source-controller", async () => {
    const repository = temporaryRepository({ a: "1" });
    const first = git(repository, "rev-parse", "HEAD");
    const second = commitFiles(repository, { a: "2" }, "second");
    const third = commitFiles(repository, { a: "3" }, "third");
    git(repository, "branch", "master", second);
    git(repository, "branch", "v1.0.0", third);
    tagAt(repository, "v1.0.0", first);
    git(repository, "tag", "v1.1.0", second);
    git(repository, "tag", "junk", third);
    const { url } = await serve(repository);
    const fetchRef = async (ref: GitRef): Promise<unknown> =>
      available(
        await fetchOnce({ kind: "git", url: `${url}/repo`, ref }, { ...adapter, pickVersion }),
      ).revision;
    const cases: readonly (readonly [GitRef, string])[] = [
      [{}, `master@sha1:${second}`],
      [{ branch: "main" }, `main@sha1:${third}`],
      // A tag and a branch of one name: each is found as what was asked for.
      [{ branch: "v1.0.0" }, `v1.0.0@sha1:${third}`],
      [{ tag: "v1.0.0", branch: "main" }, `v1.0.0@sha1:${first}`],
      [{ semver: "1.", branch: "main" }, `v1.1.0@sha1:${second}`],
      [{ tag: "v1.0.0", semver: "1." }, `v1.0.0@sha1:${first}`],
      [{ name: "refs/heads/main", tag: "v1.0.0" }, `refs/heads/main@sha1:${third}`],
      [{ name: "refs/tags/v1.0.0" }, `refs/tags/v1.0.0@sha1:${first}`],
      [{ name: "refs/tags/v1.0.0^{}" }, `refs/tags/v1.0.0^{}@sha1:${first}`],
      [{ commit: third, name: "refs/tags/v1.0.0" }, `sha1:${third}`],
      [{ commit: third, branch: "main" }, `main@sha1:${third}`],
    ];
    for (const [ref, revision] of cases)
      expect([ref, await fetchRef(ref)]).toEqual([ref, revision]);
  });

  it("that leads nowhere is not found", async () => {
    const repository = temporaryRepository({ a: "1" });
    const commit = git(repository, "rev-parse", "HEAD");
    const { url } = await serve(repository);
    const refs: readonly GitRef[] = [
      {},
      { branch: "nowhere" },
      { tag: "main" },
      { semver: "1." },
      { name: "refs/pull/1/head" },
      { commit, branch: "nowhere" },
      { commit: "abc" },
      { branch: "--upload-pack=x" },
      { tag: "x..y" },
    ];
    for (const ref of refs) {
      const answer = await fetchOnce(
        { kind: "git", url: `${url}/repo`, ref },
        { ...adapter, pickVersion },
      );
      expect([ref, describeAnswer(answer)]).toEqual([ref, "not-found"]);
    }
  });

  it("with equal versions is the one with the newest commit", async () => {
    const repository = temporaryRepository({ a: "1" });
    const tree = git(repository, "rev-parse", "HEAD^{tree}");
    const commitAt = (seconds: number): string => {
      const file = join(repository, `commit-${seconds}`);
      const who = `Test <test@example.test> ${seconds} +0000`;
      writeFileSync(file, `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nx\n`);
      return git(repository, "hash-object", "-t", "commit", "-w", file);
    };
    git(repository, "tag", "v1.0.0+newest", commitAt(3000));
    tagAt(repository, "v1.0.0+old", commitAt(1000));
    git(repository, "tag", "1.0.0+middle", commitAt(2000));
    git(repository, "tag", "v0.9.0", commitAt(4000));
    const { url } = await serve(repository);
    const asked: (readonly string[])[] = [];
    const recording: PickVersion = async (request) => {
      asked.push(request.versions);
      return asked.length === 1 ? "v1.0.0+old" : request.versions.at(-1);
    };
    const answer = await fetchOnce(
      { kind: "git", url: `${url}/repo`, ref: { semver: "*" } },
      { ...adapter, pickVersion: recording },
    );
    expect(available(answer).revision).toMatch(/^v1\.0\.0\+newest@sha1:/);
    expect(asked[0]).toHaveLength(4);
    expect(asked[1]).toEqual(["v1.0.0+old", "1.0.0+middle", "v1.0.0+newest"]);
  });

  it("that still leads to the same commit is not fetched again", async () => {
    const repository = temporaryRepository({ "a/b": "1" });
    tagAt(repository, "v1.0.0", "main");
    const server = await serve(repository);
    let time = 0;
    const sources = createSources(optionsOf({ ...adapter, pickVersion, now: () => time }));
    const refs: readonly GitRef[] = [
      { branch: "main" },
      { tag: "v1.0.0" },
      { semver: "1." },
      { name: "refs/heads/main" },
    ];
    for (const ref of refs) {
      const url = `${server.url}/repo`;
      const request = { kind: "git", url, ref, sparse: ["a"] } as const;
      const before = server.requests.length;
      const first = await sources.fetch(request);
      const between = server.requests.length;
      time += 3_600_000;
      const second = await sources.fetch(request);
      expect(second).toEqual(first);
      const asked = server.requests.slice(between);
      // Once for the list of tags, once for the commit, and no pack.
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.length).toBeLessThan(between - before);
    }
    const commit = commitFiles(repository, { "a/b": "2" }, "second");
    git(repository, "push", "--quiet", join(server.root, "repo"), "main");
    time += 3_600_000;
    const request = { kind: "git", url: `${server.url}/repo`, ref: { branch: "main" } } as const;
    expect(available(await sources.fetch({ ...request, sparse: ["a"] }))).toEqual({
      revision: `main@sha1:${commit}`,
      files: [["a/b", "2"]],
    });
  });

  it("keeps the folders of spec.sparseCheckout, which must exist", async () => {
    const files = { "apps/a": "1", "apps-too/b": "2", "infra/c": "3", root: "4" };
    const { url } = await serve(temporaryRepository(files));
    const request = { kind: "git", url: `${url}/repo` } as const;
    const paths = async (...sparse: readonly string[]): Promise<unknown> => {
      const answer = await fetchOnce({ ...request, sparse }, adapter);
      return answer.outcome === "available" ? [...answer.tree.files.keys()] : answer.reason;
    };
    // Paths are compared as text, so `apps` is also the beginning of `apps-too`.
    expect(await paths("./apps", "infra")).toEqual(["apps-too/b", "apps/a", "infra/c"]);
    expect(await paths("infra/")).toEqual(["infra/c"]);
    expect(await paths("apps", "nowhere")).toBe("not-found");
  });
});

/** Lets in who knows the password, or has the token. */
function asksForPassword(request: IncomingMessage, response: ServerResponse): boolean {
  const accepted = [`Basic ${Buffer.from("me:pass:word").toString("base64")}`, "Bearer token"];
  if (accepted.includes(request.headers.authorization ?? "")) return false;
  response.writeHead(401, { "www-authenticate": "Basic" }).end();
  return true;
}

function servePrivate(options: GitServerOptions = {}): ReturnType<typeof serve> {
  const repository = temporaryRepository({ a: "private" });
  return serve(repository, { ...options, intercept: asksForPassword });
}

describe.each(adapters)("the Secret of a repository with %s", (_, adapter) => {
  it("gives a password or a token", async () => {
    const { url } = await servePrivate();
    const request = { kind: "git", url: `${url}/repo` } as const;
    const withSecret = async (secret: Readonly<Record<string, string>>): Promise<unknown> =>
      describeAnswer(await fetchOnce({ ...request, access: { secret } }, adapter));
    expect(await withSecret({ username: "me", password: "pass:word" })).toEqual([["a", "private"]]);
    expect(await withSecret({ bearerToken: "token" })).toEqual([["a", "private"]]);
    expect(await withSecret({ username: "me", password: "wrong" })).toBe("unauthorized");
    expect(await withSecret({ bearerToken: "wrong" })).toBe("unauthorized");
    expect(await withSecret({})).toBe("unauthorized");
  });

  it("is checked as source-controller does", async () => {
    const { url, requests } = await servePrivate();
    const http = `${url}/repo`;
    const cases = [
      [http, { secret: { password: "x" } }, "unauthorized"],
      [http, { secret: { githubAppID: "1" } }, "unauthorized"],
      [http, { secret: { username: "me", password: "pass:word\n" } }, "unauthorized"],
      [http, { secret: { bearerToken: "token\r\nX-Other: 1" } }, "unauthorized"],
      [http, { provider: "azure" }, "unsupported"],
      [http, { provider: "github", secret: {} }, "unsupported"],
      [http.replace("://", "://user:x@"), { secret: { bearerToken: "x" } }, "unauthorized"],
      ["ssh://git@127.0.0.1/x", { secret: { known_hosts: "x" } }, "unauthorized"],
      ["ssh://git@127.0.0.1/x", { secret: { identity: "x" } }, "unauthorized"],
    ] as const;
    for (const [address, access, reason] of cases) {
      const answer = await fetchOnce({ kind: "git", url: address, access }, adapter);
      expect([access, describeAnswer(answer)]).toEqual([access, reason]);
    }
    expect(requests).toEqual([]);
  });

  it("stays with its host when the server redirects", async () => {
    const seen: string[] = [];
    const isPublic = { now: true };
    const other = await serve(temporaryRepository({ a: "other" }), {
      intercept: (request, response) => {
        seen.push(`${request.method ?? ""} ${JSON.stringify(request.headers)}`);
        if (isPublic.now) return false;
        response.writeHead(401, { "www-authenticate": "Basic" }).end();
        return true;
      },
    });
    const redirect = (to: string, first: "asks" | "redirects"): ReturnType<typeof serve> =>
      serve(temporaryRepository({ a: "1" }), {
        intercept: (request, response) => {
          if (first === "asks" && request.headers.authorization === undefined)
            response.writeHead(401, { "www-authenticate": "Basic" }).end();
          else response.writeHead(302, { location: `${to}${request.url ?? ""}` }).end();
          return true;
        },
      });
    const secrets = [{ username: "me", password: "word" }, { bearerToken: "word" }];
    for (const first of ["asks", "redirects"] as const) {
      const { url } = await redirect(other.url, first);
      for (const open of [true, false]) {
        isPublic.now = open;
        for (const secret of secrets)
          await fetchOnce({ kind: "git", url: `${url}/repo`, access: { secret } }, adapter);
      }
    }
    expect(seen.some((line) => line.startsWith("POST"))).toBe(true);
    expect(seen.join()).not.toMatch(/word|bWU6d29yZA|authorization/i);
  });

  it("is no part of what is kept, logged or said, and tells answers apart", async () => {
    const { url } = await servePrivate();
    const lines: string[] = [];
    const log = {
      info: (line: string): number => lines.push(line),
      warn: (line: string): number => lines.push(line),
    };
    const options = optionsOf({ ...adapter, log });
    const request = {
      kind: "git",
      url: `${url.replace("://", "://me:pass%3Aword@")}/repo`,
    } as const;
    const secret = { username: "me", password: "pass:word" };
    const answers = [
      await createSources(options).fetch(request),
      await createSources(options).fetch({ ...request, url: `${url}/repo`, access: { secret } }),
      await createSources({ ...options, offline: true }).fetch({ kind: "git", url: `${url}/repo` }),
    ];
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      "available",
      "available",
      "unavailable",
    ]);
    const kept = readdirSync(options.cacheDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    expect(kept.length).toBeGreaterThan(1);
    expect([...kept, ...lines, JSON.stringify(answers)].join("\n")).not.toMatch(/pass(:|%3A)word/);
  });

  it("brings the certificate authority of a private server", async () => {
    const { url } = await serve(temporaryRepository({ a: "1" }), { tls: true });
    const request = { kind: "git", url: `${url}/repo` } as const;
    const access = { secret: { "ca.crt": testCertificate } };
    expect(describeAnswer(await fetchOnce(request, adapter))).toBe("failed");
    expect(describeAnswer(await fetchOnce({ ...request, access }, adapter))).toEqual([["a", "1"]]);
  });
});

describe("submodules of a private repository", () => {
  it("are read with its Secret on the same server, and without elsewhere", async () => {
    const secret = { username: "me", password: "pass:word" };
    const seen: string[] = [];
    const elsewhere = temporaryRepository({ b: "elsewhere" });
    const other = await serve(elsewhere, {
      intercept: (request) => {
        seen.push(JSON.stringify(request.headers));
        return false;
      },
    });
    const root = temporaryFolder();
    const inside = temporaryRepository({ a: "inside" });
    const outer = temporaryRepository({ c: "outer" });
    const modules = [
      ["in", "../inside", git(inside, "rev-parse", "HEAD")],
      ["out", `${other.url}/repo`, git(elsewhere, "rev-parse", "HEAD")],
    ] as const;
    const sections = modules.map(
      ([path, at]) => `[submodule "${path}"]\npath = ${path}\nurl = ${at}\n`,
    );
    writeFileSync(join(outer, ".gitmodules"), sections.join(""));
    git(outer, "add", ".gitmodules");
    for (const [path, , commit] of modules)
      git(outer, "update-index", "--add", "--cacheinfo", `160000,${commit},${path}`);
    git(outer, "commit", "--quiet", "--message", "modules");
    for (const [from, name] of [
      [inside, "inside"],
      [outer, "outer"],
    ] as const)
      git(root, "clone", "--quiet", "--bare", from, name);
    const closed = await startGitServer(root, { intercept: asksForPassword });
    onTestFinished(() => closed.close());
    const answer = await fetchOnce({
      ...{ kind: "git", url: `${closed.url}/outer`, submodules: true, access: { secret } },
    });
    expect(describeAnswer(answer)).toEqual([
      [".gitmodules", sections.join("")],
      ["c", "outer"],
      ["in/a", "inside"],
      ["out/b", "elsewhere"],
    ]);
    expect(seen.join()).not.toMatch(/authorization/i);
  });
});

describe("the user's own credentials", () => {
  it("come from the helpers of git, over https, for the host that asks, and only when it does", async () => {
    const home = temporaryFolder();
    const record = join(home, "asked");
    writeFileSync(
      join(home, ".gitconfig"),
      `[credential]\n\thelper = "!f() { cat >> ${record}; echo username=me; echo password=pass:word; }; f"\n`,
    );
    const certificate = join(home, "ca.pem");
    writeFileSync(certificate, testCertificate);
    const before = process.env["HOME"];
    process.env["HOME"] = home;
    process.env["GIT_SSL_CAINFO"] = certificate;
    onTestFinished(() => {
      process.env["HOME"] = before;
      delete process.env["GIT_SSL_CAINFO"];
    });
    const open = await serve(temporaryRepository({ a: "open" }), { tls: true });
    const plain = await servePrivate();
    const closed = await servePrivate({ tls: true });
    const fetchFrom = async (url: string, userCredentials: boolean): Promise<unknown> =>
      describeAnswer(await fetchOnce({ kind: "git", url: `${url}/repo` }, { userCredentials }));
    expect(await fetchFrom(open.url, true)).toEqual([["a", "open"]]);
    expect(await fetchFrom(plain.url, true)).toBe("unauthorized");
    expect(await fetchFrom(closed.url, false)).toBe("unauthorized");
    expect(existsSync(record)).toBe(false);
    expect(await fetchFrom(closed.url, true)).toEqual([["a", "private"]]);
    expect(readFileSync(record, "utf8")).toContain(`host=${new URL(closed.url).host}\n`);
  });
});
