/**
 * Pushes one commit to one branch, never by force. Whatever happens, the branch at the remote has moved to exactly that
 * commit or not at all, and where the connection broke the remote is asked once more which of the two it is.
 */
import { findGit } from "../git-process.ts";
import { pushFailure } from "./push-outcome.ts";
import type { PushOutcome } from "./push-outcome.ts";
import type { PushRoute } from "./push-route.ts";
import { findRoute } from "./push-route.ts";
import { pushWithGit } from "./push-with-git.ts";
import { isSsh, sshEnvironment } from "./ssh-environment.ts";
import { runUserGit } from "./user-git.ts";

export interface PushRequest {
  /** A folder in the repository. */
  readonly root: string;
  /** Name of the remote. */
  readonly remote: string;
  /** Forty hexadecimal digits. */
  readonly commit: string;
  /** Name of the branch at the remote. */
  readonly branch: string;
  /** A local branch that shall follow the remote's from now on. */
  readonly follow?: string;
}

export interface PushContext {
  /** Path of the executable; `false` does without it. Looked for in PATH by default. */
  readonly git?: string | false;
  readonly onRoute?: (route: PushRoute) => void;
  readonly signal?: AbortSignal;
}

/** Rejects with a `UserError` when the repository or the remote can't be found. */
export async function pushCommit(
  request: PushRequest,
  context: PushContext = {},
): Promise<PushOutcome> {
  const git = context.git === false ? undefined : (context.git ?? findGit());
  const route = await findRoute(git, request.root, request.remote, context.signal);
  context.onRoute?.(route);
  const outcome = await attempt(request, git, route, context.signal);
  if (git === undefined) return outcome;
  const known = isInDoubt(outcome) ? await cleared(request, git, route, outcome) : outcome;
  if (known.outcome === "pushed" && request.follow !== undefined)
    await followRemote(git, route.place.root, request.follow, request);
  return known;
}

async function attempt(
  { root, remote, commit, branch }: PushRequest,
  git: string | undefined,
  route: PushRoute,
  signal: AbortSignal | undefined,
): Promise<PushOutcome> {
  try {
    if (route.by === "git" && git !== undefined)
      return await pushWithGit({ git, root, remote, url: route.url, commit, branch }, signal);
    // Loaded when needed: most of the program is isomorphic-git.
    const { pushWithIsomorphicGit } = await import("./push-with-isomorphic-git.ts");
    return await pushWithIsomorphicGit({ git, route, remote, commit, branch }, signal);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    return pushFailure("cancelled", { url: route.url, branch });
  }
}

function isInDoubt(outcome: PushOutcome): boolean {
  return (
    outcome.outcome === "failed" &&
    (outcome.reason === "unreachable" ||
      outcome.reason === "cancelled" ||
      outcome.reason === "failed")
  );
}

/** Long enough for a handshake; whoever cancelled does not want to wait. */
const doubtMilliseconds = 5000;

/** The commit may have arrived although nobody heard the answer. */
async function cleared(
  { commit, branch }: PushRequest,
  git: string,
  { place, by, url }: PushRoute,
  outcome: PushOutcome,
): Promise<PushOutcome> {
  const [cwd, signal] = [place.root, AbortSignal.timeout(doubtMilliseconds)];
  try {
    const env = isSsh(url) ? await sshEnvironment(git, cwd, process.env, signal) : {};
    // The address and not the name: a remote may be fetched from elsewhere.
    const args = ["ls-remote", "--", url, `refs/heads/${branch}`];
    const { code, stdout } = await runUserGit(git, args, { cwd, env, signal });
    const arrived = code === 0 && stdout.toString("utf8").startsWith(commit);
    return arrived ? { outcome: "pushed", by, said: [] } : outcome;
  } catch {
    return outcome;
  }
}

/** As `git push --set-upstream` does; a push that has succeeded does not fail for this. */
async function followRemote(
  git: string,
  cwd: string,
  local: string,
  { remote, branch }: PushRequest,
): Promise<void> {
  await runUserGit(git, ["config", `branch.${local}.remote`, remote], { cwd });
  await runUserGit(git, ["config", `branch.${local}.merge`, `refs/heads/${branch}`], { cwd });
}
