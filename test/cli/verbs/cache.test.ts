// `sluice cache` over a store that a real fetch filled.
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";

import { createSources } from "../../../simulator/node/sources.ts";
import { optionsOf, serve, serveHttp } from "../../support/sources.ts";
import { temporaryFolder, temporaryRepository } from "../../support/temporary-repository.ts";
import { sluice } from "../records.ts";

let cacheDir: string;
let urls: { readonly git: string; readonly http: string };

beforeEach(async () => {
  cacheDir = temporaryFolder();
  const now = (): number => Date.UTC(2026, 0, 2, 3, 4);
  const sources = createSources(optionsOf({ cacheDir, now }));
  const server = await serve(temporaryRepository({ a: "1".repeat(2000), b: "2" }));
  const http = await serveHttp((_, response) => void response.end("x"));
  urls = { git: `${server.url}/repo`, http: `${http}/file` };
  const withPassword = urls.git.replace("://", "://me:secret@");
  await sources.fetch({ kind: "git", url: withPassword, ref: { branch: "main" } });
  await sources.fetch({ kind: "http", url: urls.http });
  mkdirSync(join(cacheDir, "answers-1/build"), { recursive: true });
  writeFileSync(join(cacheDir, "answers-1/build/one.json"), "{}");
});

const cache = (...args: readonly string[]): ReturnType<typeof sluice> =>
  sluice(["cache", ...args, "--cache-dir", cacheDir]);

describe("sluice cache", () => {
  test("lists what is kept, without credentials", async () => {
    const { code, stdout, stderr } = await cache();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n").toSorted();
    expect(lines[1]).toMatch(
      /^git {3}2\.0 kB {2}2026-01-02 03:04 {2}\S+\/repo main \(main@sha1:\w+\)$/,
    );
    expect(lines[2]).toMatch(/^http {5}1 B {2}2026-01-02 03:04 {2}\S+\/file \(sha256:\w+\)$/);
    expect(lines[0]).toContain("2 sources, 1 answer of the engine (2 B), ");
    expect(stdout).not.toContain("secret");
  });

  test("lists for programs", async () => {
    const { stdout } = await cache("list", "--kind", "git", "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      folder: cacheDir,
      sources: [{ kind: "git", address: urls.git, version: "main", files: 2, bytes: 2001 }],
      answers: { count: 1, bytes: 2 },
    });
  });

  test("clears one kind, what is old, or all", async () => {
    const blobs = (): number =>
      readdirSync(join(cacheDir, "sources-2/blobs"), { recursive: true }).filter(
        (name) => String(name).length > 40,
      ).length;
    expect(blobs()).toBe(3);
    expect((await cache("clear", "--kind", "git")).stdout).toContain(
      "Removed 1 source and 0 answers",
    );
    expect(blobs()).toBe(1);
    expect((await cache("clear", "--older-than", "1h")).stdout).toContain("Removed 0 sources");
    for (const name of readdirSync(join(cacheDir, "sources-2/entries")))
      utimesSync(join(cacheDir, "sources-2/entries", name), new Date(0), new Date(0));
    expect((await cache("clear", "--older-than", "2d")).stdout).toContain("1 source and 0 answers");
    expect((await cache("clear")).stdout).toContain("Removed 0 sources and 1 answer of the engine");
    expect(blobs()).toBe(0);
    expect((await cache("list", "-o", "json")).stdout).toContain('"bytes": 0');
  });

  test("is in the user's folder for caches unless told otherwise", async () => {
    const env = { XDG_CACHE_HOME: "/some/where" };
    const { stdout } = await sluice(["cache", "path"], { env });
    expect(stdout.replaceAll("\\", "/")).toBe("/some/where/sluice\n");
  });

  test("prints its folder, which need not exist", async () => {
    const nowhere = join(cacheDir, "nowhere");
    expect(await sluice(["cache", "path", "--cache-dir", nowhere])).toMatchObject({
      code: 0,
      stdout: `${nowhere}\n`,
    });
    expect((await sluice(["cache", "--cache-dir", nowhere])).stdout).toContain("0 sources");
    expect((await sluice(["cache", "clear", "--cache-dir", nowhere])).code).toBe(0);
    expect(existsSync(nowhere)).toBe(false);
  });

  test.each([
    [["cache", "clean"], "Did you mean clear?"],
    [["cache", "clear", "--kind", "gti"], "Did you mean git?"],
    [["cache", "clear", "--older-than", "soon"], "It looks like 30m, 12h, 7d or 4w."],
    [["cache", "-o", "xml"], "It can be text, json, yaml."],
    [["cache", "--path", "x"], "has no option --path"],
  ])("%j is a mistake", async (argv, expected) => {
    const { code, stdout, stderr } = await sluice(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(expected);
  });
});
