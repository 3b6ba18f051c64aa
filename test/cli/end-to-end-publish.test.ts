/** `sluice publish --diff` with the real program and a real registry: the plan against what the tag leads to, and what it stops. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import type { TestRegistry } from "../support/servers/registry.ts";
import { registryUser, startRegistry } from "../support/servers/registry.ts";
import { temporaryFolder, temporaryRepository } from "../support/temporary-repository.ts";

const program = join(import.meta.dirname, "../../cli/main.ts");

test("the plan is of what the tag leads to, --fail-on stops it, and nothing is replaced unseen", async () => {
  const registry = await startRegistry({ auth: "basic" });
  onTestFinished(() => registry.close());
  const root = temporaryRepository(filesFor(registry, 3));
  const words = ["publish", `oci://${registry.host}/org/fleet:main`, "--revision", "main@sha1:1"];
  const publish = (...more: readonly string[]): Promise<Ended> =>
    sluice(root, ...words, "--source", "https://example.test/fleet", "--diff", ...more);

  const first = await publish("-o", "json");
  expect(first).toMatchObject({ code: 0 });
  expect(first.stderr).toContain("leads to nothing yet");
  expect(first.stderr).toMatch(/Deployment.*web/);
  const { digest } = JSON.parse(first.stdout) as { digest: string };

  // Committed or not is no matter: the registry has three replicas, the disk none.
  writeFileSync(join(root, "apps/web.yaml"), deployment(0));
  const stopped = await publish("--fail-on", "risk");
  expect(stopped).toMatchObject({ code: 1 });
  expect(stopped.stdout).toMatch(/replicas.*3.*0/);
  expect(stopped.stdout).toContain("risk/replicas-zero");
  expect(stopped.stderr).toContain("which is main@sha1:1");
  expect(stopped.stderr).toContain("nothing was published");
  expect(await digestOf(registry)).toBe(digest);

  const dry = await publish("--dry-run");
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.stdout).toContain("Nothing was sent");
  expect(await digestOf(registry)).toBe(digest);

  expect(await publish()).toMatchObject({ code: 0 });
  expect(await digestOf(registry)).not.toBe(digest);
  const again = await publish("--dry-run");
  expect(again.stderr).toContain("The files are the same.");
});

test("a registry that does not let in is told, and HEAD is taken for the artifact", async () => {
  const registry = await startRegistry({ auth: "basic" });
  onTestFinished(() => registry.close());
  const root = temporaryRepository(filesFor(registry, 3));
  writeFileSync(join(root, "apps/web.yaml"), deployment(5));
  const words = ["publish", `oci://${registry.host}/org/fleet:main`, "--dry-run", "--diff"];
  const more = ["--source", "https://example.test/fleet"];
  const ended = await sluice(root, ...words, ...more, "--revision", "no-login");
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stderr).toContain("can't be read, so HEAD is taken for it");
  expect(ended.stdout).toMatch(/replicas.*3.*5/);
});

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

function filesFor({ host }: TestRegistry, replicas: number): Readonly<Record<string, string>> {
  const sync = [
    "apiVersion: source.toolkit.fluxcd.io/v1",
    "kind: OCIRepository",
    "metadata: { name: flux-system, namespace: flux-system }",
    `spec: { interval: 1m, url: "oci://${host}/org/fleet", ref: { tag: main } }`,
    "---",
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    "metadata: { name: flux-system, namespace: flux-system }",
    "spec:",
    "  interval: 1m",
    "  path: ./apps",
    "  prune: true",
    "  sourceRef: { kind: OCIRepository, name: flux-system }",
    "",
  ].join("\n");
  return {
    "clusters/a/flux-system/gotk-sync.yaml": sync,
    "apps/web.yaml": deployment(replicas),
  };
}

async function digestOf({ url }: TestRegistry): Promise<string | null> {
  const { username, password } = registryUser;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const accept = "application/vnd.oci.image.manifest.v1+json";
  const response = await fetch(`${url}/v2/org/fleet/manifests/main`, {
    headers: { accept, authorization },
  });
  expect(response.status).toBe(200);
  return response.headers.get("docker-content-digest");
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the machine's user. The credentials are there unless the revision says otherwise. */
function sluice(cwd: string, ...words: readonly string[]): Promise<Ended> {
  const home = temporaryFolder();
  const { username, password } = registryUser;
  const login = words.includes("no-login")
    ? {}
    : { SLUICE_USERNAME: username, SLUICE_PASSWORD: password };
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    XDG_CACHE_HOME: home,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...login,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}
