/**
 * Answers of the engine on disk, one file for each question, so that a second run renders only what is new. Nothing
 * here fails: a folder that can't be written keeps nothing. Files that nobody asked for in a month are removed.
 */
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";

import type { AnswerStore } from "#simulator";

export interface DiskAnswerStore extends AnswerStore {
  /** Whether anything was kept for this build of the engine, so that it is likely not needed. */
  readonly isFilled: boolean;
}

/** Below the folder for caches. */
export const answersFolder = "answers-1";

const day = 24 * 60 * 60 * 1000;
const keptFor = 30 * day;

/** `build` is the identity of the engine: another build is another folder. `onUse` hears of files that were read or written. */
export function openAnswerStore(
  cacheDir: string,
  build: string,
  onUse?: (path: string) => void,
): DiskAnswerStore {
  const root = join(cacheDir, answersFolder);
  const folder = join(root, build);
  const isFilled = fs.existsSync(folder);
  let writable = true;
  const nameOf = (question: string): string =>
    `${createHash("sha256").update(question).digest("hex")}.json`;
  const used = (name: string): void => onUse?.(`${answersFolder}/${build}/${name}`);
  return {
    isFilled,
    load(question) {
      const name = nameOf(question);
      const path = join(folder, name);
      try {
        const text = fs.readFileSync(path, "utf8");
        keepYoung(path);
        used(name);
        return text;
      } catch {
        return undefined;
      }
    },
    save(question, answer) {
      if (!writable) return;
      try {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        const beside = join(folder, `${randomUUID()}.new`);
        fs.writeFileSync(beside, answer, { mode: 0o600 });
        const name = nameOf(question);
        fs.renameSync(beside, join(folder, name));
        used(name);
        sweepDaily(root);
      } catch {
        writable = false;
      }
    },
  };
}

function keepYoung(path: string): void {
  const { mtimeMs } = fs.statSync(path);
  if (Date.now() - mtimeMs > day) fs.utimesSync(path, new Date(), new Date());
}

const swept = new Set<string>();

/** Once in a process, and only when the last time is more than a day ago. */
function sweepDaily(root: string): void {
  if (swept.has(root)) return;
  swept.add(root);
  const marker = join(root, "swept");
  const last = fs.statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - last < day) return;
  fs.writeFileSync(marker, "");
  for (const build of fs.readdirSync(root, { withFileTypes: true })) {
    if (build.isDirectory()) sweepFolder(join(root, build.name));
  }
}

function sweepFolder(folder: string): void {
  const names = fs.readdirSync(folder);
  const old = names.filter((name) => {
    const stat = fs.statSync(join(folder, name), { throwIfNoEntry: false });
    return stat !== undefined && Date.now() - stat.mtimeMs > keptFor;
  });
  for (const name of old) fs.rmSync(join(folder, name), { force: true });
  if (old.length === names.length) fs.rmSync(folder, { recursive: true, force: true });
}
