/**
 * "Gate git push…" in a real VS Code: what is offered, what is written into the repository, and that a push in a terminal is stopped
 * by it, with the real git and the real `sluice`.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { Dialogs } from "../support/dialogs.ts";
import { until } from "../support/until.ts";

interface Picked {
  readonly labels: readonly string[];
  readonly descriptions: readonly (string | undefined)[];
  readonly placeHolder: string | undefined;
}

suite("Gate git push", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-gate-"));
  const bare = join(folder, "fleet.git");
  const dialogs = new Dialogs();
  const path = process.env["PATH"];
  const pick = vscode.window.showQuickPick;
  let picked: Picked[] = [];
  let root: string;
  let hook: string;
  let start: string;

  suiteSetup(async () => {
    root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    assert.notEqual(root, "");
    hook = join(root, ".git", "hooks", "pre-push");
    start = git(root, "rev-parse", "HEAD");
    git(folder, "clone", "--quiet", "--bare", root, bare);
    git(root, "remote", "add", "origin", bare);
    git(root, "fetch", "--quiet", "origin");
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    await extension.activate();
    await until("VS Code's Git", async () => (await repository())?.state.HEAD?.commit);
    const program = join(extension.extensionPath, "dist", "sluice.cjs");
    const command = join(folder, "sluice");
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(command, 0o755);
    dialogs.open();
  });

  suiteTeardown(() => {
    dialogs.close();
    vscode.window.showQuickPick = pick;
    process.env["PATH"] = path;
    git(root, "remote", "remove", "origin");
    git(root, "reset", "--quiet", "--hard", start);
    rmSync(folder, { recursive: true });
  });

  setup(() => {
    dialogs.clear();
    picked = [];
    process.env["PATH"] = `${folder}${delimiter}${path ?? ""}`;
    for (const file of [hook, `${hook}.before-sluice`]) rmSync(file, { force: true });
    git(root, "reset", "--quiet", "--hard", start);
    git(bare, "update-ref", "refs/heads/main", start);
  });

  test("is put where git looks for it, and shows what it does when asked again", async () => {
    await gate("High Risks, New Errors");
    assert.ok((statSync(hook).mode & 0o111) !== 0);
    assert.match(readFileSync(hook, "utf8"), /--fail-on 'risk=high'/);
    assert.match(dialogs.asked("information")[0]?.message ?? "", /git push is gated by .*pre-push/);
    await gate(undefined);
    const [first, second] = picked;
    assert.match(first?.placeHolder ?? "", /^What shall stop a git push/);
    assert.ok(first?.labels.every((label) => label !== "Remove the Gate"));
    assert.match(second?.placeHolder ?? "", /are gated/);
    assert.equal(second?.labels[0], "Remove the Gate");
    assert.deepEqual(
      second?.descriptions.filter((text) => text?.endsWith("as it is now")),
      ["risk=high, as it is now"],
    );
    assert.match(readFileSync(hook, "utf8"), /--fail-on 'risk=high'/);
  });

  test("stops a push with a risk in a terminal, and none after it was removed", async () => {
    await gate("Medium and High Risks, New Errors");
    const file = join(root, "apps/podinfo/deployment.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("replicas: 2", "replicas: 0"));
    git(root, "commit", "--quiet", "--all", "--message", "none");
    const stopped = await push();
    assert.notEqual(stopped.code, 0);
    assert.match(stopped.output, /risk\/replicas-zero/);
    assert.equal(git(bare, "rev-parse", "main"), start);
    await gate("Remove the Gate");
    assert.ok(!existsSync(hook));
    assert.equal(dialogs.asked("information").at(-1)?.message, "git push is not gated any more.");
    assert.equal((await push()).code, 0);
    assert.equal(git(bare, "rev-parse", "main"), git(root, "rev-parse", "HEAD"));
  });

  test("a hook that was there stays, runs first, and is back after the removal", async () => {
    const theirs = "#!/bin/sh\necho theirs >&2\nexit 3\n";
    mkdirSync(join(root, ".git", "hooks"), { recursive: true });
    writeFileSync(hook, theirs, { mode: 0o755 });
    await gate("New Errors");
    assert.match(
      dialogs.asked("information")[0]?.message ?? "",
      /The hook that was there runs first/,
    );
    git(root, "commit", "--quiet", "--allow-empty", "--message", "empty");
    const stopped = await push();
    assert.notEqual(stopped.code, 0);
    assert.match(stopped.output, /theirs/);
    await gate("Remove the Gate");
    assert.equal(readFileSync(hook, "utf8"), theirs);
    assert.ok(!existsSync(`${hook}.before-sluice`));
  });

  test("a hook that another program looks after is refused and left as it is", async () => {
    mkdirSync(join(root, ".git", "hooks"), { recursive: true });
    symlinkSync("/bin/true", hook);
    await gate("New Errors");
    assert.match((await error()).message, /is a link or no file/);
    assert.ok(!existsSync(`${hook}.before-sluice`));
    assert.equal(execFileSync("readlink", [hook], { encoding: "utf8" }).trim(), "/bin/true");
  });

  test("core.hooksPath of the repository is respected", async () => {
    git(root, "config", "core.hooksPath", ".githooks");
    try {
      await gate("New Errors");
      assert.match(readFileSync(join(root, ".githooks", "pre-push"), "utf8"), /--fail-on 'error'/);
      assert.ok(!existsSync(hook));
    } finally {
      git(root, "config", "--unset", "core.hooksPath");
      rmSync(join(root, ".githooks"), { recursive: true });
    }
  });

  test("core.hooksPath of all repositories is not touched", async () => {
    const [settings, before] = [join(folder, "gitconfig"), process.env["GIT_CONFIG_GLOBAL"]];
    writeFileSync(settings, `[core]\n\thooksPath = ${folder}/hooks\n`);
    process.env["GIT_CONFIG_GLOBAL"] = settings;
    try {
      await gate("New Errors");
      assert.match((await error()).message, /core\.hooksPath is set for all repositories/);
      assert.ok(!existsSync(join(folder, "hooks")));
      assert.deepEqual(picked, []);
    } finally {
      if (before === undefined) delete process.env["GIT_CONFIG_GLOBAL"];
      else process.env["GIT_CONFIG_GLOBAL"] = before;
    }
  });

  test("without the command sluice nothing is written", async () => {
    process.env["PATH"] = path;
    await gate("New Errors");
    assert.match((await error()).message, /sluice, which is not in PATH/);
    assert.ok(!existsSync(hook));
  });

  /** Answers the question of the command, with nothing to leave it. */
  async function gate(label: string | undefined): Promise<void> {
    vscode.window.showQuickPick = (async (
      items: readonly vscode.QuickPickItem[],
      options?: vscode.QuickPickOptions,
    ) => {
      picked.push({
        labels: items.map((item) => item.label),
        descriptions: items.map((item) => item.description),
        placeHolder: options?.placeHolder,
      });
      return items.find((item) => item.label === label);
    }) as unknown as typeof vscode.window.showQuickPick;
    await vscode.commands.executeCommand("sluice.gatePushes");
  }

  function error(): Promise<{ readonly message: string }> {
    return until("the error", () => dialogs.asked("error")[0]);
  }

  function push(): Promise<{ readonly code: number; readonly output: string }> {
    return new Promise((resolve) => {
      const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
      execFile("git", ["push", "origin", "main"], { cwd: root, env }, (failure, out, said) => {
        const code = typeof failure?.code === "number" ? failure.code : 0;
        resolve({ code, output: `${out}${said}` });
      });
    });
  }
});

interface Repository {
  readonly state: { readonly HEAD?: { readonly commit?: string } };
}

async function repository(): Promise<Repository | undefined> {
  const extension = vscode.extensions.getExtension<{
    getAPI(version: 1): { readonly repositories: readonly Repository[] };
  }>("vscode.git");
  return (await extension?.activate())?.getAPI(1).repositories[0];
}

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.test"];
  return execFileSync("git", [...identity, ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}
