/** A repository with a long history, to see that opening one costs nothing: 30,000 commits, each with one changed file. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

import { openRepository, openWorkingTree } from "#simulator/node";

const commits = 30_000;
const files = 1_000;

export function makeLongHistory(dir: string): void {
  mkdirSync(dir);
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", dir]);
  execFileSync("git", ["fast-import", "--quiet"], { cwd: dir, input: history() });
  execFileSync("git", ["reset", "--quiet", "--hard", "main"], { cwd: dir });
}

function history(): string {
  const parts: string[] = [];
  for (let i = 0; i < commits; i++) {
    const body = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-${i % files}\ndata:\n  revision: "${i}"\n`;
    const path = `apps/group-${i % 20}/app-${i % files}/config.yaml`;
    parts.push(
      `commit refs/heads/main\ncommitter Bench <bench@example.com> ${1_700_000_000 + i * 60} +0000\n`,
      `data 6\nchange\nM 100644 inline ${path}\ndata ${body.length}\n${body}\n`,
    );
  }
  return parts.join("");
}

export interface HistoryTimes {
  readonly adapter: string;
  readonly openMs: number;
  readonly headMs: number;
  readonly olderMs: number;
  readonly mergeBaseMs: number;
}

/** Opens the repository, reads the working tree and HEAD, then a revision far back and a merge base. */
export async function readLongHistory(
  dir: string,
  git: "git" | "without git",
): Promise<HistoryTimes> {
  const options = git === "git" ? {} : { git: false as const };
  const started = performance.now();
  const repository = await openRepository(dir, options);
  if (repository === undefined) throw new Error(`${dir} is no repository`);
  const opened = performance.now();
  const tree = await (await openWorkingTree(dir, options)).read();
  const head = await repository.readTree("HEAD", tree);
  if (head.files.size !== files)
    throw new Error(`HEAD has ${head.files.size} files instead of ${files}`);
  const read = performance.now();
  const older = await repository.readTree("HEAD~500", tree);
  if (older.files.size !== files) throw new Error("an older revision lacks files");
  const far = performance.now();
  await repository.mergeBase("HEAD", "HEAD~500");
  const end = performance.now();
  repository.dispose();
  return {
    adapter: repository.adapter,
    openMs: opened - started,
    headMs: read - opened,
    olderMs: far - read,
    mergeBaseMs: end - far,
  };
}
