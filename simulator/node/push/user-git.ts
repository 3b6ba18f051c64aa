/**
 * Starts `git` as the user would in a terminal: with the user's settings, hooks, keys and credential helpers. Only for what
 * the user asked for in a workspace that is trusted; reading goes through `git-process.ts`, which trusts nothing.
 */
import { runProgram } from "../git-process.ts";
import type { GitResult } from "../git-process.ts";

export interface UserGitOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Any exit code is an answer. Rejects with an `AbortError` when cancelled. */
export function runUserGit(
  git: string,
  args: readonly string[],
  { cwd, env, input, signal }: UserGitOptions,
): Promise<GitResult> {
  const options = { cwd, env: { ...userEnvironment(process.env), ...env }, signal };
  return runProgram(git, args, {
    ...options,
    maxBytes: 16 * 1024 * 1024,
    ...(input !== undefined && { input }),
  });
}

/** Variables that would point git at another repository (`git rev-parse --local-env-vars`). */
const local =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|GRAFT_FILE|SHALLOW_FILE|IMPLICIT_WORK_TREE|QUARANTINE_PATH)$/;

function userEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || local.test(name) ? [] : [[name, value] as const],
  );
  // Messages are read by a program, and nobody sits at a terminal.
  return { ...Object.fromEntries(kept), LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
}
