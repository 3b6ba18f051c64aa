/** The gate before `git push` with the real git and the real program, and `sluice publish` without a registry. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  commitFiles,
  git,
  temporaryFolder,
  temporaryRepository,
} from "../support/temporary-repository.ts";
import { ended } from "./program.ts";

const program = join(import.meta.dirname, "../../cli/main.ts");

const deployment = (replicas: number): string =>
  [
    "apiVersion: apps/v1",
    "kind: Deployment",
    "metadata: { name: web, namespace: apps }",
    "spec:",
    `  replicas: ${replicas}`,
    "  selector: { matchLabels: { app: web } }",
    "  template:",
    "    metadata: { labels: { app: web } }",
    "    spec: { containers: [{ name: web, image: web:1 }] }",
    "",
  ].join("\n");
const files = {
  "clusters/a/flux-system/gotk-sync.yaml": [
    "apiVersion: source.toolkit.fluxcd.io/v1",
    "kind: GitRepository",
    "metadata: { name: flux-system, namespace: flux-system }",
    "spec: { interval: 1m, url: https://example.test/fleet, ref: { branch: main } }",
    "---",
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    "metadata: { name: flux-system, namespace: flux-system }",
    "spec:",
    "  interval: 1m",
    "  path: ./apps",
    "  prune: true",
    "  sourceRef: { kind: GitRepository, name: flux-system }",
    "",
  ].join("\n"),
  "apps/web.yaml": deployment(2),
};

test("a push with a risk is given up, one without goes, and --no-verify skips the gate", async () => {
  const { root, bare } = await gated();
  const harmless = commitFiles(root, { "apps/web.yaml": deployment(3) }, "three");
  expect(await push(root)).toMatchObject({ code: 0 });
  expect(git(bare, "rev-parse", "main")).toBe(harmless);
  const risky = commitFiles(root, { "apps/web.yaml": deployment(0) }, "none");
  const stopped = await push(root);
  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toContain("risk/replicas-zero");
  expect(git(bare, "rev-parse", "main")).toBe(harmless);
  expect(await push(root, "--no-verify")).toMatchObject({ code: 0 });
  expect(git(bare, "rev-parse", "main")).toBe(risky);
});

test("new branches are compared with where they began; tags and deletions go through", async () => {
  const { root, bare } = await gated();
  git(root, "switch", "--quiet", "--create", "feature");
  commitFiles(root, { "apps/web.yaml": deployment(0) }, "none");
  expect((await push(root, "HEAD:feature")).output).toContain("feature has risks");
  git(root, "tag", "v1");
  expect(await push(root, "v1")).toMatchObject({ code: 0 });
  expect(await push(root, ":v1")).toMatchObject({ code: 0 });
  expect(git(bare, "tag")).toBe("");
});

test("a commit whose plan was confirmed is not simulated again", async () => {
  const { root } = await gated();
  const commit = commitFiles(root, { "apps/web.yaml": deployment(0) }, "none");
  const confirmed = { SLUICE_CONFIRMED_COMMIT: commit };
  expect(await run("git", ["push", "--quiet", "origin", "main"], root, confirmed)).toMatchObject({
    code: 0,
  });
});

test("the gate of --fail-on decides", async () => {
  const { root } = await gated("--fail-on", "risk=high");
  commitFiles(root, { "apps/web.yaml": deployment(0) }, "none");
  expect(await push(root)).toMatchObject({ code: 0 });
});

test("a hook that is there already runs first, and is back after the removal", async () => {
  const root = temporaryRepository(files);
  const hook = join(root, ".git/hooks/pre-push");
  const theirs = "#!/bin/sh\ncat > pushed.txt\nexit 3\n";
  mkdirSync(join(root, ".git/hooks"), { recursive: true });
  writeFileSync(hook, theirs);
  chmodSync(hook, 0o755);
  const { bare } = await gate(root);
  commitFiles(root, { "apps/web.yaml": deployment(3) }, "three");
  expect((await push(root)).code).not.toBe(0);
  expect(readFileSync(join(root, "pushed.txt"), "utf8")).toContain("refs/heads/main");
  expect(git(bare, "log", "--format=%s", "main")).toBe("first");
  expect(await sluice(root, "hook", "remove")).toMatchObject({ code: 0 });
  expect(readFileSync(hook, "utf8")).toBe(theirs);
  expect(existsSync(`${hook}.before-sluice`)).toBe(false);
});

test("core.hooksPath of the repository is respected, and installing twice changes nothing", async () => {
  const root = temporaryRepository(files);
  git(root, "config", "core.hooksPath", ".githooks");
  const first = await sluice(root, "hook", "install");
  const text = readFileSync(join(root, ".githooks/pre-push"), "utf8");
  expect(await sluice(root, "hook", "install")).toEqual(first);
  expect(readFileSync(join(root, ".githooks/pre-push"), "utf8")).toBe(text);
  expect(existsSync(join(root, ".git/hooks/pre-push"))).toBe(false);
});

test("what others look after is refused and left as it is", async () => {
  const root = temporaryRepository(files);
  mkdirSync(join(root, ".git/hooks"), { recursive: true });
  symlinkSync("/bin/true", join(root, ".git/hooks/pre-push"));
  expect(await sluice(root, "hook", "install")).toMatchObject({ code: 2 });
  expect(await sluice(root, "hook", "remove")).toMatchObject({ code: 2 });
  const shared = join(temporaryFolder(), "gitconfig");
  writeFileSync(shared, "[core]\n\thooksPath = /somewhere\n");
  const refused = await run(process.execPath, [program, "hook", "install"], root, {
    GIT_CONFIG_GLOBAL: shared,
  });
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.output).toContain("core.hooksPath is set for all repositories");
});

test("publish --dry-run gives the same digest each time, and takes source and revision from Git", async () => {
  const root = temporaryRepository(files);
  git(root, "remote", "add", "origin", "https://user:secret@example.test/fleet");
  const words = ["publish", "oci://127.0.0.1:1/org/fleet:v1", "--dry-run", "--reproducible"];
  const one = await sluice(root, ...words, "-o", "json");
  expect(one).toMatchObject({ code: 0 });
  expect(JSON.parse(one.output)).toMatchObject({ tag: "v1", files: 2, pushed: false });
  expect(one.output).not.toContain("secret");
  expect(await sluice(root, ...words, "-o", "json")).toEqual(one);
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

async function gated(...options: readonly string[]) {
  return gate(temporaryRepository(files), ...options);
}

async function gate(root: string, ...options: readonly string[]) {
  const bare = join(temporaryFolder(), "fleet.git");
  execFileSync("git", ["clone", "--quiet", "--bare", root, bare]);
  git(root, "remote", "add", "origin", bare);
  git(root, "fetch", "--quiet", "origin");
  expect(await sluice(root, "hook", "install", ...options)).toMatchObject({ code: 0 });
  return { root, bare };
}

function push(root: string, ...words: readonly string[]): Promise<Ended> {
  const what = words.some((word) => !word.startsWith("-")) ? [] : ["main"];
  const flags = words.filter((word) => word.startsWith("-"));
  const refs = words.filter((word) => !word.startsWith("-"));
  return run("git", ["push", "--quiet", ...flags, "origin", ...refs, ...what], root);
}

function sluice(root: string, ...words: readonly string[]): Promise<Ended> {
  return run(process.execPath, [program, ...words], root);
}

async function run(
  file: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await ended(file, words, { cwd, home: temporaryFolder(), env });
  return { code, output: `${stdout}${stderr}` };
}
