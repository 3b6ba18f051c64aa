/** The store on disk: whole trees or nothing, whoever writes at the same time. */
import { execFile, spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { lockFile } from "../../../simulator/node/source-lock.ts";
import { fileOf } from "../../../simulator/node/read-tree.ts";
import {
  createSourceStore,
  type SourceStore,
  type StoredSource,
} from "../../../simulator/node/source-store.ts";
import { temporaryFolder } from "../../support/temporary-repository.ts";

const name = { kind: "git", address: "https://example.test/x", version: "main" } as const;

function sourceOf(files: Readonly<Record<string, string>>, fetchedAt = 7): StoredSource {
  const entries = Object.entries(files).map(
    ([path, text]) => [path, fileOf(new TextEncoder().encode(text))] as const,
  );
  return { tree: { label: "x", revision: "sha1:1", files: new Map(entries) }, fetchedAt };
}

const openStore = (cacheDir: string, maxBytes = 1_000_000): SourceStore =>
  createSourceStore(cacheDir, {
    maxBytes,
    onError: (message) => {
      throw new Error(message);
    },
  });

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("the store", () => {
  it("gives back what was put in, to nobody else", async () => {
    const cacheDir = temporaryFolder();
    const { tree } = sourceOf({ "a.yaml": "a", "dir/b.yaml": "b", empty: "" });
    const special = new Map([
      ...tree.files,
      ["link", { id: "1".repeat(40), size: 3, kind: "symlink" }],
    ] as const);
    const saved: StoredSource = {
      tree: { ...tree, files: special },
      fetchedAt: 7,
      digest: "sha256:1",
      remarks: ["a remark\nof two lines"],
    };
    await openStore(cacheDir).save("key", name, saved);
    expect(await openStore(cacheDir).load("key")).toEqual(saved);
    expect(await openStore(cacheDir).load("other")).toBeUndefined();
    for (const path of filesBelow(cacheDir)) expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(cacheDir, "sources-2")).mode & 0o077).toBe(0);
  });

  it("takes whatever is damaged for absent, and mends it", async () => {
    const cacheDir = temporaryFolder();
    const source = sourceOf({ "a.yaml": "aaa", "b.yaml": "bbb" });
    await openStore(cacheDir).save("key", name, source);
    for (const path of filesBelow(cacheDir)) {
      const before = readFileSync(path);
      const flipped = Buffer.from(
        before.map((byte, index) => (index === before.length - 1 ? byte ^ 1 : byte)),
      );
      for (const damaged of [flipped, before.subarray(0, 2), undefined]) {
        if (damaged === undefined) rmSync(path);
        else writeFileSync(path, damaged);
        expect([path, await openStore(cacheDir).load("key")]).toEqual([path, undefined]);
      }
      await openStore(cacheDir).save("key", name, source);
      expect(await openStore(cacheDir).load("key")).toEqual(source);
    }
  });

  it("is whole at any moment while two processes write", async () => {
    const cacheDir = temporaryFolder();
    const script = `
      import { createSourceStore } from ${JSON.stringify(join(import.meta.dirname, "../../../simulator/node/source-store.ts"))};
      import { fileOf } from ${JSON.stringify(join(import.meta.dirname, "../../../simulator/node/read-tree.ts"))};
      const [cacheDir, who] = process.argv.slice(1);
      const onError = (message) => { console.error(message); process.exit(3); };
      const store = createSourceStore(cacheDir, { onError });
      const name = { kind: "git", address: "https://example.test", version: "" };
      for (let round = 0; round < 40; round++) {
        const files = new Map(Array.from({ length: 10 }, (_, i) => ["f" + i, fileOf(Buffer.from("shared " + i + (i < 5 ? "" : who + round)))]));
        await store.save("key", name, { tree: { label: who, revision: "sha1:" + round, files }, fetchedAt: round });
        const loaded = await store.load("key");
        if (loaded === undefined) { console.error("torn"); process.exit(4); }
      }`;
    const run = promisify(execFile);
    const args = ["--input-type=module-typescript", "--no-warnings", "--eval", script, cacheDir];
    await Promise.all(["one", "two"].map((who) => run(process.execPath, [...args, who])));
    expect((await openStore(cacheDir).load("key"))?.tree.files.size).toBe(10);
    expect(readdirSync(join(cacheDir, "sources-2/tmp"))).toEqual([]);
  });

  it("forgets what was used least recently once it is too large", async () => {
    const cacheDir = temporaryFolder();
    const keys = ["first", "second", "third", "fourth"];
    for (const [index, key] of keys.entries()) {
      await openStore(cacheDir, 4000).save(
        key,
        name,
        sourceOf({ [key]: key[0]?.repeat(900) ?? "" }),
      );
      const path = newestBelow(join(cacheDir, "sources-2/entries"));
      const used = new Date(Date.now() - (10 - index) * 86_400_000);
      utimesSync(path, used, used);
    }
    for (const blob of filesBelow(join(cacheDir, "sources-2/blobs")))
      utimesSync(blob, new Date(0), new Date(0));
    // Asked for again, so it is young again.
    expect(await openStore(cacheDir, 4000).load("first")).toBeDefined();
    await openStore(cacheDir, 4000).save("fifth", name, sourceOf({ five: "5".repeat(900) }));
    const loaded = await Promise.all(
      [...keys, "fifth"].map(async (key) => (await openStore(cacheDir).load(key)) !== undefined),
    );
    expect(loaded).toEqual([true, false, true, true, true]);
    // The first and the fourth have the same content.
    expect(filesBelow(join(cacheDir, "sources-2/blobs"))).toHaveLength(3);
  });

  it("removes what processes that ended too early left behind", async () => {
    const cacheDir = temporaryFolder();
    const left = await openStore(cacheDir).temporaryFolder();
    const busy = await openStore(cacheDir).temporaryFolder();
    writeFileSync(join(left, "identity"), "half of a fetch");
    const old = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(left, old, old);
    await openStore(cacheDir).save("key", name, sourceOf({ a: "a" }));
    expect(readdirSync(join(cacheDir, "sources-2/tmp"))).toEqual([basename(busy)]);
  });
});

