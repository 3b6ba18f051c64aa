/** What goes wrong on the way: a clear answer, nothing half-written in the store, and the next attempt succeeds. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { createSources } from "../../../simulator/node/sources.ts";
import { describeAnswer, optionsOf, serve, serveHttp } from "../../support/sources.ts";
import {
  commitFiles,
  git,
  temporaryFolder,
  temporaryRepository,
} from "../../support/temporary-repository.ts";

/** What is in the store besides folders that stay. */
function kept(cacheDir: string): readonly string[] {
  const entries = readdirSync(cacheDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.parentPath.endsWith("/tmp"))
    .map((entry) => join(entry.parentPath, entry.name));
}

const adapters = [
  ["git", {}],
  ["isomorphic-git", { git: false }],
] as const;

describe.each(adapters)("a Git server that fails, read by %s", (_, adapter) => {
  it("for a moment is asked again", async () => {
    let failures = 0;
    const { url } = await serve(temporaryRepository({ a: "1" }), {
      intercept: (request, response) => {
        if (request.method !== "GET" || failures++ > 0) return false;
        response.writeHead(503).end();
        return true;
      },
    });
    const answer = await createSources(optionsOf(adapter)).fetch({
      kind: "git",
      url: `${url}/repo`,
    });
    expect(describeAnswer(answer)).toEqual([["a", "1"]]);
    expect(failures).toBe(2);
  });

  it("in the middle of a pack leaves nothing behind", async () => {
    const noise = Array.from({ length: 20_000 }, (__, i) => Math.sin(i).toString(36)).join("\n");
    let broken = true;
    const { url } = await serve(temporaryRepository({ "noise.txt": noise }), {
      intercept: (request, response) => {
        if (request.method === "POST" && broken) cutAfter(response, 20_000);
        return false;
      },
    });
    const options = optionsOf(adapter);
    const request = { kind: "git", url: `${url}/repo` } as const;
    expect(describeAnswer(await createSources(options).fetch(request))).toBe("failed");
    expect(kept(options.cacheDir)).toEqual([]);
    broken = false;
    expect((await createSources(options).fetch(request)).outcome).toBe("available");
  }, 30_000);

  it("to answer in time, or is no longer wanted, leaves nothing behind", async () => {
    let onAsked = (): void => {};
    const asked = new Promise<void>((resolve) => (onAsked = resolve));
    const { url } = await serve(temporaryRepository({ a: "1" }), {
      intercept: (request) => {
        if (request.method !== "POST") return false;
        onAsked();
        return true;
      },
    });
    const options = optionsOf(adapter);
    const request = { kind: "git", url: `${url}/repo` } as const;
    const controller = new AbortController();
    const cancelled = createSources(options).fetch(request, controller.signal);
    await asked;
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
    const slow = await createSources(options).fetch({ ...request, timeout: 1000 });
    expect(slow).toMatchObject({
      reason: "failed",
      message: expect.stringContaining("within 1 s") as string,
    });
    expect(kept(options.cacheDir)).toEqual([]);
  });

  it("with paths that leave the tree gives nothing", async () => {
    const repository = temporaryRepository({ good: "1" });
    const raw = (mode: string, name: string, id: string): Buffer =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]);
    const blob = git(repository, "rev-parse", "HEAD:good");
    const file = join(repository, ".git", "raw");
    const write = (type: string, content: Buffer | string): string => {
      writeFileSync(file, content);
      return git(repository, "hash-object", "--literally", "-t", type, "-w", file);
    };
    const inner = write("tree", raw("100644", "passwd", blob));
    const tree = write(
      "tree",
      Buffer.concat([
        ...[raw("40000", "..", inner), raw("40000", ".git", inner), raw("100644", "good", blob)],
        raw("120000", "link", write("blob", "/etc/passwd")),
      ]),
    );
    const who = "Test <test@example.test> 0 +0000";
    const commit = write("commit", `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nx\n`);
    git(repository, "update-ref", "refs/heads/hostile", commit);
    const { url } = await serve(repository);
    const ref = { branch: "hostile" };
    const answer = await createSources(optionsOf(adapter)).fetch({
      ...{ kind: "git", url: `${url}/repo`, ref },
    });
    expect(describeAnswer(answer)).toBe("invalid");
  });
});

/** Ends the connection after so many bytes of the body. */
function cutAfter(response: ServerResponse, bytes: number): void {
  let left = bytes;
  const write = response.write.bind(response) as (chunk: Buffer) => boolean;
  response.write = ((chunk: Buffer) => {
    if (left <= 0) return true;
    const part = chunk.subarray(0, left);
    left -= part.length;
    const isFlushed = write(part);
    if (left <= 0) response.destroy();
    return isFlushed;
  }) as typeof response.write;
}

