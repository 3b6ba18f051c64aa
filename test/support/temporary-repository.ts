/** Folders and Git repositories for one test, made with the real `git` and removed afterwards. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { onTestFinished } from "vitest";

import { gitEnvironment } from "./git-environment.ts";

/** A new empty folder; its path is real, so that it can be compared. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sluice-test-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeFiles(
  root: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Runs git with fixed identity and time, and without the user's settings. */
export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-c", "protocol.file.allow=always", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...gitEnvironment },
  }).trim();
}

/** A repository on `main` with one commit of these files. */
export function temporaryRepository(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = temporaryFolder();
  git(root, "init", "--quiet", "--initial-branch=main");
  commitFiles(root, files, "first");
  return root;
}

/** Answers the new commit. */
export function commitFiles(
  root: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  message: string,
): string {
  writeFiles(root, files);
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--allow-empty", "--message", message);
  return git(root, "rev-parse", "HEAD");
}