describe("the lock", () => {
  it("is held by one at a time, and given on", async () => {
    const path = join(temporaryFolder(), "locks/one");
    const options = { patienceMs: 60_000, signal: new AbortController().signal };
    let holders = 0;
    const waited = await Promise.all(
      [1, 2, 3].map(async () => {
        const lock = await lockFile(path, options);
        expect(++holders).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        holders--;
        await lock.release();
        return lock.waited;
      }),
    );
    expect(waited.filter(Boolean)).toHaveLength(2);
    expect(existsSync(path)).toBe(false);
  });

  it("is taken from a process that is gone, or that has not touched it for long", async () => {
    const folder = temporaryFolder();
    const options = { patienceMs: 60_000, signal: new AbortController().signal };
    const gone = join(folder, "gone");
    const { pid } = spawnSync(process.execPath, ["--eval", ""]);
    writeFileSync(gone, `${pid} ${hostname()} x`);
    await (await lockFile(gone, options)).release();
    const silent = join(folder, "silent");
    writeFileSync(silent, "1 another-machine x");
    utimesSync(silent, new Date(0), new Date(0));
    await (await lockFile(silent, options)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is no obstacle where it can't be written or takes too long, and can be cancelled", async () => {
    const folder = temporaryFolder();
    const held = join(folder, "held");
    writeFileSync(held, `${process.pid} ${hostname()} x`);
    const signal = new AbortController().signal;
    const lock = await lockFile(held, { patienceMs: 0, signal });
    await lock.release();
    expect(existsSync(held)).toBe(true);
    await (await lockFile(join(held, "below-a-file"), { patienceMs: 0, signal })).release();
    const controller = new AbortController();
    const waiting = lockFile(held, { patienceMs: 60_000, signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
});

function newestBelow(folder: string): string {
  const newest = filesBelow(folder).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return newest[0] ?? "";
}
