/** The store on disk: whole trees or nothing, whoever writes at the same time. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { fileOf, type ReadTree } from "../../../simulator/node/read-tree.ts";
import { createSourceStore } from "../../../simulator/node/source-store.ts";
import { temporaryFolder } from "../../support/temporary-repository.ts";

function treeOf(files: Readonly<Record<string, string>>): ReadTree {
  const entries = Object.entries(files).map(
    ([path, text]) => [path, fileOf(new TextEncoder().encode(text))] as const,
  );
  return { label: "x", revision: "sha1:1", files: new Map(entries), problems: [] };
}

const store = (cacheDir: string): ReturnType<typeof createSourceStore> =>
  createSourceStore(cacheDir, (message) => {
    throw new Error(message);
  });

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("the store", () => {
  it("gives back what was put in", async () => {
    const cacheDir = temporaryFolder();
    const tree = treeOf({ "a.yaml": "a", "dir/b.yaml": "b", empty: "" });
    const special = new Map([
      ...tree.files,
      ["link", { id: "1".repeat(40), size: 3, kind: "symlink" }],
    ] as const);
    const saved: ReadTree = {
      ...tree,
      files: special,
      problems: [{ code: "too-large", message: "m", path: "x" }],
    };
    await store(cacheDir).save("key", saved, 7);
    expect(await store(cacheDir).load("key")).toEqual({ tree: saved, fetchedAt: 7 });
    expect(await store(cacheDir).load("other")).toBeUndefined();
  });

  it("takes whatever is damaged for absent, and mends it", async () => {
    const cacheDir = temporaryFolder();
    const tree = treeOf({ "a.yaml": "aaa", "b.yaml": "bbb" });
    await store(cacheDir).save("key", tree, 7);
    for (const path of filesBelow(cacheDir)) {
      const before = readFileSync(path);
      const flipped = Buffer.from(
        before.map((byte, index) => (index === before.length - 1 ? byte ^ 1 : byte)),
      );
      for (const damaged of [flipped, before.subarray(0, 2), undefined]) {
        if (damaged === undefined) rmSync(path);
        else writeFileSync(path, damaged);
        expect([path, await store(cacheDir).load("key")]).toEqual([path, undefined]);
      }
      await store(cacheDir).save("key", tree, 8);
      expect((await store(cacheDir).load("key"))?.tree).toEqual(tree);
    }
  });

  it("is whole at any moment while two processes write", async () => {
    const cacheDir = temporaryFolder();
    const script = `
      import { createSourceStore } from ${JSON.stringify(join(import.meta.dirname, "../../../simulator/node/source-store.ts"))};
      import { fileOf } from ${JSON.stringify(join(import.meta.dirname, "../../../simulator/node/read-tree.ts"))};
      const [cacheDir, name] = process.argv.slice(1);
      const store = createSourceStore(cacheDir, (message) => { console.error(message); process.exit(3); });
      for (let round = 0; round < 40; round++) {
        const files = new Map(Array.from({ length: 10 }, (_, i) => ["f" + i, fileOf(Buffer.from("shared " + i + (i < 5 ? "" : name + round)))]));
        await store.save("key", { label: name, revision: "sha1:" + round, files, problems: [] }, round);
        const loaded = await store.load("key");
        if (loaded === undefined) { console.error("torn"); process.exit(4); }
      }`;
    const run = promisify(execFile);
    const args = ["--input-type=module-typescript", "--no-warnings", "--eval", script, cacheDir];
    await Promise.all(["one", "two"].map((name) => run(process.execPath, [...args, name])));
    expect((await store(cacheDir).load("key"))?.tree.files.size).toBe(10);
    expect(readdirSync(join(cacheDir, "sources-1/tmp"))).toEqual([]);
  });
});
