/**
 * Git's pre-push hook as a file: put where git looks for it, before a hook that is there already, and taken away again. Nothing
 * is overwritten that Sluice did not write.
 */
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { findRepository } from "../find-repository.ts";
import { findGit, findProgram } from "../git-process.ts";
import { UserError } from "../user-error.ts";
import { runUserGit } from "./user-git.ts";

/** The second line of a hook that is ours. */
const mark = "# Written by sluice hook install; sluice hook remove takes it away.";

export interface HookState {
  /** Absolute path. */
  readonly file: string;
  readonly installed: boolean;
  /** `--fail-on` of the one that is installed. */
  readonly failOn?: string;
  /** The hook that was there before, which is run first. */
  readonly chained?: string;
}

export interface HookOptions {
  /** `--fail-on` of `sluice diff`. */
  readonly failOn: string;
  /** How `sluice` is started where it is not in PATH: a program and its first arguments. */
  readonly command?: readonly string[];
}

/** Rejects with a `UserError`. */
export async function hookState(folder: string): Promise<HookState> {
  const file = await hookFile(folder);
  const before = beforeOf(file);
  const text = await textOf(file);
  const installed = isOurs(text);
  const failOn = installed ? / --fail-on '([^']*)'\s*$/.exec(text ?? "")?.[1] : undefined;
  return {
    file,
    installed,
    ...(failOn !== undefined && { failOn }),
    ...((await exists(before)) && { chained: before }),
  };
}

/** Also brings a hook of ours up to date. Rejects with a `UserError`, having changed nothing. */
export async function installHook(folder: string, options: HookOptions): Promise<HookState> {
  const file = await hookFile(folder);
  const before = beforeOf(file);
  const found = await lstat(file).catch(() => undefined);
  const isForeign = found !== undefined && !isOurs(await textOf(file));
  if (isForeign) {
    if (!found.isFile())
      throw new UserError(
        `${file} is a link or no file, so another program looks after it. Add "sluice hook run" to that hook yourself.`,
      );
    if (await exists(before))
      throw new UserError(`${before} is in the way. Look at it, and remove or rename it first.`);
  }
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.new`;
  await writeFile(next, scriptOf(options, basename(before)), { mode: 0o755 });
  await chmod(next, 0o755);
  if (isForeign) await rename(file, before);
  await rename(next, file);
  return hookState(folder);
}

/** Puts back the hook that was there before. Rejects with a `UserError` for a hook that is not ours. */
export async function removeHook(folder: string): Promise<HookState> {
  const { file, installed, chained } = await hookState(folder);
  if (!installed) {
    if (await exists(file)) throw new UserError(`${file} was not written by sluice; it stays.`);
    return { file, installed };
  }
  if (chained === undefined) await rm(file);
  else await rename(chained, file);
  return hookState(folder);
}

/** Whether the hook finds its program. On Windows it may be a script, which only a shell knows how to start. */
export function isSluiceInPath(): boolean {
  return process.platform === "win32" || findProgram("sluice") !== undefined;
}

/** Where git looks for it. A folder for all repositories of the user or the machine is left alone. */
async function hookFile(folder: string): Promise<string> {
  const place = await findRepository(folder);
  if (place === undefined) throw new UserError(`${folder} is not in a Git repository.`);
  const git = findGit();
  if (git === undefined) return join(place.commonDir, "hooks", "pre-push");
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout } = await runUserGit(git, args, { cwd: place.root });
    return code === 0 ? stdout.toString("utf8").trim() : "";
  };
  const scope = await ask("config", "--show-scope", "--get", "core.hooksPath");
  if (/^(global|system)\s/.test(scope))
    throw new UserError(
      `core.hooksPath is set for all repositories (${scope.replace(/^\w+\s+/, "")}). Add "sluice hook run" to the pre-push hook there yourself.`,
    );
  return resolve(place.root, await ask("rev-parse", "--git-path", "hooks"), "pre-push");
}

function beforeOf(file: string): string {
  return `${file}.before-sluice`;
}

/** git gives the refs on standard input, which two readers need. */
function scriptOf({ failOn, command = [] }: HookOptions, before: string): string {
  const own = command.map(quoted).join(" ");
  const there = command.map((word) => `[ -e ${quoted(word)} ]`).join(" && ");
  return [
    "#!/bin/sh",
    mark,
    'refs=$(cat; printf x); refs=${refs%x}; here=$(dirname "$0")',
    `if [ -x "$here/${before}" ]; then`,
    `  printf %s "$refs" | "$here/${before}" "$@" || exit $?`,
    "fi",
    ...(own === "" ? ["if false; then :"] : [`if ${there}; then run() { ${own} "$@"; }`]),
    'elif command -v sluice >/dev/null 2>&1; then run() { sluice "$@"; }',
    "else",
    '  echo "sluice: not found, so what this push would do is not known (git push --no-verify skips this)." >&2',
    "  exit 1",
    "fi",
    `printf %s "$refs" | SLUICE_REMOTE="$1" run hook run --fail-on ${quoted(failOn)}`,
    "",
  ].join("\n");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function isOurs(text: string | undefined): boolean {
  return text?.split("\n")[1] === mark;
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
