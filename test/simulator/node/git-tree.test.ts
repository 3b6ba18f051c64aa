/** What is taken out of a listed Git tree: names that a checkout could have, and as much as the limits allow. */
import { describe, expect, it } from "vitest";

import { isTakenPath } from "../../../simulator/node/disk-state.ts";
import type { ObjectReader } from "../../../simulator/node/git-objects.ts";
import { readListedTree } from "../../../simulator/node/git-tree.ts";
import { isTreePath } from "../../../simulator/node/read-tree.ts";
import type { TreeLimits, TreeProblem } from "../../../simulator/node/read-tree.ts";

const plenty: TreeLimits = { maxFiles: 100, maxFileBytes: 100, maxTotalBytes: 1000 };

interface Listed {
  readonly path: string;
  readonly size?: number;
  readonly mode?: string;
}

/** Objects have the size that their id says. */
const reader: ObjectReader = {
  read: (id) => {
    const size = Number.parseInt(id, 16);
    return Promise.resolve({ id, type: "blob", size, bytes: new Uint8Array(size) });
  },
  dispose: () => undefined,
};

async function read(listed: readonly Listed[], limits: Partial<TreeLimits> = {}) {
  const problems: TreeProblem[] = [];
  const listing = listed.map(
    ({ path, size = 1, mode = "100644" }) =>
      `${mode} blob ${size.toString(16).padStart(40, "0")}\t${path}\0`,
  );
  const files = await readListedTree(
    {
      ...{ contents: reader, info: reader, problems, known: () => undefined },
      limits: { ...plenty, ...limits },
    },
    listing.join(""),
  );
  return {
    files: [...files].map(
      ([path, { kind, bytes }]) => `${path} ${kind} ${bytes?.byteLength ?? "-"}`,
    ),
    problems: problems.map(({ code, path = "" }) => `${code} ${path}`.trim()),
  };
}

describe("a tree", () => {
  it("has files with their content, links and submodules without", async () => {
    const listed = [
      { path: "a/b", size: 3 },
      { path: "link", mode: "120000" },
      { path: "module", mode: "160000" },
    ];
    expect(await read(listed)).toEqual({
      files: ["a/b file 3", "link symlink -", "module submodule -"],
      problems: [],
    });
  });

  it("has so many files", async () => {
    const listed = [{ path: "a" }, { path: "b" }, { path: "c" }];
    expect(await read(listed, { maxFiles: 2 })).toEqual({
      files: ["a file 1", "b file 1"],
      problems: ["too-many-files"],
    });
  });

  it("has files up to a size, and so much of all", async () => {
    expect(
      await read(
        [
          { path: "a", size: 11 },
          { path: "b", size: 10 },
        ],
        { maxFileBytes: 10 },
      ),
    ).toEqual({
      files: ["a file -", "b file 10"],
      problems: ["too-large a"],
    });
    const listed = [
      { path: "a", size: 60 },
      { path: "b", size: 60 },
      { path: "c", size: 40 },
    ];
    expect(await read(listed, { maxTotalBytes: 100 })).toEqual({
      files: ["a file 60", "b file -", "c file 40"],
      problems: ["too-large b"],
    });
  });

  it("has no names that lead elsewhere", async () => {
    const listed = [{ path: "../a" }, { path: "a/.git/config" }, { path: "b" }];
    expect(await read(listed)).toEqual({
      files: ["b file 1"],
      problems: ["unsafe-path", "unsafe-path"],
    });
  });
});

it.each(["..", "a/..", "../a", "/a", "a//b", "a/", ".", "./a", "a/./b", "", "a\0b"])(
  "%j is no path of a tree",
  (path) => {
    expect([isTreePath(path), isTakenPath(path)]).toEqual([false, false]);
  },
);

it.each([".git", ".git/config", "a/.git", ".GIT/hooks/x", "a/.Git/x"])(
  "%j is no path of a checkout",
  (path) => {
    expect(isTakenPath(path)).toBe(false);
  },
);

it.each(["a", "a/b", ".gitignore", "a/.github/x", "..a", "a..b/c"])("%j is a path", (path) => {
  expect([isTreePath(path), isTakenPath(path)]).toEqual([true, true]);
});
