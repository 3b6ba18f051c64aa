/** Fetched sources against real servers on loopback: what is fetched, what is refused, and what is remembered. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { createNetworkGuard } from "../../../simulator/node/network-guard.ts";
import { createSources, type SourcesOptions } from "../../../simulator/node/sources.ts";
import type { SourceAnswer } from "#simulator";
import { type GitServer, type GitServerOptions, startGitServer } from "../../support/git-server.ts";
import { commitFiles, git, temporaryFolder, temporaryRepository } from "../../support/temporary-repository.ts";

const adapters = [
  ["git", {}],
  ["isomorphic-git", { git: false }],
] as const;

function optionsOf(more: Partial<SourcesOptions> = {}): SourcesOptions {
  return { cacheDir: temporaryFolder(), offline: false, allowPrivateNetwork: true, ...more };
}

/** Serves `repository` as `<url>/repo`. */
async function serve(repository: string, options: GitServerOptions = {}): Promise<GitServer> {
  const root = temporaryFolder();
  git(root, "clone", "--quiet", "--bare", repository, "repo");
  const server = await startGitServer(root, options);
  onTestFinished(() => server.close());
  return server;
}

async function serveHttp(listener: RequestListener, host = "127.0.0.1"): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

function describeAnswer(answer: SourceAnswer): unknown {
  if (answer.outcome === "unavailable") return answer.reason;
  return [...answer.tree.files].map(([path, { bytes }]) => [path, bytes && new TextDecoder().decode(bytes)]);
}

