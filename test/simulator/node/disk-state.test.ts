/** What is taken from disk, told by git and without git, also when a repository means harm. */
import { execFileSync } from "node:child_process";
import { rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openWorkingTree } from "../../../simulator/node/working-tree.ts";
import {
  commitFiles,
  git,
  temporaryFolder,
  temporaryRepository,
  writeFiles,
} from "../../support/temporary-repository.ts";

const adapters = [
  ["with git", {}],
  ["without git", { git: false }],
] as const;

function textOf(
  tree: { files: ReadonlyMap<string, { bytes?: Uint8Array }> },
  path: string,
): string | undefined {
  const bytes = tree.files.get(path)?.bytes;
  return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

describe.each(adapters)("files on disk %s", (_, options) => {
  it("takes what git would take and nothing else", async () => {
    const root = temporaryRepository({
      "a.yaml": "a",
      "dir/tracked.log": "kept",
      ".gitignore": "",
    });
    writeFiles(root, {
      ".gitignore": "*.log\n/build/\n!keep.log\n",
      "new.yaml": "new",
      "x.log": "ignored",
      "keep.log": "re-included",
      "build/out.yaml": "ignored",
      "dir/build/in.yaml": "not anchored here",
      "dir/.gitignore": "*.tmp\n",
      "dir/a.tmp": "ignored",
      "a.tmp": "only ignored below dir",
      ".git/info/exclude": "secret.yaml\n",
      "secret.yaml": "excluded",
    });
    rmSync(join(root, "a.yaml"));
    const tree = await (await openWorkingTree(root, options)).read();
    expect([...tree.files.keys()]).toEqual([
      ".gitignore",
      "a.tmp",
      "dir/.gitignore",
      "dir/build/in.yaml",
      "dir/tracked.log",
      "keep.log",
      "new.yaml",
    ]);
    expect(tree.problems).toEqual([]);
    expect(tree.revision).toBe(`main@sha1:${git(root, "rev-parse", "HEAD")}`);
  });

  it("gives files the ids that git gives them", async () => {
    const root = temporaryRepository({
      "a.yaml": "a: b\n",
      empty: "",
      bin: new Uint8Array([0, 255, 13, 10]),
    });
    const tree = await (await openWorkingTree(root, options)).read();
    for (const [path, file] of tree.files) {
      expect(file.id).toBe(git(root, "hash-object", "--no-filters", path));
      expect(file.bytes).toHaveLength(file.size);
    }
    expect(tree.files.size).toBe(3);
  });

  it("records symbolic links and never reads through them", async () => {
    const outside = temporaryFolder();
    writeFiles(outside, { "secret.yaml": "secret", "sub/deep.yaml": "secret" });
    const root = temporaryRepository({
      "real/a.yaml": "a",
      "later/b.yaml": "b",
      "later/sub/deep.yaml": "c",
    });
    rmSync(join(root, "later"), { recursive: true });
    symlinkSync(outside, join(root, "later"));
    symlinkSync(join(outside, "secret.yaml"), join(root, "file.yaml"));
    symlinkSync("missing", join(root, "dangling"));
    symlinkSync("..", join(root, "real/loop"));
    const tree = await (await openWorkingTree(root, options)).read();
    const kinds = [...tree.files].map(([path, { kind, bytes }]) => [
      path,
      kind,
      bytes === undefined,
    ]);
    expect(kinds).toEqual([
      ["dangling", "symlink", true],
      ["file.yaml", "symlink", true],
      ["later", "symlink", true],
      ["real/a.yaml", "file", false],
      ["real/loop", "symlink", true],
    ]);
    git(root, "add", "dangling");
    expect(tree.files.get("dangling")?.id).toBe(git(root, "rev-parse", ":dangling"));
  });

  it("names submodules by their commit and does not enter them", async () => {
    const module = temporaryRepository({ "in-module.yaml": "x" });
    const root = temporaryRepository({ "a.yaml": "a" });
    git(root, "submodule", "--quiet", "add", module, "vendor/module");
    const tree = await (await openWorkingTree(root, options)).read();
    expect([...tree.files.keys()]).toEqual([".gitmodules", "a.yaml", "vendor/module"]);
    expect(tree.files.get("vendor/module")).toEqual({
      id: git(module, "rev-parse", "HEAD"),
      size: 0,
      kind: "submodule",
    });
  });

  it("leaves a repository inside the repository out and says so", async () => {
    const root = temporaryRepository({ "a.yaml": "a" });
    writeFiles(root, { "inner/x.yaml": "x" });
    git(join(root, "inner"), "init", "--quiet");
    commitFiles(join(root, "inner"), { "x.yaml": "x" }, "inner");
    const tree = await (await openWorkingTree(root, options)).read();
    expect([...tree.files.keys()]).toEqual(["a.yaml"]);
    expect(tree.problems.map(({ code, path }) => [code, path])).toEqual([
      ["nested-repository", "inner"],
    ]);
  });

  it("keeps large files without their bytes", async () => {
    const root = temporaryRepository({ "large.bin": "x".repeat(2000), "small.yaml": "s" });
    const tree = await (await openWorkingTree(root, { ...options, maxFileBytes: 1000 })).read();
    expect(tree.files.get("large.bin")).toEqual({
      id: git(root, "hash-object", "large.bin"),
      size: 2000,
      kind: "file",
    });
    expect(tree.problems.map(({ code, path }) => [code, path])).toEqual([
      ["too-large", "large.bin"],
    ]);
    expect(textOf(tree, "small.yaml")).toBe("s");
  });

  it("stops at the limits for files and bytes, in the order of the paths", async () => {
    const root = temporaryRepository({ a: "xxxx", b: "xxxx", c: "xxxx", d: "xxxx" });
    const few = await (await openWorkingTree(root, { ...options, maxFiles: 2 })).read();
    expect([[...few.files.keys()], few.problems.map(({ code }) => code)]).toEqual([
      ["a", "b"],
      ["too-many-files"],
    ]);
    const light = await (await openWorkingTree(root, { ...options, maxTotalBytes: 9 })).read();
    expect([...light.files].map(([path]) => [path, textOf(light, path)])).toEqual([
      ["a", "xxxx"],
      ["b", "xxxx"],
      ["c", undefined],
      ["d", undefined],
    ]);
  });

  it("does not wait for a pipe", async () => {
    const root = temporaryRepository({ "a.yaml": "a" });
    execFileSync("mkfifo", [join(root, "pipe.yaml")]);
    const tree = await (await openWorkingTree(root, options)).read();
    expect([...tree.files.keys()]).toEqual(["a.yaml"]);
  });
});

describe("a hostile repository", () => {
  it("can't name another working tree or run a file system monitor", async () => {
    const outside = temporaryFolder();
    writeFiles(outside, { "secret.yaml": "secret" });
    const root = temporaryRepository({ "a.yaml": "a" });
    git(root, "config", "core.worktree", outside);
    git(root, "config", "core.fsmonitor", `touch ${join(outside, "ran")};false`);
    const tree = await (await openWorkingTree(root)).read();
    expect([[...tree.files.keys()], tree.problems]).toEqual([["a.yaml"], []]);
    expect(statSync(join(outside, "ran"), { throwIfNoEntry: false })).toBeUndefined();
  });

  it("is read without git when git does not trust its owner", async () => {
    const root = temporaryRepository({ "a.yaml": "a", ".gitignore": "*.log\n" });
    writeFiles(root, { "x.log": "x" });
    const distrusting = join(temporaryFolder(), "git");
    writeFileSync(distrusting, '#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"\n', {
      mode: 0o755,
    });
    const tree = await (await openWorkingTree(root, { git: distrusting })).read();
    expect([...tree.files.keys()]).toEqual([".gitignore", "a.yaml"]);
    expect(tree.problems).toEqual([
      { code: "git", message: expect.stringContaining("safe.directory") as string },
    ]);
    expect(tree.revision).toMatch(/^main@sha1:/);
  });
});

describe("a sparse checkout", () => {
  it("contains the files that are not on disk", async () => {
    const root = temporaryRepository({ "in/a.yaml": "a", "out/b.yaml": "b" });
    git(root, "sparse-checkout", "set", "in");
    const tree = await (await openWorkingTree(root)).read();
    expect([...tree.files.keys()].map((path) => [path, textOf(tree, path)])).toEqual([
      ["in/a.yaml", "a"],
      ["out/b.yaml", "b"],
    ]);
  });
});
