// Which trees a request names, on real Git repositories and folders.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { parseCommandLine } from "../../cli/command-line.ts";
import { readRequest } from "../../cli/request.ts";
import { readSides } from "../../cli/sides.ts";
import type { Sides } from "../../cli/sides.ts";
import type { FileTree } from "#simulator";
import { git, writeFiles } from "../support/temporary-repository.ts";

const flux = (path: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: x\nspec:\n  path: ${path}\n`;

let home = "";
const at = (...parts: readonly string[]): string => join(home, ...parts);

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "sluice-sides-")));
  writeFiles(home, {
    "repo/a.yaml": "one",
    "repo/.gitignore": "ignored\n",
    "repo/ignored/x.yaml": "x",
  });
  git(at("repo"), "init", "-q", "-b", "main");
  git(at("repo"), "add", ".");
  git(at("repo"), "commit", "-qm", "one");
  git(at("repo"), "tag", "v1");
  git(at("repo"), "remote", "add", "origin", "https://example.com/team/repo.git");
  git(at("repo"), "checkout", "-qb", "work");
  writeFiles(home, { "repo/a.yaml": "two" });
  git(at("repo"), "commit", "-qam", "two");
  writeFiles(home, { "repo/a.yaml": "three", "repo/new.yaml": "new" });

  writeFiles(home, {
    "mono/clusters/prod/apps.yaml": flux("./apps"),
    "mono/apps/kustomization.yaml": "resources: []",
    "mono/examples/clusters/prod/apps.yaml": flux("./deploy/web"),
    "mono/examples/deploy/web/kustomization.yaml": "resources: []",
  });
  git(at("mono"), "init", "-q", "-b", "main");
  git(at("mono"), "add", ".");
  git(at("mono"), "commit", "-qm", "one");

  writeFiles(home, {
    "plain/a.yaml": "plain",
    "fresh/a.yaml": "fresh",
    "repo/v1/a.yaml": "folder",
  });
  git(at("fresh"), "init", "-q", "-b", "main");
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function sides(...words: readonly string[]): Promise<Sides> {
  const line = parseCommandLine(words);
  if (
    line.verb === undefined ||
    line.verb === "bootstrap" ||
    line.verb === "cache" ||
    line.verb === "completion" ||
    line.verb === "hook" ||
    line.verb === "lsp" ||
    line.verb === "merge" ||
    line.verb === "publish"
  )
    throw new Error("a simulating verb");
  return readSides(readRequest(line.verb, line), new AbortController().signal);
}

function texts(tree: FileTree | undefined): Readonly<Record<string, string>> | undefined {
  if (tree === undefined) return undefined;
  return Object.fromEntries(
    [...tree.files].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]),
  );
}

describe("the sides of a request", () => {
  test("diff compares HEAD with the working tree, new files in and ignored files out", async () => {
    const { base, target, remoteUrls, notes } = await sides("diff", at("repo"));
    expect(texts(base)).toMatchObject({ "a.yaml": "two" });
    expect(texts(base)).not.toHaveProperty(["new.yaml"]);
    expect(texts(target)).toMatchObject({ "a.yaml": "three", "new.yaml": "new" });
    expect(texts(target)).not.toHaveProperty(["ignored/x.yaml"]);
    expect(remoteUrls).toEqual(["https://example.com/team/repo.git"]);
    expect(notes).toEqual([]);
  });

  test("the other verbs have one side", async () => {
    for (const verb of ["build", "tree", "check"])
      expect((await sides(verb, at("repo"))).base).toBeUndefined();
  });

  test.each([
    [["--from", "v1"], "one", "three"],
    [["--from", "merge-base:main"], "one", "three"],
    [["--from", "main", "--to", "HEAD"], "one", "two"],
    [["--to", "main"], "two", "one"],
    [["--from", "HEAD~1", "--to", "work"], "one", "two"],
  ] as const)("diff %j", async (words, before, after) => {
    const { base, target } = await sides("diff", at("repo"), ...words);
    expect(texts(base)?.["a.yaml"]).toBe(before);
    expect(texts(target)?.["a.yaml"]).toBe(after);
  });

  test("a folder can be a side; a revision of the same name comes first unless the name is a path", async () => {
    expect(texts((await sides("diff", at("repo"), "--from", at("plain"))).base)).toEqual({
      "a.yaml": "plain",
    });
    expect(texts((await sides("diff", at("plain"), "--from", at("repo"))).base)).toMatchObject({
      "a.yaml": "three",
    });
    expect(texts((await sides("diff", at("repo"), "--from", at("repo/v1"))).base)).toEqual({
      "a.yaml": "folder",
    });
    expect(texts((await sides("diff", at("repo"), "--from", "v1")).base)?.["a.yaml"]).toBe("one");
  });

  test("before the first commit everything is new", async () => {
    const { base, target } = await sides("diff", at("fresh"));
    expect(base?.files.size).toBe(0);
    expect(texts(target)).toEqual({ "a.yaml": "fresh" });
  });

  test.each([
    ["plain", [], "not in a Git repository"],
    ["plain", ["--from", "HEAD"], "There is no folder of that name"],
    ["repo", ["--from", "nowhere"], "neither a revision nor a folder"],
    ["repo", ["--from", "--upload-pack=x"], "needs a value"],
    ["repo", ["--from=--upload-pack=x"], "neither a revision nor a folder"],
    ["repo", ["--from", "merge-base:nowhere"], '"nowhere" is not a revision'],
    ["plain", ["--from", "merge-base:main"], "needs a Git repository"],
    ["absent", [], "absent"],
    ["plain/a.yaml", [], "not a folder"],
  ] as const)("diff %s %j is refused in words", async (dir, words, message) => {
    await expect(async () => sides("diff", at(dir), ...words)).rejects.toThrow(
      expect.objectContaining({
        name: "UserError",
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});

describe("a folder inside a repository", () => {
  test("is the root when its Flux paths start there, on both sides", async () => {
    const { base, target, prefix, notes } = await sides("diff", at("mono/examples"));
    expect(Object.keys(texts(target) ?? {})).toEqual([
      "clusters/prod/apps.yaml",
      "deploy/web/kustomization.yaml",
    ]);
    expect(texts(base)).toEqual(texts(target));
    expect({ prefix, notes }).toEqual({ prefix: "", notes: [] });
  });

  test("leaves the repository the root when its Flux paths start there, and says so", async () => {
    const { target, prefix, notes } = await sides("build", at("mono/clusters"));
    expect(target.files.has("apps/kustomization.yaml")).toBe(true);
    expect(prefix).toBe("clusters/");
    expect(notes).toEqual([expect.stringContaining("root of the Git repository")]);
  });
});