describe.each(adapters)("a Git source fetched by %s", (_, adapter) => {
  it("is a branch, a tag, a commit, a full name or the default branch", async () => {
    const repository = temporaryRepository({ "a.yaml": "1" });
    const first = git(repository, "rev-parse", "HEAD");
    git(repository, "tag", "--annotate", "--message", "x", "v1");
    commitFiles(repository, { "a.yaml": "2" }, "second");
    git(repository, "branch", "old", first);
    const { url } = await serve(repository);
    const sources = createSources(optionsOf(adapter));
    const second = git(repository, "rev-parse", "main");
    const cases = [
      [undefined, "2", `sha1:${second}`],
      ["main", "2", `main@sha1:${second}`],
      ["old", "1", `old@sha1:${first}`],
      ["v1", "1", `v1@sha1:${first}`],
      ["refs/heads/old", "1", `old@sha1:${first}`],
      ["refs/tags/v1", "1", `v1@sha1:${first}`],
      [first, "1", `sha1:${first}`],
    ] as const;
    for (const [ref, text, revision] of cases) {
      const request = { kind: "git", url: `${url}/repo` } as const;
      const answer = await sources.fetch(ref === undefined ? request : { ...request, ref });
      expect([ref, describeAnswer(answer)]).toEqual([ref, [["a.yaml", text]]]);
      expect(answer).toMatchObject({ tree: { revision } });
    }
  });

  it("says what is missing", async () => {
    const { url } = await serve(temporaryRepository({ a: "1" }), {
      intercept: (request, response) => {
        if (request.url?.startsWith("/private") !== true) return false;
        response.writeHead(401, { "www-authenticate": "Basic" }).end();
        return true;
      },
    });
    const sources = createSources(optionsOf(adapter));
    const reasonOf = async (path: string, ref: string): Promise<unknown> =>
      describeAnswer(await sources.fetch({ kind: "git", url: url + path, ref }));
    expect(await reasonOf("/repo", "nowhere")).toBe("not-found");
    expect(await reasonOf("/repo", "f".repeat(40))).toMatch(/not-found|failed/);
    expect(await reasonOf("/missing", "main")).toBe("not-found");
    expect(await reasonOf("/private/repo", "main")).toBe("unauthorized");
    for (const ref of ["--upload-pack=touch x", "+main", "main:refs/heads/x", "a b", "x..y", "HEAD@{1}"]) {
      expect([ref, await reasonOf("/repo", ref)]).toEqual([ref, "not-found"]);
    }
  });

  it("is fetched once however often it is asked for, also by the next process", async () => {
    const { url, requests } = await serve(temporaryRepository({ a: "1" }));
    const options = optionsOf(adapter);
    const sources = createSources(options);
    const request = { kind: "git", url: `${url}/repo`, ref: "main" } as const;
    const answers = await Promise.all([1, 2, 3].map(() => sources.fetch(request)));
    const count = requests.length;
    expect(await sources.fetch(request)).toEqual(answers[0]);
    expect(await createSources(options).fetch(request)).toEqual(answers[0]);
    expect(await createSources({ ...options, offline: true }).fetch(request)).toEqual(answers[0]);
    expect(requests.length).toBe(count);
    expect(requests.filter((line) => line.startsWith("GET"))).toHaveLength(1);
  });

  it("is asked for again after ten minutes unless it is a commit, and stays the same tree when it is the same", async () => {
    const repository = temporaryRepository({ a: "1" });
    const { url, requests } = await serve(repository);
    let time = 1_000_000;
    const sources = createSources(optionsOf({ ...adapter, now: () => time }));
    const branch = { kind: "git", url: `${url}/repo`, ref: "main" } as const;
    const commit = { ...branch, ref: git(repository, "rev-parse", "HEAD") } as const;
    const first = await sources.fetch(branch);
    await sources.fetch(commit);
    const count = requests.length;
    time += 9 * 60_000;
    await sources.fetch(branch);
    expect(requests.length).toBe(count);
    time += 2 * 60_000;
    await sources.fetch(commit);
    expect(requests.length).toBe(count);
    const again = await sources.fetch(branch);
    expect(requests.length).toBeGreaterThan(count);
    expect(again.outcome === "available" && again.tree).toBe(first.outcome === "available" && first.tree);
  });

  it("falls back to the old copy when the server is gone", async () => {
    const server = await serve(temporaryRepository({ a: "1" }));
    let time = 1_000_000;
    const warnings: string[] = [];
    const log = { info: (): void => {}, warn: (message: string): number => warnings.push(message) };
    const sources = createSources(optionsOf({ ...adapter, now: () => time, log }));
    const request = { kind: "git", url: `${server.url}/repo` } as const;
    const first = await sources.fetch(request);
    await server.close();
    time += 60 * 60_000;
    expect(await sources.fetch(request)).toEqual(first);
    expect(warnings).toHaveLength(1);
  });

  it("brings its submodules when they are asked for", async () => {
    const module = await serve(temporaryRepository({ "in-module.yaml": "m" }));
    const repository = temporaryRepository({ "a.yaml": "a" });
    git(repository, "submodule", "--quiet", "add", `${module.url}/repo`, "vendor/module");
    git(repository, "commit", "--quiet", "--message", "module");
    const { url } = await serve(repository);
    const sources = createSources(optionsOf(adapter));
    const request = { kind: "git", url: `${url}/repo` } as const;
    const plain = await sources.fetch(request);
    const full = await sources.fetch({ ...request, submodules: true });
    expect(plain).toMatchObject({ outcome: "available" });
    expect(JSON.stringify(describeAnswer(plain))).not.toContain("in-module");
    expect(describeAnswer(full)).toContainEqual(["vendor/module/in-module.yaml", "m"]);
  });

  it("is refused inside the private network", async () => {
    const { url, requests } = await serve(temporaryRepository({ a: "1" }));
    const sources = createSources(optionsOf({ ...adapter, allowPrivateNetwork: false }));
    for (const address of [url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "2130706433")]) {
      expect([address, describeAnswer(await sources.fetch({ kind: "git", url: `${address}/repo` }))]).toEqual([
        address,
        "refused",
      ]);
    }
    expect(requests).toEqual([]);
  });

  it("may move to an allowed place only", async () => {
    const target = await serve(temporaryRepository({ a: "1" }));
    const inside = await startGitServer(temporaryFolder(), { host: "127.0.0.2" });
    onTestFinished(() => inside.close());
    const redirect = (to: string): Promise<GitServer> =>
      serve(temporaryRepository({ a: "1" }), {
        intercept: (request, response) => {
          response.writeHead(301, { location: to + (request.url ?? "") }).end();
          return true;
        },
      });
    const guard = createNetworkGuard({ isAllowed: (address) => address === "127.0.0.1" });
    const sources = createSources(optionsOf({ ...adapter, guard }));
    const good = await redirect(target.url);
    expect(describeAnswer(await sources.fetch({ kind: "git", url: `${good.url}/repo` }))).toEqual([["a", "1"]]);
    const bad = await redirect(inside.url);
    expect(describeAnswer(await sources.fetch({ kind: "git", url: `${bad.url}/repo` }))).toBe("refused");
    expect(inside.requests).toEqual([]);
  });

  it("is bounded in size and time", async () => {
    const noise = Array.from({ length: 20_000 }, (_, i) => Math.sin(i).toString(36)).join("\n");
    const { url } = await serve(temporaryRepository({ "noise.txt": noise }));
    const small = createSources(optionsOf({ ...adapter, maxBytes: 10_000 }));
    expect(describeAnswer(await small.fetch({ kind: "git", url: `${url}/repo` }))).toBe("too-large");
    const silent = await serve(temporaryRepository({ a: "1" }), { intercept: () => true });
    const hasty = createSources(optionsOf({ ...adapter, fetchTimeoutMs: 300 }));
    expect(describeAnswer(await hasty.fetch({ kind: "git", url: `${silent.url}/repo` }))).toBe("failed");
  });

  it("can be cancelled by one without disturbing the others, and leaves nothing behind", async () => {
    let release = (): void => {};
    const opened = new Promise<void>((resolve) => (release = resolve));
    const asked = Promise.withResolvers<undefined>();
    const { url } = await serve(temporaryRepository({ a: "1" }), {
      intercept: (request, response) => {
        if (request.method !== "GET" || request.headers["x-again"] === "1") return false;
        asked.resolve(undefined);
        request.headers["x-again"] = "1";
        void opened.then(() => request.socket.server?.emit("request", request, response));
        return true;
      },
    });
    const options = optionsOf(adapter);
    const sources = createSources(options);
    const request = { kind: "git", url: `${url}/repo` } as const;
    const controller = new AbortController();
    const cancelled = sources.fetch(request, controller.signal);
    const kept = sources.fetch(request);
    await asked.promise;
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
    release();
    expect(describeAnswer(await kept)).toEqual([["a", "1"]]);
    expect(readdirSync(join(options.cacheDir, "sources-1/tmp"))).toEqual([]);
  });
});

