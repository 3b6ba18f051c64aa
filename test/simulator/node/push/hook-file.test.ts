/** Where the hook before a push is put: linked working trees and submodules have their hooks elsewhere than in their `.git`. */
import { existsSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { hookState, installHook, removeHook } from "../../../../simulator/node/push/index.ts";
import {
  git,
  temporaryFolder,
  temporaryRepository,
} from "../../../support/temporary-repository.ts";

beforeEach(() => {
  vi.stubEnv("GIT_CONFIG_GLOBAL", "/dev/null");
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const options = { failOn: "risk=high" };

test("the state names the file, the gate and the hook that runs before it", async () => {
  const root = temporaryRepository({ a: "a" });
  const file = join(root, ".git", "hooks", "pre-push");
  expect(await hookState(root)).toEqual({ file, installed: false });
  expect(await installHook(root, options)).toEqual({ file, installed: true, failOn: "risk=high" });
  expect(await installHook(root, { failOn: "error" })).toMatchObject({ failOn: "error" });
  expect(await removeHook(root)).toEqual({ file, installed: false });
  expect(existsSync(file)).toBe(false);
});

test("a linked working tree shares the hook of its repository", async () => {
  const root = temporaryRepository({ a: "a" });
  const linked = join(temporaryFolder(), "linked");
  git(root, "worktree", "add", "--quiet", linked);
  const { file } = await installHook(linked, options);
  expect(file).toBe(join(root, ".git", "hooks", "pre-push"));
  expect(await hookState(root)).toMatchObject({ installed: true });
  await removeHook(root);
  expect(await hookState(linked)).toMatchObject({ installed: false });
});

test("a hooks folder of the repository is below each of its working trees", async () => {
  const root = temporaryRepository({ a: "a" });
  git(root, "config", "core.hooksPath", ".githooks");
  const linked = join(temporaryFolder(), "linked");
  git(root, "worktree", "add", "--quiet", linked);
  expect((await installHook(linked, options)).file).toBe(join(linked, ".githooks", "pre-push"));
  expect(await hookState(root)).toMatchObject({ installed: false });
});

test("a submodule has a hook of its own", async () => {
  const root = temporaryRepository({ a: "a" });
  const module = temporaryRepository({ m: "m" });
  git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", module, "module");
  const { file } = await installHook(join(root, "module"), options);
  expect(file).toContain(["modules", "module", "hooks", "pre-push"].join(sep));
  expect(readFileSync(file, "utf8")).toContain("--fail-on 'risk=high'");
  expect(await hookState(root)).toMatchObject({ installed: false });
});

test("a folder that is no repository is said", async () => {
  await expect(hookState(temporaryFolder())).rejects.toMatchObject({ name: "UserError" });
});
