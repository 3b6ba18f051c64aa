/**
 * "Simulate and Push" in a real VS Code with its own Git, against a real Git server that wants a password: what the question says,
 * what arrives, and what is said when the server refuses. Only the dialogs are answered by the test.
 */
import assert from "node:assert/strict";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as vscode from "vscode";

import { FakeApiServer } from "../extension/cluster/fake-api-server.ts";
import { failed, gitRepository, kustomization, ready } from "../extension/cluster/live-objects.ts";
import type { Asked, DialogKind } from "../support/dialogs.ts";
import { git, PushWorkspace } from "../support/push-workspace.ts";
import { until } from "../support/until.ts";

const sourced = { sourceRef: { kind: "GitRepository", name: "flux-system" } };
const owned = {
  labels: {
    "kustomize.toolkit.fluxcd.io/name": "flux-system",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  },
};

suite("Simulate and Push", () => {
  const workspace = new PushWorkspace();
  const { dialogs } = workspace;

  suiteSetup(() => workspace.open());
  suiteTeardown(() => workspace.close());
  setup(() => workspace.reset());

  test("the plan of the commit is shown in one question, and the commit arrives", async () => {
    const commit = workspace.commitReplicas(3);
    dialogs.answer("warning", "Push");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    assert.equal(git(workspace.bare, "rev-parse", "main"), commit);
    const [question] = dialogs.asked("warning");
    assert.equal(question?.message, "Push 1 commit of main to origin/main?");
    assert.match(question.detail, /^1 changed\./);
    assert.match(question.detail, new RegExp(`Commit ${commit.slice(0, 7)}\\.`));
    await until("the good news", () =>
      dialogs.asked("information").some(({ message }) => message.startsWith("Pushed 1 commit")),
    );
  });

  test("the whole plan opens beside a smaller question", async () => {
    const commit = workspace.commitReplicas(9);
    dialogs.answer("warning", "Show Plan");
    dialogs.answer("information", "Push");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    assert.equal(git(workspace.bare, "rev-parse", "main"), commit);
    const uri = vscode.Uri.from({ scheme: "sluice-push", path: "/Push.md" });
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(text, /^# Push 1 commit of main to origin\/main\?/);
    assert.match(text, /changed: `Deployment apps\/podinfo`/);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  test("whoever cancels has pushed nothing", async () => {
    workspace.commitReplicas(4);
    dialogs.answer("warning", undefined);
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    assert.equal(git(workspace.bare, "rev-parse", "main"), workspace.start);
    assert.deepEqual(dialogs.asked("error"), []);
  });

  test("what is not committed is asked about, committed, and then part of the plan", async () => {
    workspace.writeReplicas(5);
    dialogs.answer("warning", "Commit…");
    dialogs.answer("input", "five replicas");
    dialogs.answer("warning", "Push");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    assert.equal(git(workspace.bare, "log", "-1", "--format=%s", "main"), "five replicas");
    assert.equal(git(workspace.root, "status", "--porcelain"), "");
    assert.match(dialogs.asked("warning")[0]?.message ?? "", /^1 file is not committed/);
  });

  test("a risk that the gate stops on is not pushed by a click", async () => {
    workspace.commitReplicas(0);
    const settings = vscode.workspace.getConfiguration("sluice");
    await settings.update("push.stopOn", "low", vscode.ConfigurationTarget.Global);
    try {
      dialogs.answer("warning", "Push Anyway…");
      dialogs.answer("input", undefined);
      await vscode.commands.executeCommand("sluice.simulateAndPush");
      assert.equal(git(workspace.bare, "rev-parse", "main"), workspace.start);
      const [question] = dialogs.asked("warning");
      assert.deepEqual(question?.items, ["Push Anyway…", "Show Plan"]);
      assert.match(question.detail, /^• (High|Medium|Low) risk: /m);
      assert.match(dialogs.asked("input")[0]?.message ?? "", /1 risk$/);
    } finally {
      await settings.update("push.stopOn", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test("a branch that has moved is said, and the commit stays", async () => {
    const commit = workspace.commitReplicas(6);
    const theirs = commitElsewhere();
    dialogs.answer("warning", "Push");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    const error = await until("the error", () => dialogs.asked("error")[0]);
    assert.match(error.message, /has commits that are not here.*your commit is still here/);
    assert.equal(git(workspace.bare, "rev-parse", "main"), theirs);
    assert.equal(git(workspace.root, "rev-parse", "HEAD"), commit);
  });

  test("an expired token is said, and signing in is offered", async () => {
    workspace.password = "another password";
    workspace.commitReplicas(7);
    dialogs.answer("warning", "Push");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    const [error] = dialogs.asked("error");
    assert.match(error?.message ?? "", /does not accept the credentials/);
    assert.deepEqual(error?.items, ["Sign In and Push"]);
    assert.ok(!JSON.stringify(dialogs.all()).includes("first password"));
    assert.equal(git(workspace.bare, "rev-parse", "main"), workspace.start);
  });

  test("a hook of the server that refuses is heard", async () => {
    const hook = join(workspace.bare, "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n");
    chmodSync(hook, 0o755);
    try {
      workspace.commitReplicas(8);
      dialogs.answer("warning", "Push");
      await vscode.commands.executeCommand("sluice.simulateAndPush");
      const error = await until("the error", () => dialogs.asked("error")[0]);
      assert.match(error.message, /main is protected/);
    } finally {
      rmSync(hook);
    }
  });

  suite("with a cluster that follows the branch", () => {
    const cluster = new FakeApiServer();
    const kubeconfig = join(workspace.served, "kubeconfig");
    const settings = (): vscode.WorkspaceConfiguration =>
      vscode.workspace.getConfiguration("sluice.cluster");

    suiteSetup(async () => {
      await cluster.start();
      putObjects(workspace.start);
      writeFileSync(
        kubeconfig,
        `current-context: one
clusters: [{name: here, cluster: {server: "${cluster.url}"}}]
users: [{name: me, user: {token: t}}]
contexts: [{name: one, context: {cluster: here, user: me}}]
`,
      );
      await settings().update("kubeconfig", kubeconfig, vscode.ConfigurationTarget.Global);
      const { live } = workspace.api;
      assert.ok(live);
      await live.clusters.load();
      live.clusters.connect("one");
      await until("the objects", () => live.clusters.index("one").size === 4);
    });

    suiteTeardown(async () => {
      workspace.api.live?.clusters.disconnect("one");
      await settings().update("kubeconfig", undefined, vscode.ConfigurationTarget.Global);
      await cluster.stop();
    });

    test("the commit is followed until everything it changes is ready", async () => {
      const commit = workspace.commitReplicas(3);
      dialogs.answer("warning", "Push");
      const ended = vscode.commands.executeCommand("sluice.simulateAndPush");
      await until("the offer", () => asked("information", /^one will fetch/));
      assert.ok(!asked("information", / is live in one/));
      putObjects(commit);
      await ended;
      const news = await until("the good news", () => asked("information", / is live in one/));
      // The source, the root and what it applies; infrastructure is not touched.
      assert.equal(news.message, `${commit.slice(0, 7)} is live in one: all 3 objects are ready.`);
    });

    test("what fails is named with its reason", async () => {
      putObjects(workspace.start);
      const commit = workspace.commitReplicas(4);
      dialogs.answer("warning", "Push");
      const ended = vscode.commands.executeCommand("sluice.simulateAndPush");
      await until("the offer", () => asked("information", /^one will fetch/));
      putObjects(commit);
      const message = "Deployment/apps/podinfo dry-run failed: no";
      cluster.put(
        kustomization("apps", {
          metadata: owned,
          spec: sourced,
          status: {
            ...failed("ReconciliationFailed", message),
            lastAttemptedRevision: `main@sha1:${commit}`,
          },
        }),
      );
      await ended;
      const error = await until("the error", () => asked("error", /apps failed/));
      assert.ok(error.message.includes(message));
      assert.deepEqual(error.items, ["Show in Cluster"]);
    });

    function putObjects(commit: string): void {
      const revision = `main@sha1:${commit}`;
      const applied = { lastAppliedRevision: revision, lastAttemptedRevision: revision };
      cluster.put(
        gitRepository("flux-system", {
          spec: { url: workspace.url, ref: { branch: "main" } },
          status: { ...ready("stored artifact"), artifact: { revision } },
        }),
      );
      const status = { ...ready(), ...applied };
      cluster.put(kustomization("flux-system", { spec: sourced, status }));
      for (const name of ["apps", "infrastructure"])
        cluster.put(kustomization(name, { metadata: owned, spec: sourced, status }));
    }

    function asked(kind: DialogKind, pattern: RegExp): Asked | undefined {
      return dialogs.asked(kind).find(({ message }) => pattern.test(message));
    }
  });

  test("without commits there is nothing to push", async () => {
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    const error = await until("the answer", () => dialogs.asked("error")[0]);
    assert.match(error.message, /^There is nothing to push/);
  });

  function commitElsewhere(): string {
    const other = join(workspace.served, "other");
    git(workspace.served, "clone", "--quiet", workspace.bare, other);
    writeFileSync(join(other, "theirs.txt"), "theirs\n");
    git(other, "add", "--all");
    git(other, "commit", "--quiet", "--message", "theirs");
    git(other, "push", "--quiet", "origin", "HEAD:main");
    return git(workspace.bare, "rev-parse", "main");
  }
});
