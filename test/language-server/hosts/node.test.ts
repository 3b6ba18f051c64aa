/** The server with the real working tree, Git, engine and simulator of this machine. */
import { cpSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { beforeEach, expect, onTestFinished, test } from "vitest";

import { createNodeHost } from "../../../language-server/hosts/node.ts";
import type { PlanParams } from "../../../language-server/protocol.ts";
import { commitFiles, git, temporaryFolder } from "../../support/temporary-repository.ts";
import type { Client } from "../lsp-pair.ts";
import { connect } from "../lsp-pair.ts";

const fixture = fileURLToPath(new URL("../../host/workspace", import.meta.url));
const deployment = "apps/podinfo/deployment.yaml";
const silent = { info() {}, warn() {} };

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  cpSync(fixture, folder, { recursive: true });
});

function initRepository(): void {
  git(folder, "init", "--quiet", "--initial-branch=main");
  commitFiles(folder, {}, "first");
}

async function open(path = folder, settings: object = {}): Promise<Client> {
  const env = { XDG_CACHE_HOME: join(temporaryFolder(), "cache"), HOME: folder };
  const client = await connect(createNodeHost(silent, env), { root: uriOf(path), settings });
  onTestFinished(() => client.stop());
  return client;
}

function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

function changesOf({ plan }: Extract<PlanParams, { state: "ready" }>): readonly string[] {
  return plan.clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ changes }) =>
      changes.map(({ kind, ref }) => `${kind} ${ref.kind} ${ref.namespace}/${ref.name}`),
    ),
  );
}

test("unsaved text, a saved file, a commit and another base", async () => {
  initRepository();
  const client = await open();
  const first = await client.next("ready");
  expect(first.plan.problems).toEqual([]);
  expect(changesOf(first)).toEqual([]);

  const uri = uriOf(join(folder, deployment));
  const before = "replicas: 2\n";
  await client.open(uri, before);
  const broken = await client.next("ready");
  expect(broken.plan.counts.errors).toBeGreaterThan(0);
  await client.close(uri);
  await client.next("ready", ({ plan }) => plan.counts.errors === 0);

  commitFiles(
    folder,
    {
      "infrastructure/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n",
    },
    "second",
  );
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: uriOf(join(folder, ".git/refs/heads/main")), type: 2 }],
  });
  expect(changesOf(await client.next("ready"))).toEqual([]);
  await client.changeSettings({ base: "HEAD~1" });
  const older = await client.next("ready", ({ plan }) => plan.base === "HEAD~1");
  expect([...changesOf(older)].sort()).toEqual([
    "created Namespace /other",
    "deleted Namespace /apps",
  ]);
});

test("merge base with a branch", async () => {
  initRepository();
  git(folder, "checkout", "--quiet", "-b", "topic");
  commitFiles(folder, { "apps/podinfo/settings.yaml": "message: other\n" }, "on the branch");
  git(folder, "checkout", "--quiet", "-b", "work");
  const client = await open(folder, { base: "merge-base:main" });
  const { plan } = await client.next("ready");
  expect(plan.base).toBe("merge base with main");
  expect(plan.counts.created).toBeGreaterThan(0);
  await client.changeSettings({ base: "merge-base:nowhere" });
  const { notes } = await client.next("ready");
  expect(notes.map(({ code }) => code)).toEqual(["base-not-found"]);
});

test("a folder that is renamed on disk", async () => {
  initRepository();
  const client = await open();
  await client.next("ready");
  await rename(join(folder, "infrastructure"), join(folder, "elsewhere"));
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [
      { uri: uriOf(join(folder, "infrastructure")), type: 3 },
      { uri: uriOf(join(folder, "elsewhere")), type: 1 },
    ],
  });
  const { plan } = await client.next("ready");
  expect(plan.problems.map(({ code }) => code)).toContain("path-not-found");
  await rm(join(folder, "elsewhere"), { recursive: true });
});

test("a subfolder of a repository is simulated as the whole repository", async () => {
  initRepository();
  const client = await open(join(folder, "apps"));
  const { folder: root, plan } = await client.next("ready");
  expect(root).toBe(uriOf(folder));
  expect(plan.clusters).toHaveLength(1);
});

test("no Git: Kustomizations and a note", async () => {
  const client = await open();
  const { plan, notes } = await client.next("ready");
  expect(plan.base).toBeUndefined();
  expect(plan.clusters[0]?.appliers).toHaveLength(3);
  expect(notes.map(({ code }) => code)).toEqual(["no-git"]);
});

test("the text of an object on both sides", async () => {
  initRepository();
  const client = await open();
  await client.next("ready");
  const path = join(folder, "apps/podinfo/service.yaml");
  await writeFile(
    path,
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: podinfo\nspec:\n  ports: [{port: 81}]\n",
  );
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: uriOf(path), type: 2 }],
  });
  const { plan, folder: root } = await client.next(
    "ready",
    ({ plan: found }) => found.counts.changed > 0,
  );
  const change = plan.clusters[0]?.appliers
    .flatMap(({ changes }) => changes)
    .find(({ kind }) => kind === "changed");
  expect(change?.origin?.path).toBe("apps/podinfo/service.yaml");
  const ask = (side: string) =>
    client.connection.sendRequest("sluice/objectText", {
      folder: root,
      applier: change?.applier,
      object: "v1/Service/apps/podinfo",
      side,
    });
  expect(await ask("base")).toMatchObject({ text: expect.stringContaining("port: 80") });
  expect(await ask("target")).toMatchObject({ text: expect.stringContaining("port: 81") });
});

test("a folder that isn't there is said in words", async () => {
  const client = await open(join(folder, "missing"));
  expect(await client.next("failed")).toMatchObject({ reason: "unreadable" });
});
