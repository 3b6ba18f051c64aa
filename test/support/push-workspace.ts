/** The workspace of tests inside VS Code as a clone of a real Git server that wants a password, with the dialogs answered by the test. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { Dialogs } from "./dialogs.ts";
import type { GitServer } from "./git-server.ts";
import { startGitServer } from "./git-server.ts";
import { until } from "./until.ts";

export const deployment = "apps/podinfo/deployment.yaml";

export class PushWorkspace {
  readonly served = mkdtempSync(join(tmpdir(), "sluice-push-"));
  /** The repository of the server. */
  readonly bare = join(this.served, "repo.git");
  readonly dialogs = new Dialogs();
  /** The one that the server wants; the client knows the first. */
  password = "first password";
  root = "";
  /** The commit that each test begins with. */
  start = "";
  #server: GitServer | undefined;
  #api: SluiceApi | undefined;

  get api(): SluiceApi {
    assert.ok(this.#api);
    return this.#api;
  }

  get url(): string {
    return `${this.#server?.url ?? ""}/repo.git`;
  }

  async open(): Promise<void> {
    this.root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    assert.notEqual(this.root, "");
    const { root, served, bare } = this;
    this.start = git(root, "rev-parse", "HEAD");
    git(served, "clone", "--quiet", "--bare", root, bare);
    git(bare, "config", "http.receivepack", "true");
    this.#server = await startGitServer(served, {
      intercept: ({ headers }, response) => {
        const expected = `Basic ${Buffer.from(`tester:${this.password}`).toString("base64")}`;
        if (headers.authorization === expected) return false;
        response.writeHead(401, { "www-authenticate": 'Basic realm="tests"' }).end();
        return true;
      },
    });
    const helper = `!f() { test "$1" = get && printf 'username=tester\\npassword=first password\\n'; }; f`;
    for (const [key, value] of [
      ["credential.helper", helper],
      ["user.name", "Tester"],
      ["user.email", "tester@example.test"],
    ] as const)
      git(root, "config", key, value);
    git(root, "remote", "add", "origin", this.url);
    // Not fetched: the server runs in this process, which waits for git.
    git(root, "update-ref", "refs/remotes/origin/main", this.start);
    git(root, "branch", "--quiet", "--set-upstream-to=origin/main");
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    const api = await extension.activate();
    this.#api = api;
    await until("the first plan", () => api.folders()[0]?.plan);
    await until("VS Code's Git", async () => (await this.stateOf())?.HEAD?.upstream);
    this.dialogs.open();
  }

  async close(): Promise<void> {
    this.dialogs.close();
    git(this.root, "remote", "remove", "origin");
    git(this.root, "reset", "--quiet", "--hard", this.start);
    await this.#server?.close();
    rmSync(this.served, { recursive: true });
  }

  /** Before each test. */
  async reset(): Promise<void> {
    const { root, bare, start } = this;
    this.password = "first password";
    this.dialogs.clear();
    git(bare, "update-ref", "refs/heads/main", start);
    git(root, "reset", "--quiet", "--hard", start);
    git(root, "update-ref", "refs/remotes/origin/main", start);
    await this.stateOf();
  }

  writeReplicas(amount: number): void {
    const text = git(this.root, "show", `${this.start}:${deployment}`);
    writeFileSync(
      join(this.root, deployment),
      `${text.replace("replicas: 2", `replicas: ${amount}`)}\n`,
    );
  }

  commitReplicas(amount: number): string {
    this.writeReplicas(amount);
    git(this.root, "commit", "--quiet", "--all", "--message", `${amount} replicas`);
    return git(this.root, "rev-parse", "HEAD");
  }

  /** As VS Code's Git sees it when it has looked again. */
  async stateOf(): Promise<GitState | undefined> {
    const extension = vscode.extensions.getExtension<{
      getAPI(version: 1): { readonly repositories: readonly GitRepository[] };
    }>("vscode.git");
    const repository = (await extension?.activate())?.getAPI(1).repositories[0];
    await repository?.status();
    return repository?.state;
  }
}

interface GitState {
  readonly HEAD?: { readonly upstream?: object; readonly name?: string; readonly behind?: number };
}

interface GitRepository {
  readonly state: GitState;
  status(): Promise<void>;
}

/** Commits by a tester, whatever the machine's user has set. */
export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync("git", [...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: "Tester",
      GIT_AUTHOR_EMAIL: "tester@example.test",
      GIT_COMMITTER_NAME: "Tester",
      GIT_COMMITTER_EMAIL: "tester@example.test",
    },
  }).trim();
}
