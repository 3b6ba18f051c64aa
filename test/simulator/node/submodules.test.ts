/** Submodules that a repository names: how many, how deep, where they go and where they come from. */
import { describe, expect, it } from "vitest";

import type { GitSourceRequest, SourceAnswer, TreeFile } from "#simulator";

import { RefusedError } from "../../../simulator/node/network-guard.ts";
import { fileOf } from "../../../simulator/node/read-tree.ts";
import { createSources } from "../../../simulator/node/sources.ts";
import { withSubmodules } from "../../../simulator/node/submodules.ts";
import { describeAnswer, optionsOf, serve } from "../../support/sources.ts";
import { git, temporaryRepository } from "../../support/temporary-repository.ts";

const commit = "1".repeat(40);
const own = new URL("https://example.test/org/repo");

/** Lays in modules by path and address; gives the paths of the tree and what was fetched. */
async function laidIn(modules: Readonly<Record<string, string>>) {
  const fetched: string[] = [];
  const text = Object.entries(modules).map(
    ([path, url]) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`,
  );
  const files = new Map<string, TreeFile>([
    [".gitmodules", fileOf(new TextEncoder().encode(text.join("")))],
    ...Object.keys(modules).map(
      (path) => [path, { id: commit, size: 0, kind: "submodule" }] as const,
    ),
  ]);
  const tree = { label: "", revision: "", files, problems: [] };
  const fetch = ({ url }: GitSourceRequest): Promise<SourceAnswer> => {
    fetched.push(url);
    const inside = new Map([["in", fileOf(new Uint8Array())]]);
    return Promise.resolve({
      outcome: "available",
      tree: { label: "", revision: "", files: inside },
    });
  };
  const { files: found } = await withSubmodules(tree, own, fetch);
  return { paths: [...found.keys()].filter((path) => path !== ".gitmodules"), fetched };
}

const numbered = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, "../m"]));

describe("a submodule", () => {
  it("comes from an address, or from beside the repository", async () => {
    expect(await laidIn({ a: "https://other.test/a", b: "../b", c: "git@other.test:c" })).toEqual({
      paths: ["a/in", "b/in", "c/in"],
      fetched: ["https://other.test/a", "https://example.test/org/b", "ssh://git@other.test/c"],
    });
  });

  it("comes from nowhere that a source may not come from", async () => {
    for (const url of ["ext::sh -c id", "file:///etc", "/etc", "-oProxyCommand=id"])
      await expect(laidIn({ a: url })).rejects.toThrow(RefusedError);
  });

  it.each(["../a", "/etc", "a/../../b"])("goes nowhere out of the tree: %s", async (path) => {
    expect(await laidIn({ [path]: "../m" })).toEqual({ paths: [path], fetched: [] });
  });

  it("is one of fifty at most", async () => {
    expect((await laidIn(numbered(50))).fetched).toHaveLength(50);
    await expect(laidIn(numbered(51))).rejects.toMatchObject({ reason: "too-large" });
  });
});

it("submodules in submodules are followed five levels deep", async () => {
  const gitmodules = '[submodule "m"]\n\tpath = m\n\turl = ./\n';
  const repository = temporaryRepository({ ".gitmodules": gitmodules });
  for (let level = 1; level <= 6; level++) {
    const inner = git(repository, "rev-parse", "HEAD");
    git(repository, "update-index", "--add", "--cacheinfo", `160000,${inner},m`);
    git(repository, "commit", "--quiet", "--message", "deeper");
  }
  const { url } = await serve(repository);
  const request = { kind: "git", url: `${url}/repo`, submodules: true } as const;
  expect(describeAnswer(await createSources(optionsOf()).fetch(request))).toBe("too-large");
  const [, ref] = git(repository, "log", "--format=%H").split("\n");
  const five = await createSources(optionsOf()).fetch({ ...request, ref: ref ?? "" });
  expect(JSON.stringify(describeAnswer(five))).toContain('"m/m/m/m/m/.gitmodules"');
});
