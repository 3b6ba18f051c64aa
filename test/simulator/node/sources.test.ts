/** Git sources fetched from real servers on loopback by both adapters. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { createNetworkGuard } from "../../../simulator/node/network-guard.ts";
import { createSources } from "../../../simulator/node/sources.ts";
import { type GitServer, startGitServer } from "../../support/git-server.ts";
import { describeAnswer, optionsOf, serve } from "../../support/sources.ts";
import {
  commitFiles,
  git,
  temporaryFolder,
  temporaryRepository,
} from "../../support/temporary-repository.ts";

const adapters = [
  ["git", {}],
  ["isomorphic-git", { git: false }],
] as const;

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
    for (const ref of [
      "--upload-pack=touch x",
      "+main",
      "main:refs/heads/x",
      "a b",
      "x..y",
      "HEAD@{1}",
    ]) {
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
    expect(again.outcome === "available" && again.tree).toBe(
      first.outcome === "available" && first.tree,
    );
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
    const [remark] = [expect.stringContaining("copy of 1970-01-01 00:16 UTC") as string];
    expect(await sources.fetch(request)).toEqual({ ...first, remarks: [remark] });
    expect(warnings).toHaveLength(1);
  });

  it("brings its submodules when they are asked for", async () => {
    const module = temporaryRepository({ "in-module.yaml": "m" });
    const server = await serve(module);
    const gitmodules = `[submodule "m"]\n\tpath = vendor/module\n\turl = ${server.url}/repo\n`;
    const repository = temporaryRepository({ "a.yaml": "a", ".gitmodules": gitmodules });
    const commit = git(module, "rev-parse", "HEAD");
    git(repository, "update-index", "--add", "--cacheinfo", `160000,${commit},vendor/module`);
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
    for (const address of [
      url,
      url.replace("127.0.0.1", "localhost"),
      url.replace("127.0.0.1", "2130706433"),
    ]) {
      expect([
        address,
        describeAnswer(await sources.fetch({ kind: "git", url: `${address}/repo` })),
      ]).toEqual([address, "refused"]);
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
    expect(describeAnswer(await sources.fetch({ kind: "git", url: `${good.url}/repo` }))).toEqual([
      ["a", "1"],
    ]);
    const bad = await redirect(inside.url);
    expect(describeAnswer(await sources.fetch({ kind: "git", url: `${bad.url}/repo` }))).toBe(
      "refused",
    );
    expect(inside.requests).toEqual([]);
  });

  it("is bounded in size and time", async () => {
    const noise = Array.from({ length: 20_000 }, (_, i) => Math.sin(i).toString(36)).join("\n");
    const { url } = await serve(temporaryRepository({ "noise.txt": noise }));
    const small = createSources(optionsOf({ ...adapter, maxBytes: 10_000 }));
    expect(describeAnswer(await small.fetch({ kind: "git", url: `${url}/repo` }))).toBe(
      "too-large",
    );
    const silent = await serve(temporaryRepository({ a: "1" }), { intercept: () => true });
    const hasty = createSources(optionsOf({ ...adapter, fetchTimeoutMs: 300 }));
    expect(describeAnswer(await hasty.fetch({ kind: "git", url: `${silent.url}/repo` }))).toBe(
      "failed",
    );
  });

  it("can be cancelled by one without disturbing the others, and leaves nothing behind", async () => {
    let release = (): void => {};
    let onAsked = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const asked = new Promise<void>((resolve) => (onAsked = resolve));
    const { url } = await serve(temporaryRepository({ a: "1" }), {
      intercept: async () => {
        onAsked();
        await released;
        return false;
      },
    });
    const options = optionsOf(adapter);
    const sources = createSources(options);
    const request = { kind: "git", url: `${url}/repo` } as const;
    const controller = new AbortController();
    const cancelled = sources.fetch(request, controller.signal);
    const kept = sources.fetch(request);
    await asked;
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
    release();
    expect(describeAnswer(await kept)).toEqual([["a", "1"]]);
    expect(readdirSync(join(options.cacheDir, "sources-2/tmp"))).toEqual([]);
  });
});
