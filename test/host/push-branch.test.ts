/**
 * What "Simulate and Push" does before it pushes, in a real VS Code with its own Git: what is committed and how it is signed, which
 * branch goes where, and what can't be pushed.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as vscode from "vscode";

import { deployment, git, PushWorkspace } from "../support/push-workspace.ts";
import { until } from "../support/until.ts";

type Task = Parameters<typeof vscode.window.withProgress>[1];

suite("Simulate and Push: commits and branches", () => {
  const workspace = new PushWorkspace();
  const { dialogs } = workspace;

  suiteSetup(() => workspace.open());
  suiteTeardown(() => workspace.close());
  setup(() => workspace.reset());

  test("whoever cancels the simulation is not told of a bug, and nothing is pushed", async () => {
    workspace.commitReplicas(4);
    const real = vscode.window.withProgress;
    vscode.window.withProgress = ((options: vscode.ProgressOptions, task: Task) => {
      if (options.title !== "Simulating the push") return real(options, task);
      const source = new vscode.CancellationTokenSource();
      const done = task({ report: () => undefined }, source.token);
      source.cancel();
      return done;
    }) as typeof vscode.window.withProgress;
    try {
      await vscode.commands.executeCommand("sluice.simulateAndPush");
    } finally {
      vscode.window.withProgress = real;
    }
    assert.deepEqual(dialogs.all(), []);
    assert.equal(git(workspace.bare, "rev-parse", "main"), workspace.start);
  });

  test("what is staged is committed alone, and the rest stays behind and is said", async () => {
    workspace.writeReplicas(5);
    git(workspace.root, "add", deployment);
    const other = join(workspace.root, "apps/podinfo/service.yaml");
    writeFileSync(other, `${readFileSync(other, "utf8")}# later\n`);
    await workspace.stateOf();
    dialogs.answer("warning", "Commit…");
    dialogs.answer("input", "staged");
    dialogs.answer("warning", "Push");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    assert.equal(dialogs.asked("input")[0]?.message, "Commit What Is Staged");
    assert.match(dialogs.asked("warning")[1]?.detail ?? "", /Not part of it: 1 uncommitted file\./);
    assert.equal(git(workspace.bare, "show", "--format=", "--name-only", "main"), deployment);
    assert.equal(git(workspace.root, "status", "--porcelain"), "M apps/podinfo/service.yaml");
  });

  test("a commit without a message is none", async () => {
    workspace.writeReplicas(5);
    await workspace.stateOf();
    dialogs.answer("warning", "Commit…");
    dialogs.answer("input", "  ");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    assert.equal(git(workspace.root, "rev-parse", "HEAD"), workspace.start);
    assert.equal(git(workspace.bare, "rev-parse", "main"), workspace.start);
    assert.deepEqual(dialogs.asked("error"), []);
  });

  test("git signs the commit where its settings say so, and what it can't sign is not committed", async () => {
    const key = join(workspace.served, "signing");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const allowed = join(workspace.served, "allowed");
    writeFileSync(allowed, `tester@example.test ${readFileSync(`${key}.pub`, "utf8")}`);
    const settings = {
      "gpg.format": "ssh",
      "commit.gpgSign": "true",
      "user.signingKey": key,
      "gpg.ssh.allowedSignersFile": allowed,
    };
    for (const [name, value] of Object.entries(settings))
      git(workspace.root, "config", name, value);
    try {
      await commitAndPush(5);
      const signed = ["-c", "gpg.format=ssh", "-c", `gpg.ssh.allowedSignersFile=${allowed}`];
      assert.equal(
        git(workspace.bare, ...signed, "log", "-1", "--format=%G? %s", "main"),
        "G five",
      );
      rmSync(key);
      const before = git(workspace.root, "rev-parse", "HEAD");
      await commitAndPush(6);
      const error = await until("the error", () => dialogs.asked("error")[0]);
      assert.match(error.message, /^Nothing was committed and nothing pushed: /);
      assert.equal(git(workspace.root, "rev-parse", "HEAD"), before);
      assert.equal(git(workspace.bare, "rev-parse", "main"), before);
    } finally {
      for (const name of Object.keys(settings)) git(workspace.root, "config", "--unset", name);
    }
  });

  test("a new branch is said to be new, arrives, and is followed", async () => {
    git(workspace.root, "switch", "--quiet", "--create", "feature", "--no-track");
    try {
      const commit = workspace.commitReplicas(3);
      await until("the branch", async () => (await workspace.stateOf())?.HEAD?.name === "feature");
      dialogs.answer("warning", "Push");
      await vscode.commands.executeCommand("sluice.simulateAndPush");
      const [question] = dialogs.asked("warning");
      assert.equal(question?.message, "Push the branch feature to origin/feature, a new branch?");
      assert.match(question.detail, /^1 changed\./);
      assert.equal(git(workspace.bare, "rev-parse", "feature"), commit);
      assert.equal(git(workspace.root, "config", "branch.feature.merge"), "refs/heads/feature");
    } finally {
      await leave("feature");
    }
  });

  test("an upstream of another name is said, because git itself would not push there", async () => {
    git(workspace.root, "switch", "--quiet", "--create", "feature", "--track", "origin/main");
    try {
      workspace.commitReplicas(3);
      await until("the branch", async () => (await workspace.stateOf())?.HEAD?.name === "feature");
      dialogs.answer("warning", undefined);
      await vscode.commands.executeCommand("sluice.simulateAndPush");
      const [question] = dialogs.asked("warning");
      assert.equal(question?.message, "Push 1 commit of feature to origin/main?");
      assert.match(question.detail, /^The upstream of feature has another name: main\./);
    } finally {
      await leave("feature");
    }
  });

  test("on no branch, nobody is asked to commit what can't be pushed", async () => {
    git(workspace.root, "switch", "--quiet", "--detach");
    try {
      workspace.writeReplicas(5);
      await until("no branch", async () => (await workspace.stateOf())?.HEAD?.name === undefined);
      await vscode.commands.executeCommand("sluice.simulateAndPush");
      const error = await until("the error", () => dialogs.asked("error")[0]);
      assert.match(error.message, /^HEAD is detached/);
      assert.deepEqual(dialogs.asked("warning"), []);
    } finally {
      git(workspace.root, "reset", "--quiet", "--hard", workspace.start);
      await leave();
    }
  });

  test("behind its upstream, pulling is offered before anything is committed", async () => {
    const tree = git(workspace.root, "rev-parse", "HEAD^{tree}");
    const theirs = git(workspace.root, "commit-tree", tree, "-p", workspace.start, "-m", "theirs");
    git(workspace.root, "update-ref", "refs/remotes/origin/main", theirs);
    workspace.writeReplicas(5);
    await workspace.stateOf();
    await until("behind", async () => (await workspace.stateOf())?.HEAD?.behind === 1);
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    const error = await until("the error", () => dialogs.asked("error")[0]);
    assert.match(error.message, /^origin\/main has 1 commit that main does not have/);
    assert.deepEqual(error.items, ["Pull"]);
    assert.deepEqual(dialogs.asked("warning"), []);
  });

  test("the button in the title of a repository means that repository", async () => {
    workspace.commitReplicas(3);
    await workspace.stateOf();
    dialogs.answer("warning", undefined);
    const rootUri = vscode.Uri.file(workspace.root);
    await vscode.commands.executeCommand("sluice.simulateAndPush", { rootUri });
    assert.match(dialogs.asked("warning")[0]?.message ?? "", /^Push 1 commit of main/);
  });

  /** What a person commits and pushes by the command. */
  async function commitAndPush(amount: number): Promise<void> {
    workspace.writeReplicas(amount);
    await workspace.stateOf();
    dialogs.answer("warning", "Commit…");
    dialogs.answer("input", amount === 5 ? "five" : "more");
    dialogs.answer("warning", "Push");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
  }

  /** Back on the branch of the other tests. */
  async function leave(branch?: string): Promise<void> {
    git(workspace.root, "switch", "--quiet", "main");
    if (branch !== undefined) git(workspace.root, "branch", "--quiet", "-D", branch);
    await workspace.stateOf();
    await until("the branch", async () => (await workspace.stateOf())?.HEAD?.name === "main");
  }
});
