/** "Simulate and Publish" in a real VS Code: what is asked and compared, and what arrives at a registry in this process. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { Dialogs } from "../support/dialogs.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { until } from "../support/until.ts";

suite("Simulate and Publish", () => {
  const dialogs = new Dialogs();
  const registry = new MemoryRegistry();
  let address: string;
  let root: string;
  let follower: string;

  suiteSetup(async () => {
    root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    assert.notEqual(root, "");
    address = `oci://${await registry.start()}/org/fleet:main`;
    follower = join(root, "clusters/production/published.yaml");
    writeFileSync(follower, following(address));
    writeMap("one");
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    const api = await extension.activate();
    await until("the first plan", () => api.folders()[0]?.plan);
    await until("VS Code's Git", async () => (await head())?.commit);
    dialogs.open();
  });

  suiteTeardown(() => {
    dialogs.close();
    registry.stop();
    for (const file of [follower, join(root, "published")]) rmSync(file, { recursive: true });
  });

  setup(() => {
    dialogs.clear();
    registry.content.clear();
    registry.onUpload = undefined;
    registry.locked = false;
    writeMap("one");
  });

  test("the folder arrives as an artifact of the commit, under the digest that is said", async () => {
    await publish("Publish");
    const manifest = registry.content.get("main");
    assert.ok(manifest, JSON.stringify(dialogs.all()));
    const { annotations } = JSON.parse(manifest.toString()) as {
      annotations: Record<string, string>;
    };
    const commit = (await head())?.commit;
    assert.equal(annotations["org.opencontainers.image.revision"], `main@sha1:${commit}`);
    const [news] = dialogs.asked("information");
    assert.ok(news?.message.includes(`@${digestOf(manifest)} as main`), news?.message);
    const [question] = dialogs.asked("warning");
    assert.equal(question?.message, `Publish published as ${address}?`);
    assert.match(question.detail, /^There is no artifact yet, so everything is new\.\n1 created/);
    assert.match(question.detail, /2 files are not committed and will be published all the same/);
  });

  test("it is compared with the artifact that is there, and not with what Git has", async () => {
    await publish("Publish");
    dialogs.clear();
    writeMap("two");
    await publish(undefined);
    const commit = (await head())?.commit ?? "";
    const [changed] = dialogs.asked("warning");
    assert.match(changed?.detail ?? "", /^Compared with the artifact that is there now/);
    assert.match(changed?.detail ?? "", new RegExp(`made of main@sha1:${commit.slice(0, 7)}\\.\n`));
    assert.match(changed?.detail ?? "", /\n1 changed\./);
    dialogs.clear();
    writeMap("one");
    await publish(undefined);
    const [same] = dialogs.asked("warning");
    assert.match(same?.detail ?? "", /^The artifact that is there now has the same files/);
    assert.match(same?.detail ?? "", /\nNo changes in any cluster\./);
  });

  test("a tag that somebody else moves meanwhile is not overwritten before the new plan was seen", async () => {
    await publish("Publish");
    const theirs = registry.content.get("main");
    assert.ok(theirs);
    registry.content.delete("main");
    dialogs.clear();
    // While the question stands there was no artifact; when the upload begins there is one.
    registry.onUpload = () => registry.content.set("main", theirs);
    writeMap("three");
    dialogs.answer("warning", "Publish");
    dialogs.answer("warning", "Look at the New Plan");
    await publish(undefined);
    const [first, moved, second] = dialogs.asked("warning");
    assert.match(first?.detail ?? "", /^There is no artifact yet/);
    assert.match(
      moved?.message ?? "",
      /has moved since the plan was made, so nothing was published/,
    );
    assert.match(second?.detail ?? "", /^Compared with the artifact that is there now/);
    assert.equal(registry.content.get("main"), theirs);
  });

  test("an artifact that can't be read is said, with what is compared instead", async () => {
    registry.locked = true;
    await publish(undefined);
    const [question] = dialogs.asked("warning");
    assert.match(question?.detail ?? "", /can't be read, so this is compared with HEAD instead\. /);
    assert.equal(registry.content.size, 0);
  });

  test("whoever cancels has sent nothing", async () => {
    await publish(undefined);
    assert.equal(registry.content.size, 0);
    assert.deepEqual(dialogs.asked("error"), []);
  });

  test("a registry that is not there is said", async () => {
    dialogs.answer("warning", "Publish");
    await publish(undefined, "oci://127.0.0.1:1/org/fleet:main");
    const error = await until("the error", () => dialogs.asked("error")[0]);
    assert.match(error.message, /can't be reached/);
    const [question] = dialogs.asked("warning");
    assert.match(question?.detail ?? "", /No OCIRepository of this repository follows that tag/);
  });

  test("a folder that is not there is said", async () => {
    dialogs.answer("input", address);
    dialogs.answer("input", "gone");
    await vscode.commands.executeCommand("sluice.simulateAndPublish");
    const error = await until("the error", () => dialogs.asked("error")[0]);
    assert.match(error.message, /gone can't be published: it does not exist/);
  });

  /** `answer` to the question after those that are prepared already. */
  async function publish(answer: string | undefined, to = address): Promise<void> {
    dialogs.answer("input", to);
    dialogs.answer("input", "published");
    dialogs.answer("warning", answer);
    await vscode.commands.executeCommand("sluice.simulateAndPublish");
  }

  function writeMap(value: string): void {
    const file = join(root, "published", "map.yaml");
    mkdirSync(join(root, "published"), { recursive: true });
    const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map, namespace: default}\n";
    writeFileSync(file, `${head}data: {key: ${value}}\n`);
  }
});

/** What a cluster needs to apply what is published. */
function following(address: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: published, namespace: flux-system}
spec: {interval: 1m, url: "${address.replace(/:main$/, "")}", ref: {tag: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: published, namespace: flux-system}
spec: {interval: 1m, prune: true, path: ./, sourceRef: {kind: OCIRepository, name: published}}
`;
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

interface Head {
  readonly commit?: string;
}

async function head(): Promise<Head | undefined> {
  const extension = vscode.extensions.getExtension<{
    getAPI(version: 1): { readonly repositories: readonly { state: { HEAD?: Head } }[] };
  }>("vscode.git");
  return (await extension?.activate())?.getAPI(1).repositories[0]?.state.HEAD;
}