describe("the store", () => {
  it("is filled once by two processes that ask at the same time", async () => {
    let asked = 0;
    let onAsked = (): void => {};
    const first = new Promise<void>((resolve) => (onAsked = resolve));
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const url = await serveHttp((_, response) => {
      asked++;
      onAsked();
      void released.then(() => response.end("content"));
    });
    const cacheDir = temporaryFolder();
    const script = `
      import { createSources } from ${JSON.stringify(join(import.meta.dirname, "../../../simulator/node/sources.ts"))};
      const sources = createSources({ cacheDir: process.argv[1], offline: false, allowPrivateNetwork: true, userCredentials: false });
      console.log("ready");
      const answer = await sources.fetch({ kind: "http", url: ${JSON.stringify(`${url}/x`)} });
      console.log(answer.outcome);`;
    const args = ["--input-type=module-typescript", "--no-warnings", "--eval", script, cacheDir];
    const other = promisify(execFile)(process.execPath, args);
    await new Promise<void>((resolve) => other.child.stdout?.once("data", () => resolve()));
    const own = createSources(optionsOf({ cacheDir })).fetch({ kind: "http", url: `${url}/x` });
    await first;
    release();
    expect((await own).outcome).toBe("available");
    expect((await other).stdout).toContain("available");
    expect(asked).toBe(1);
    expect(readdirSync(join(cacheDir, "sources-2/locks"))).toEqual([]);
  });

  it("that can't be written whole keeps nothing, and the source is there all the same", async () => {
    const url = await serveHttp((_, response) => void response.end("content"));
    const cacheDir = temporaryFolder();
    // A file where the folder of entries has to be, as on a disk that is full when the last part is written.
    mkdirSync(join(cacheDir, "sources-2"));
    writeFileSync(join(cacheDir, "sources-2/entries"), "");
    const warnings: string[] = [];
    const log = { info: (): void => {}, warn: (line: string): number => warnings.push(line) };
    const request = { kind: "http", url } as const;
    const answer = await createSources(optionsOf({ cacheDir, log })).fetch(request);
    expect(describeAnswer(answer)).toEqual([["content", "content"]]);
    expect(warnings).toHaveLength(1);
    expect(readdirSync(join(cacheDir, "sources-2/tmp"))).toEqual([]);
    const offline = createSources(optionsOf({ cacheDir, offline: true }));
    expect(describeAnswer(await offline.fetch(request))).toBe("offline");
  });

  it("is used without the network however old it is, and says so", async () => {
    let text = "old";
    const url = await serveHttp((_, response) => void response.end(text));
    const options = optionsOf({ now: () => Date.UTC(2026, 0, 2, 3, 4) });
    const request = { kind: "http", url } as const;
    await createSources(options).fetch(request);
    text = "new";
    const later = (): number => Date.UTC(2026, 5, 1);
    const offline = await createSources({ ...options, offline: true, now: later }).fetch(request);
    expect(describeAnswer(offline)).toEqual([["content", "old"]]);
    expect(offline).toMatchObject({
      remarks: [expect.stringContaining("2026-01-02 03:04 UTC") as string],
    });
    const young = await createSources({ ...options, offline: true }).fetch(request);
    expect(young).not.toHaveProperty("remarks");
    const again = await createSources({ ...options, now: later }).fetch(request);
    expect(describeAnswer(again)).toEqual([["content", "new"]]);
  });

  it("keeps a source as fresh as its interval", async () => {
    const repository = temporaryRepository({ a: "1" });
    const { url, requests } = await serve(repository);
    let time = 0;
    const sources = createSources(optionsOf({ now: () => time }));
    const request = { kind: "git", url: `${url}/repo`, ref: "main", maxAge: 3_600_000 } as const;
    await sources.fetch(request);
    const count = requests.length;
    time = 3_599_000;
    await sources.fetch(request);
    expect(requests.length).toBe(count);
    // Someone who is content with less gets the same stored answer, someone who wants it younger does not.
    await sources.fetch({ ...request, maxAge: 1000 });
    expect(requests.length).toBeGreaterThan(count);
  });
});

describe("many sources", () => {
  it("are fetched side by side, but not too many", async () => {
    let running = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const url = await serveHttp((_, response) => {
      most = Math.max(most, ++running);
      waiting.push(() => {
        running--;
        response.end("x");
      });
      // The third can't come before the first two are answered.
      if (waiting.length === 2) for (const go of waiting.splice(0)) go();
    });
    const sources = createSources(optionsOf({ parallel: 2 }));
    const urls = Array.from({ length: 6 }, (_, i) => `${url}/${i}`);
    const answers = await Promise.all(
      urls.map((each) => sources.fetch({ kind: "http", url: each })),
    );
    expect(answers.every(({ outcome }) => outcome === "available")).toBe(true);
    expect(most).toBe(2);
  });

  it("report how far they are", async () => {
    const repository = temporaryRepository({ a: "1" });
    commitFiles(repository, { b: "2" }, "more");
    const { url } = await serve(repository);
    for (const adapter of [{}, { git: false }] as const) {
      const seen: { readonly url: string; readonly bytes: number }[] = [];
      const sources = createSources(
        optionsOf({ ...adapter, onProgress: (each) => void seen.push(each) }),
      );
      await sources.fetch({ kind: "git", url: `${url}/repo` });
      expect(seen.at(-1)).toMatchObject({ url: `${url}/repo` });
      expect(seen.at(-1)?.bytes).toBeGreaterThan(0);
    }
  });
});
