/** The working tree as a push would contain it, told by git and without git. */
import {
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { openWorkingTree } from "../../../simulator/node/working-tree.ts";
import {
  git,
  temporaryFolder,
  temporaryRepository,
  writeFiles,
} from "../../support/temporary-repository.ts";

const adapters = [
  ["with git", {}],
  ["without git", { git: false }],
] as const;

const texts = (files: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(files));

function textOf(
  tree: { files: ReadonlyMap<string, { bytes?: Uint8Array }> },
  path: string,
): string | undefined {
  const bytes = tree.files.get(path)?.bytes;
  return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

describe.each(adapters)("working tree %s", (_, options) => {
  it("answers the same tree while nothing differs, and shares files otherwise", async () => {
    const root = temporaryRepository({ "a.yaml": "a", "b.yaml": "b" });
    const working = await openWorkingTree(root, options);
    const first = await working.read();
    expect(await working.read()).toBe(first);
    expect(await working.refresh(first, ["a.yaml"])).toBe(first);
    writeFiles(root, { "a.yaml": "changed" });
    const second = await working.read();
    expect(textOf(second, "a.yaml")).toBe("changed");
    expect(second.files.get("b.yaml")).toBe(first.files.get("b.yaml"));
  });

  it("notices an edit that keeps size and time", async () => {
    const root = temporaryRepository({ "a.yaml": "aaa" });
    const past = new Date(2020, 1, 1);
    utimesSync(join(root, "a.yaml"), past, past);
    const working = await openWorkingTree(root, options);
    const { ctimeMs } = statSync(join(root, "a.yaml"));
    await working.read();
    do {
      writeFileSync(join(root, "a.yaml"), "bbb");
      utimesSync(join(root, "a.yaml"), past, past);
    } while (statSync(join(root, "a.yaml")).ctimeMs === ctimeMs);
    expect(textOf(await working.read(), "a.yaml")).toBe("bbb");
  });

  it("lays unsaved text over the files as saving would", async () => {
    const root = temporaryRepository({
      "a.yaml": "a",
      "bom.yaml": "\uFEFFx",
      ".gitignore": "*.log\nout/\n",
      f: "file",
    });
    symlinkSync("..", join(root, "up"));
    const working = await openWorkingTree(root, options);
    const base = await working.read();
    const tree = await working.read(
      texts({
        "a.yaml": "typed",
        "bom.yaml": "y",
        "deep/new.yaml": "unsaved",
        "deep/*.yaml": "no pattern",
        "x.log": "ignored",
        "out/x.yaml": "ignored",
        "up/x.yaml": "beyond a link",
        up: "a link",
        "f/x.yaml": "below a file",
        "../x.yaml": "outside",
        ".git/config": "no",
      }),
    );
    expect([...tree.files.keys()]).toEqual([
      ".gitignore",
      "a.yaml",
      "bom.yaml",
      "deep/*.yaml",
      "deep/new.yaml",
      "f",
      "up",
    ]);
    expect([
      textOf(tree, "a.yaml"),
      textOf(tree, "bom.yaml"),
      textOf(tree, "deep/new.yaml"),
    ]).toEqual(["typed", "\uFEFFy", "unsaved"]);
    expect(await working.refresh(tree, [], texts({ "a.yaml": "a", "bom.yaml": "x" }))).toEqual(
      base,
    );
    expect(await working.refresh(base, [], texts({ "a.yaml": "a" }))).toBe(base);
  });

  it("follows files that come, go and move", async () => {
    const root = temporaryRepository({
      "a/x.yaml": "x",
      "a/y.yaml": "y",
      "b.yaml": "b",
      ".gitignore": "*.log\n",
    });
    const working = await openWorkingTree(root, options);
    let tree = await working.read();
    const follow = async (...paths: string[]): Promise<string[]> => {
      tree = await working.refresh(tree, paths);
      expect([...tree.files]).toEqual([
        ...(await (await openWorkingTree(root, options)).read()).files,
      ]);
      return [...tree.files.keys()];
    };
    writeFiles(root, { "c.yaml": "c", "d.log": "ignored" });
    expect(await follow("c.yaml", "d.log")).toContain("c.yaml");
    renameSync(join(root, "a"), join(root, "z"));
    expect(await follow("a", "z")).toEqual([
      ".gitignore",
      "b.yaml",
      "c.yaml",
      "z/x.yaml",
      "z/y.yaml",
    ]);
    rmSync(join(root, "b.yaml"));
    mkdirSync(join(root, "b.yaml"));
    writeFiles(root, { "b.yaml/inner.yaml": "i" });
    expect(await follow("b.yaml")).toContain("b.yaml/inner.yaml");
    writeFiles(root, { ".gitignore": "z/x.yaml\nc.yaml\n" });
    expect(await follow(".gitignore")).toContain("d.log");
  });

  it("is the same after any edits as when read anew", async () => {
    const root = temporaryRepository({
      "a.yaml": "a",
      "d/b.yaml": "b",
      "d/e/c.yaml": "c",
      ".gitignore": "*.log\n",
    });
    const path = fc.constantFrom(
      "a.yaml",
      "n.yaml",
      "d/b.yaml",
      "d/e/c.yaml",
      "d/e/n.log",
      "d",
      "d/e",
      ".gitignore",
    );
    const edit = fc.record({
      path,
      remove: fc.boolean(),
      text: fc.constantFrom("1", "22", "e/\n", "!n.log\n"),
    });
    const working = await openWorkingTree(root, options);
    let tree = await working.read();
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        for (const { path: name, remove, text } of edits)
          applyEdit(root, name, remove ? undefined : text);
        tree = await working.refresh(tree, new Set(edits.map((each) => each.path)));
        const anew = await (await openWorkingTree(root, options)).read();
        expect([...tree.files]).toEqual([...anew.files]);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it("is read from its root, whichever folder is opened", async () => {
    const root = temporaryRepository({ "clusters/one/a.yaml": "a", "apps/b.yaml": "b" });
    const working = await openWorkingTree(join(root, "clusters/one"), options);
    expect([working.root, working.repositoryRoot, working.subfolder]).toEqual([
      root,
      root,
      "clusters/one",
    ]);
    expect([...(await working.read()).files.keys()]).toEqual([
      "apps/b.yaml",
      "clusters/one/a.yaml",
    ]);
  });

  it("takes everything from a folder without a repository", async () => {
    const root = temporaryFolder();
    writeFiles(root, { "a.yaml": "a", ".gitignore": "*.log", "x.log": "x" });
    const working = await openWorkingTree(root, options);
    const tree = await working.read();
    expect([working.repositoryRoot, [...tree.files.keys()]]).toEqual([
      undefined,
      [".gitignore", "a.yaml", "x.log"],
    ]);
    expect(tree.revision).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("works before the first commit", async () => {
    const root = temporaryFolder();
    git(root, "init", "--quiet");
    writeFiles(root, { "a.yaml": "a" });
    expect([...(await (await openWorkingTree(root, options)).read()).files.keys()]).toEqual([
      "a.yaml",
    ]);
  });

  it("can be cancelled", async () => {
    const working = await openWorkingTree(temporaryRepository({ "a.yaml": "a" }), options);
    await expect(working.read(new Map(), AbortSignal.abort())).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

function applyEdit(root: string, path: string, text: string | undefined): void {
  const full = join(root, path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (text === undefined) return rmSync(full, { recursive: true, force: true });
  if (stat?.isDirectory() || !path.includes(".")) return;
  writeFiles(root, { [path]: text });
}

describe("what is no working tree", () => {
  it("is refused in the user's words", async () => {
    const bare = temporaryFolder();
    git(bare, "init", "--quiet", "--bare");
    await expect(openWorkingTree(bare)).rejects.toMatchObject({ name: "UserError" });
    await expect(openWorkingTree(join(bare, "missing"))).rejects.toMatchObject({
      name: "UserError",
    });
    await expect(openWorkingTree(join(bare, "HEAD"))).rejects.toMatchObject({ name: "UserError" });
  });
});
