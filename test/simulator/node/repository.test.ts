/** Revisions read by both adapters: the same answers from the git executable and from isomorphic-git. */
import { renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import {
  openRepository,
  type Repository,
  type RepositoryOptions,
} from "../../../simulator/node/repository.ts";
import { openWorkingTree } from "../../../simulator/node/working-tree.ts";
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

async function open(root: string, options: RepositoryOptions): Promise<Repository> {
  const repository = await openRepository(root, options);
  if (repository === undefined) throw new Error("no repository");
  onTestFinished(() => repository.dispose());
  return repository;
}

/** Loose and packed objects, deltas, an executable, a symlink, a submodule, odd names. */
function variedRepository(): string {
  const root = temporaryRepository({
    "a.yaml": "a: 1\n",
    "dir/long.yaml": Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join(""),
    "dir/run.sh": "#!/bin/sh\n",
    'name with spaces/ümläut\t"x".yaml': "odd\n",
    empty: "",
    bin: new Uint8Array([0, 1, 2, 255]),
  });
  git(root, "update-index", "--chmod=+x", "dir/run.sh");
  git(
    root,
    "update-index",
    "--add",
    "--cacheinfo",
    `120000,${git(root, "hash-object", "-w", "a.yaml")},link`,
  );
  git(root, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
  git(root, "commit", "--quiet", "--message", "kinds");
  git(root, "checkout", "--quiet", "--force", "HEAD");
  commitFiles(
    root,
    { "dir/long.yaml": Array.from({ length: 201 }, (_, i) => `line ${i}\n`).join("") },
    "longer",
  );
  git(root, "gc", "--quiet");
  commitFiles(root, { "loose.yaml": "loose\n" }, "loose");
  return root;
}

describe("the two adapters", () => {
  it("read identical trees", async () => {
    const root = variedRepository();
    const [first, second] = await Promise.all(adapters.map(([, options]) => open(root, options)));
    for (const rev of ["HEAD", "HEAD~1", "HEAD~2", "main^"]) {
      const [a, b] = [await first?.readTree(rev), await second?.readTree(rev)];
      expect(a?.files.size).toBeGreaterThan(6);
      expect(a).toEqual(b);
      expect(JSON.stringify([...(a?.files ?? [])])).toBe(JSON.stringify([...(b?.files ?? [])]));
    }
    expect([first?.adapter, second?.adapter]).toEqual(["git", "isomorphic-git"]);
  });
});

describe.each(adapters)("revisions by %s", (_, options) => {
  it("have the contents of git", async () => {
    const root = variedRepository();
    const { files, revision } = await (await open(root, options)).readTree("HEAD");
    const listed = git(root, "ls-tree", "-r", "-z", "HEAD").split("\0").filter(Boolean);
    expect([...files].map(([path, { id }]) => `${id}\t${path}`)).toEqual(
      listed
        .map((line) => line.slice(line.indexOf(" ", 7) + 1))
        .sort((a, b) => (a.slice(41) < b.slice(41) ? -1 : 1)),
    );
    expect(files.get("module")).toEqual({ id: "1".repeat(40), size: 0, kind: "submodule" });
    expect(files.get("link")).toEqual({
      id: git(root, "rev-parse", "HEAD:link"),
      size: 5,
      kind: "symlink",
    });
    expect(files.get("bin")?.bytes).toEqual(new Uint8Array([0, 1, 2, 255]));
    expect(revision).toBe(`main@sha1:${git(root, "rev-parse", "HEAD")}`);
  });

  it("take from a known tree what is equal, and read the rest", async () => {
    const root = temporaryRepository({ "a.yaml": "same", "copy.yaml": "same", "b.yaml": "old" });
    writeFileSync(join(root, "b.yaml"), "new");
    const working = await (await openWorkingTree(root)).read();
    const head = await (await open(root, options)).readTree("HEAD", working);
    expect(head.files.get("a.yaml")).toBe(working.files.get("a.yaml"));
    expect(head.files.get("copy.yaml")).toBe(working.files.get("copy.yaml"));
    expect(new TextDecoder().decode(head.files.get("b.yaml")?.bytes)).toBe("old");
  });

  it("are found by what people type", async () => {
    const root = temporaryRepository({ a: "1" });
    const first = git(root, "rev-parse", "HEAD");
    const second = commitFiles(root, { a: "2" }, "second");
    git(root, "tag", "--annotate", "--message", "x", "v1.0.0", first);
    git(root, "branch", "feature/x", first);
    git(root, "update-ref", "refs/remotes/origin/prod", first);
    const repository = await open(root, options);
    const cases: Record<string, string | undefined> = {
      HEAD: `main@sha1:${second}`,
      "@": `main@sha1:${second}`,
      main: `main@sha1:${second}`,
      "refs/heads/main": `main@sha1:${second}`,
      "feature/x": `feature/x@sha1:${first}`,
      "origin/prod": `prod@sha1:${first}`,
      "v1.0.0": `sha1:${first}`,
      "main~1": `sha1:${first}`,
      "HEAD^": `sha1:${first}`,
      [first]: `sha1:${first}`,
      [first.slice(0, 8)]: `sha1:${first}`,
      "HEAD~5": undefined,
      nowhere: undefined,
      "": undefined,
      "--help": undefined,
      "-c core.pager=x": undefined,
      "main\nmain": undefined,
      [`${first}:a`]: undefined,
      ["0".repeat(40)]: undefined,
    };
    const found = Object.keys(cases).map(
      async (rev) => [rev, (await repository.resolve(rev))?.revision] as const,
    );
    expect(Object.fromEntries(await Promise.all(found))).toEqual(cases);
    await expect(repository.readTree("nowhere")).rejects.toMatchObject({ name: "UserError" });
  });

  it("have a merge base", async () => {
    const root = temporaryRepository({ a: "1" });
    const base = git(root, "rev-parse", "HEAD");
    git(root, "checkout", "--quiet", "-b", "feature");
    commitFiles(root, { b: "1" }, "feature");
    git(root, "checkout", "--quiet", "main");
    commitFiles(root, { c: "1" }, "main");
    git(root, "checkout", "--quiet", "--orphan", "alone");
    commitFiles(root, { d: "1" }, "alone");
    const repository = await open(root, options);
    expect(await repository.mergeBase("main", "feature")).toEqual({ found: true, commit: base });
    expect(await repository.mergeBase("main", "alone")).toMatchObject({ found: false });
    expect(await repository.mergeBase("main", "nowhere")).toMatchObject({ found: false });
  });

  it("of a shallow clone say that the history is missing", async () => {
    const origin = temporaryRepository({ a: "1" });
    git(origin, "branch", "feature");
    commitFiles(origin, { a: "2" }, "second");
    commitFiles(origin, { a: "3" }, "third");
    git(origin, "checkout", "--quiet", "feature");
    commitFiles(origin, { b: "1" }, "other");
    const root = temporaryFolder();
    git(root, "clone", "--quiet", "--depth=1", "--no-single-branch", `file://${origin}`, ".");
    const repository = await open(root, options);
    const answer = await repository.mergeBase("origin/main", "HEAD");
    expect(answer).toEqual({
      found: false,
      message: expect.stringContaining("--unshallow") as string,
    });
    expect([...(await repository.readTree("origin/main")).files.keys()]).toEqual(["a"]);
  });

  it("are read from bare repositories and linked worktrees", async () => {
    const root = temporaryRepository({ a: "1" });
    const bare = join(temporaryFolder(), "bare.git");
    git(root, "clone", "--quiet", "--bare", root, bare);
    const linked = join(temporaryFolder(), "linked");
    git(root, "worktree", "add", "--quiet", "-b", "other", linked);
    const commit = commitFiles(linked, { b: "2" }, "other");
    const fromBare = await open(bare, options);
    expect([fromBare.root, (await fromBare.readTree("main")).files.size]).toEqual([bare, 1]);
    const fromLinked = await open(linked, options);
    expect(await fromLinked.resolve("HEAD")).toEqual({
      commit,
      branch: "other",
      revision: `other@sha1:${commit}`,
    });
    expect([...(await fromLinked.readTree("HEAD")).files.keys()]).toEqual(["a", "b"]);
    expect((await fromLinked.resolve("main"))?.branch).toBe("main");
  });

  it("have no HEAD before the first commit", async () => {
    const root = temporaryFolder();
    git(root, "init", "--quiet");
    const repository = await open(root, options);
    expect(await repository.resolve("HEAD")).toBeUndefined();
    await expect(repository.readTree("HEAD")).rejects.toMatchObject({ name: "UserError" });
  });

  it("name the remotes, origin first", async () => {
    const root = temporaryRepository({ a: "1" });
    git(root, "remote", "add", "a-fork", "git@example.test:me/repo.git");
    git(root, "remote", "add", "origin", "https://example.test/us/repo");
    expect(await (await open(root, options)).remoteUrls()).toEqual([
      "https://example.test/us/repo",
      "git@example.test:me/repo.git",
    ]);
  });

  it("keep large files without their bytes", async () => {
    const root = temporaryRepository({ large: "x".repeat(2000), small: "s" });
    const tree = await (await open(root, { ...options, maxFileBytes: 1000 })).readTree("HEAD");
    expect(tree.files.get("large")).toEqual({
      id: git(root, "hash-object", "large"),
      size: 2000,
      kind: "file",
    });
    expect(tree.problems.map(({ code, path }) => [code, path])).toEqual([["too-large", "large"]]);
    const few = await (await open(root, { ...options, maxFiles: 1 })).readTree("HEAD");
    expect([few.files.size, few.problems.map(({ code }) => code)]).toEqual([1, ["too-many-files"]]);
  });

  it("ignore replacement objects, as Flux does", async () => {
    const root = temporaryRepository({ a: "real" });
    writeFileSync(join(root, "a"), "fake");
    git(root, "replace", git(root, "rev-parse", "HEAD:a"), git(root, "hash-object", "-w", "a"));
    const tree = await (await open(root, options)).readTree("HEAD");
    expect(new TextDecoder().decode(tree.files.get("a")?.bytes)).toBe("real");
  });

  it("can be cancelled", async () => {
    const repository = await open(temporaryRepository({ a: "1" }), options);
    await expect(repository.readTree("HEAD", undefined, AbortSignal.abort())).rejects.toMatchObject(
      { name: "AbortError" },
    );
  });
});

describe("the git executable", () => {
  it("gives files of a SHA-256 repository the ids of all other trees", async () => {
    const root = temporaryFolder();
    git(root, "init", "--quiet", "--object-format=sha256", "--initial-branch=main");
    commitFiles(root, { "a.yaml": "a" }, "first");
    const working = await (await openWorkingTree(root)).read();
    const head = await (await open(root, {})).readTree("HEAD");
    expect(head.files.get("a.yaml")).toEqual(working.files.get("a.yaml"));
    expect(head.revision).toMatch(/^main@sha256:[0-9a-f]{64}$/);
  });

  it("runs no command that a partial clone names for missing objects", async () => {
    const root = temporaryRepository({ "a.yaml": "a", "b.yaml": "b" });
    const marker = join(temporaryFolder(), "ran");
    git(root, "config", "extensions.partialClone", "origin");
    git(root, "config", "core.repositoryFormatVersion", "1");
    git(root, "config", "remote.origin.url", "ssh://127.0.0.1/x");
    git(root, "config", "remote.origin.promisor", "true");
    git(root, "config", "core.sshCommand", `touch ${marker}; false`);
    const id = git(root, "rev-parse", "HEAD:b.yaml");
    const object = join(root, ".git/objects", id.slice(0, 2), id.slice(2));
    renameSync(object, `${object}.gone`);
    const tree = await (await open(root, {})).readTree("HEAD");
    expect([...tree.files.keys()]).toEqual(["a.yaml"]);
    expect(tree.problems.map(({ code, path }) => [code, path])).toEqual([["unreadable", "b.yaml"]]);
    expect(statSync(marker, { throwIfNoEntry: false })).toBeUndefined();
  });

  it("hands over to isomorphic-git when it does not trust the owner", async () => {
    const root = temporaryRepository({ a: "1" });
    const distrusting = join(temporaryFolder(), "git");
    writeFileSync(distrusting, '#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"\n', {
      mode: 0o755,
    });
    const repository = await open(root, { git: distrusting });
    expect([repository.adapter, (await repository.readTree("HEAD")).files.size]).toEqual([
      "isomorphic-git",
      1,
    ]);
  });

  it("answers again after its idle processes were ended", async () => {
    const repository = await open(temporaryRepository({ a: "1" }), {});
    const first = await repository.readTree("HEAD");
    repository.dispose();
    expect(await repository.readTree("HEAD")).toEqual(first);
  });
});

describe("a folder without a repository", () => {
  it("has none", async () => {
    expect(await openRepository(temporaryFolder())).toBeUndefined();
  });
});