describe("addresses", () => {
  it("other than http, https, ssh and git are refused", async () => {
    const repository = temporaryRepository({ a: "1" });
    const sources = createSources(optionsOf());
    const urls = [repository, `file://${repository}`, "ext::sh -c id", "fd::3", "ftp://example.test/x", "", "-oProxyCommand=id"];
    for (const url of [...urls, "ssh://-oProxyCommand=id/x", "https:///x", "javascript:1"]) {
      expect([url, describeAnswer(await sources.fetch({ kind: "git", url }))]).toEqual([url, "refused"]);
    }
    expect(describeAnswer(await sources.fetch({ kind: "http", url: `file://${repository}/a` }))).toBe("refused");
  });

  it("of private machines are refused for ssh and git too", async () => {
    const sources = createSources(optionsOf({ allowPrivateNetwork: false }));
    for (const url of ["ssh://git@127.0.0.1/x", "git@127.0.0.1:x", "git://[::1]/x", "git@localhost:x"]) {
      expect([url, describeAnswer(await sources.fetch({ kind: "git", url }))]).toEqual([url, "refused"]);
    }
  });

  it("need git for ssh", async () => {
    const sources = createSources(optionsOf({ git: false }));
    expect(await sources.fetch({ kind: "git", url: "git@127.0.0.1:x" })).toMatchObject({
      reason: "failed",
      message: expect.stringContaining("Install git") as string,
    });
  });

  it("over ssh connect to the address that was checked", async () => {
    const bin = temporaryFolder();
    const record = join(bin, "args");
    writeFileSync(join(bin, "ssh"), `#!/bin/sh\nprintf '%s\\n' "$@" > ${record}\nexit 1\n`, { mode: 0o755 });
    const before = process.env["PATH"];
    process.env["PATH"] = `${bin}:${before ?? ""}`;
    onTestFinished(() => void (process.env["PATH"] = before));
    const guard = createNetworkGuard({ isAllowed: () => true, resolve: async () => [{ address: "192.0.2.7", family: 4 }] });
    const sources = createSources(optionsOf({ guard }));
    expect(describeAnswer(await sources.fetch({ kind: "git", url: "git@example.test:me/repo" }))).toBe("failed");
    const args = readFileSync(record, "utf8").split("\n");
    expect(args).toEqual(expect.arrayContaining(["BatchMode=yes", "HostName=192.0.2.7", "HostKeyAlias=example.test"]));
  });
});

