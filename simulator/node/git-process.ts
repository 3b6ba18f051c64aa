/**
 * Starts the user's `git` so that nothing a repository contains can make it do more than read: no hooks, no file
 * system monitor, no pager, no prompt, no network, no locks. Arguments that come from people never stand where an
 * option could.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, join } from "node:path";

import { UserError } from "./user-error.ts";

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More output than this ends the process with an error. */
  readonly maxBytes?: number;
  /** Text for its standard input. */
  readonly input?: string | Uint8Array;
  /** The user's credential helpers may be asked. */
  readonly credentialHelpers?: true;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The absolute path of `git`. Looked for in PATH by hand, because Windows would look into the working folder first
 * and so run a `git.exe` that a repository brought along.
 */
export function findGit(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findProgram("git", env);
}

/** The same for a program of another name. */
export function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  for (const folder of (env["PATH"] ?? env["Path"] ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, file);
    if (isExecutable(path) && !isInstallerStub(path)) return path;
  }
  return undefined;
}

/** Starts `git` with the safe settings; the caller ends it. */
export function startGit(
  git: string,
  args: readonly string[],
  options: GitOptions,
): ChildProcessWithoutNullStreams {
  const settings = options.credentialHelpers
    ? safeSettings
    : [...safeSettings, "-c", "credential.helper="];
  return spawn(git, [...settings, ...args], {
    cwd: options.cwd,
    env: { ...safeEnvironment(process.env), ...options.env },
    stdio: "pipe",
    windowsHide: true,
  });
}

/** Runs `git` to its end. Rejects with an `AbortError` when cancelled; any exit code is an answer. */
export function runGit(
  git: string,
  args: readonly string[],
  options: GitOptions,
): Promise<GitResult> {
  options.signal?.throwIfAborted();
  return resultOf("git", startGit(git, args, options), options);
}

/** The same for another program, with this environment and nothing else. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: GitOptions & { readonly env: Readonly<Record<string, string>> },
): Promise<GitResult> {
  const { cwd, env, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(path, args, { cwd, env, stdio: "pipe", windowsHide: true });
  return resultOf(basename(path), child, options);
}

function resultOf(
  name: string,
  child: ChildProcessWithoutNullStreams,
  options: GitOptions,
): Promise<GitResult> {
  const { signal, maxBytes = 1024 * 1024 * 1024 } = options;
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let size = 0;
    let stderr = "";
    const stop = (reason: unknown): void => {
      child.kill();
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const onAbort = (): void => stop(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    child.stdin.on("error", () => {});
    child.stdin.end(options.input);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes)
        stop(new UserError(`${name} answered with more than ${maxBytes} bytes.`));
      else out.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 65_536) stderr += chunk.toString("utf8");
    });
    child.on("error", (error) =>
      stop(new UserError(`${name} could not be started: ${error.message}`)),
    );
    child.on("close", (code) => {
      signal?.removeEventListener("abort", onAbort);
      resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: stderr.trim() });
    });
  });
}

/** True when git refuses a repository because another user owns it (`safe.directory`). */
export function isDubiousOwnership(stderr: string): boolean {
  return /dubious ownership|unsafe repository/.test(stderr);
}

const safeSettings: readonly string[] = [
  "--no-pager",
  "-c",
  "core.fsmonitor=false",
  "-c",
  `core.hooksPath=${process.platform === "win32" ? "NUL" : "/dev/null"}`,
  "-c",
  "core.untrackedCache=false",
  "-c",
  "core.quotePath=false",
  "-c",
  "protocol.file.allow=never",
  // The repository was found and judged before git is started in it.
  "-c",
  "safe.bareRepository=all",
];

/**
 * Everything named `GIT_*` is dropped, so that a session started by a hook or by an editor doesn't point git at
 * another repository. `GIT_ALLOW_PROTOCOL` stops the lazy fetches of partial clones, which would run commands that
 * the repository's configuration names; `GIT_NO_REPLACE_OBJECTS` because Flux doesn't fetch replacements either.
 */
function safeEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isKept = (name: string): boolean =>
    !/^(GIT_|SSH_ASKPASS)/i.test(name) || /^GIT_(EXEC_PATH|SSL_CAINFO|SSL_CAPATH)$/i.test(name);
  const kept = Object.entries(env).filter(([name]) => isKept(name));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    GIT_PAGER: "cat",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_LITERAL_PATHSPECS: "1",
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** On macOS without developer tools `/usr/bin/git` is a stub that opens an installer window. */
function isInstallerStub(path: string): boolean {
  return (
    process.platform === "darwin" &&
    path === "/usr/bin/git" &&
    !existsSync("/Library/Developer/CommandLineTools/usr/bin/git") &&
    !existsSync("/Applications/Xcode.app/Contents/Developer/usr/bin/git")
  );
}
