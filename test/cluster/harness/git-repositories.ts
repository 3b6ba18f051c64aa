/** Git repositories that the cluster clones over smart HTTP: a push is a commit in a work tree and `git push` to it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { gitEnvironment } from "../../support/git-environment.ts";
import { startGitServer } from "../../support/git-server.ts";

export interface GitRepository {
  /** What goes into `spec.url` of a GitRepository. */
  readonly url: string;
  /** The work tree from which is pushed. */
  readonly folder: string;
  /** Writes files (`undefined` deletes one), commits and pushes to `main`. Answers the commit. */
  push(files: Readonly<Record<string, string | Uint8Array | undefined>>, message?: string): string;
}

export interface GitRepositories {
  readonly url: string;
  /** A new repository, empty until the first push. */
  create(name: string): GitRepository;
  close(): Promise<void>;
}

export async function startGitRepositories(root: string): Promise<GitRepositories> {
  const bare = join(root, "bare");
  mkdirSync(bare, { recursive: true });
  const server = await startGitServer(bare);
  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...gitEnvironment },
    }).trim();
  return {
    url: server.url,
    close: () => server.close(),
    create(name) {
      const folder = join(root, "work", name);
      const remote = join(bare, `${name}.git`);
      mkdirSync(folder, { recursive: true });
      git(root, "init", "--quiet", "--bare", "--initial-branch=main", remote);
      git(remote, "config", "http.receivepack", "true");
      git(folder, "init", "--quiet", "--initial-branch=main");
      git(folder, "remote", "add", "origin", remote);
      return {
        url: `${server.url}/${name}.git`,
        folder,
        push(files, message = "change") {
          for (const [path, content] of Object.entries(files)) write(join(folder, path), content);
          git(folder, "add", "--all");
          git(folder, "commit", "--quiet", "--allow-empty", "--message", message);
          git(folder, "push", "--quiet", "origin", "HEAD:main");
          return git(folder, "rev-parse", "HEAD");
        },
      };
    },
  };
}

function write(path: string, content: string | Uint8Array | undefined): void {
  if (content === undefined) return rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