describe("credentials", () => {
  it("of the user's git settings are not sent, and those in an address stay with its host", async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, ".gitconfig"), "[http]\n\textraHeader = X-Secret: token\n[credential]\n\thelper = \"!echo password=secret\"\n");
    writeFileSync(join(home, ".netrc"), "machine 127.0.0.1 login me password secret\n");
    const before = process.env["HOME"];
    process.env["HOME"] = home;
    onTestFinished(() => void (process.env["HOME"] = before));
    const seen: string[] = [];
    const other = await serveHttp((request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.writeHead(404).end();
    });
    const { url } = await serve(temporaryRepository({ a: "1" }), {
      intercept: (request, response) => {
        seen.push(JSON.stringify(request.headers));
        if (request.headers.authorization === undefined) response.writeHead(401, { "www-authenticate": "Basic" }).end();
        else response.writeHead(301, { location: `${other}/repo/info/refs?service=git-upload-pack` }).end();
        return true;
      },
    });
    for (const adapter of [{}, { git: false }] as const) {
      const sources = createSources(optionsOf(adapter));
      await sources.fetch({ kind: "git", url: `${url}/repo` });
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.join()).not.toMatch(/secret|authorization/i);
      await sources.fetch({ kind: "git", url: `${url.replace("://", "://me:in-url@")}/repo` });
      const encoded = Buffer.from("me:in-url").toString("base64");
      expect(seen.filter((headers) => headers.includes(encoded)).length).toBeGreaterThan(0);
      expect(seen.at(-1)).not.toContain(encoded);
      seen.length = 0;
    }
  });

  it("never appear in messages", async () => {
    const url = await serveHttp((_, response) => void response.writeHead(500).end());
    const lines: string[] = [];
    const log = { info: (line: string): number => lines.push(line), warn: (line: string): number => lines.push(line) };
    for (const adapter of [{}, { git: false }] as const) {
      const sources = createSources(optionsOf({ ...adapter, log }));
      const withToken = url.replace("://", "://me:token@");
      const answers = [
        await sources.fetch({ kind: "git", url: `${withToken}/repo` }),
        await sources.fetch({ kind: "http", url: `${withToken}/file` }),
      ];
      expect(JSON.stringify([answers, lines])).not.toContain("token");
    }
  });
});

describe("a file over http", () => {
  it("is the one file of its tree, after redirects", async () => {
    const url = await serveHttp((request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "/b" }).end();
      else if (request.url === "/b") response.end("kind: X\n");
      else response.writeHead(404).end();
    });
    const sources = createSources(optionsOf());
    expect(describeAnswer(await sources.fetch({ kind: "http", url: `${url}/a` }))).toEqual([["content", "kind: X\n"]]);
    expect(describeAnswer(await sources.fetch({ kind: "http", url: `${url}/c` }))).toBe("not-found");
  });

  it("is refused in private networks, at the end of redirects, and after too many of them", async () => {
    const url = await serveHttp((request, response) => {
      const to = request.url === "/metadata" ? "http://169.254.169.254/latest" : "/round";
      response.writeHead(302, { location: request.url === "/file" ? "file:///etc/passwd" : to }).end();
    });
    const guard = createNetworkGuard({ isAllowed: (address) => address === "127.0.0.1" });
    const sources = createSources(optionsOf({ guard }));
    for (const path of ["/metadata", "/round", "/file"]) {
      expect([path, describeAnswer(await sources.fetch({ kind: "http", url: url + path }))]).toEqual([path, "refused"]);
    }
    const strict = createSources(optionsOf({ allowPrivateNetwork: false }));
    expect(describeAnswer(await strict.fetch({ kind: "http", url }))).toBe("refused");
  });

  it("is bounded in size", async () => {
    const url = await serveHttp((_, response) => void response.end("x".repeat(5000)));
    const sources = createSources(optionsOf({ maxBytes: 1000 }));
    expect(describeAnswer(await sources.fetch({ kind: "http", url }))).toBe("too-large");
  });
});

describe("without a network", () => {
  it("what is not in the cache is named", async () => {
    const sources = createSources(optionsOf({ offline: true }));
    const answer = await sources.fetch({ kind: "http", url: "https://example.test/x.yaml" });
    expect(answer).toMatchObject({ reason: "offline", message: expect.stringContaining("https://example.test/x.yaml") as string });
  });

  it("a cache that can't be written is no obstacle", async () => {
    const url = await serveHttp((_, response) => void response.end("x"));
    const cacheDir = join(temporaryFolder(), "file");
    writeFileSync(cacheDir, "in the way");
    chmodSync(cacheDir, 0o400);
    const warnings: string[] = [];
    const log = { info: (): void => {}, warn: (message: string): number => warnings.push(message) };
    const sources = createSources(optionsOf({ cacheDir, log }));
    expect(describeAnswer(await sources.fetch({ kind: "http", url }))).toEqual([["content", "x"]]);
    expect(warnings).toHaveLength(1);
    expect(statSync(cacheDir).isFile()).toBe(true);
  });
});
