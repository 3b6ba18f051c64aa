// Copies a folder and makes the copy a Git repository with one commit, without a git executable and the same each time.
import fs from "node:fs";
import { join } from "node:path";

import git from "isomorphic-git";

const author = {
  name: "Sluice",
  email: "sluice@example.com",
  timestamp: 1_767_225_600,
  timezoneOffset: 0,
};

/** `target` is replaced. The commit is on branch main. */
export async function copyAsRepository(source, target, { message = "start" } = {}) {
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  fs.cpSync(source, target, { recursive: true });
  await git.init({ fs, dir: target, defaultBranch: "main" });
  for (const filepath of files(target)) {
    await git.add({ fs, dir: target, filepath });
  }
  await git.commit({ fs, dir: target, author, message });
}

/** Paths of the files below a folder, relative to it, with forward slashes. */
export function files(folder, prefix = "") {
  return fs
    .readdirSync(join(folder, prefix), { withFileTypes: true })
    .filter((entry) => entry.name !== ".git")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? files(folder, path) : [path];
    });
}
