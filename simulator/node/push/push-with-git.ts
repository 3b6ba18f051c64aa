/** A push by the `git` executable: the user's ssh, signatures and hooks. One branch, never forced. */
import { pushFailure } from "./push-outcome.ts";
import type { PushFailureReason, PushOutcome, PushPlace } from "./push-outcome.ts";
import { isSsh, sshEnvironment } from "./ssh-environment.ts";
import { runUserGit } from "./user-git.ts";

export interface GitPush {
  readonly git: string;
  readonly root: string;
  readonly remote: string;
  readonly url: string;
  readonly commit: string;
  readonly branch: string;
}

/** Sluice's own pre-push hook lets this commit through: the plan was shown and confirmed. */
export const confirmedVariable = "SLUICE_CONFIRMED_COMMIT";

export async function pushWithGit(push: GitPush, signal?: AbortSignal): Promise<PushOutcome> {
  const { git, root, remote, commit, branch } = push;
  const refspec = `${commit}:refs/heads/${branch}`;
  const isOverSsh = isSsh(push.url);
  const quiet = isOverSsh ? await sshEnvironment(git, root, process.env, signal) : {};
  const options = { cwd: root, env: { ...quiet, [confirmedVariable]: commit }, signal };
  const submodules = await submoduleOptions(push, signal);
  const { code, stdout, stderr } = await runUserGit(
    git,
    ["push", "--porcelain", "--no-follow-tags", ...submodules, "--", remote, refspec],
    options,
  );
  const said = stderr
    .split("\n")
    .flatMap((line) => /^remote: ?(.*?)\s*$/.exec(line)?.[1] ?? [])
    .filter((line) => line !== "");
  if (code === 0) return { outcome: "pushed", by: "git", said };
  const place: PushPlace = { url: push.url, branch };
  const own = stderr.split(/\r?\n/).filter((line) => !line.startsWith("remote:"));
  const reason = reasonOf(stdout.toString("utf8"), own.join("\n"), said);
  const hasDetail = needsDetail.has(reason) || (isOverSsh && reason === "unauthorized");
  return pushFailure(reason, place, { said, detail: hasDetail ? detailOf(reason, own) : "" });
}

/**
 * Who has submodules pushed along is told when one of them has commits that nobody else has. They are not pushed: one branch was
 * shown, and git does not take a commit in the place of its name then.
 */
async function submoduleOptions(
  { git, root: cwd }: GitPush,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const value = async (name: string): Promise<string> => {
    const { stdout } = await runUserGit(git, ["config", "--get", name], { cwd, signal });
    return stdout.toString("utf8").trim();
  };
  const wish = (await value("push.recurseSubmodules")) || (await value("submodule.recurse"));
  return /^(?:|no|off|false|0)$/i.test(wish) ? [] : ["--recurse-submodules=check"];
}

const needsDetail: ReadonlySet<PushFailureReason> = new Set([
  "failed",
  "unreachable",
  "certificate",
  "refused-by-hook",
]);

/** `status` has a line for each ref: `!\t<from>:<to>\t[rejected] (fetch first)`. */
function reasonOf(status: string, stderr: string, said: readonly string[]): PushFailureReason {
  const rejected = /^!\t[^\t]*\t(.*)$/m.exec(status)?.[1] ?? "";
  if (/^\[rejected\].*(fetch first|non-fast-forward|stale info|needs force)/.test(rejected))
    return "not-fast-forward";
  if (rejected.startsWith("[remote rejected]"))
    return /non-fast-forward/.test(rejected) ? "not-fast-forward" : "refused-by-server";
  const found = patterns.find(([pattern]) => pattern.test(stderr));
  if (found !== undefined) return found[1];
  // A hook that says no ends git without a word about refs.
  if (/failed to push some refs/.test(stderr) && rejected === "" && said.length === 0)
    return "refused-by-hook";
  return "failed";
}

/** The words of git, of OpenSSH (`sshconnect.c`) and of the big hosts. */
const patterns: readonly (readonly [RegExp, PushFailureReason])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, "host-key-changed"],
  [/Host key verification failed/, "host-key-unknown"],
  [/cannot (run|spawn) .*ssh|ssh: (command )?not found/, "failed"],
  [/^The following submodule paths contain changes/m, "failed"],
  [
    /Authentication failed|could not read (Username|Password)|Permission denied|Permission to .* denied|marked as read only|\b40[13]\b|terminal prompts disabled|access denied/i,
    "unauthorized",
  ],
  [/certificate|SSL |TLS /i, "certificate"],
  [
    /Could not resolve|Couldn't connect|Failed to connect|Connection (refused|timed out|reset|closed)|Operation timed out|No route to host|Network is unreachable|unexpected disconnect|hung up|early EOF|Broken pipe|kex_exchange_identification/i,
    "unreachable",
  ],
  [/not found|does not appear to be a git repository|\b404\b|does not exist/i, "not-found"],
];

function detailOf(reason: PushFailureReason, lines: readonly string[]): string {
  const told = lines.filter((line) => line.trim() !== "" && !idle.test(line));
  return (reason === "refused-by-hook" ? told.slice(-4) : told.slice(0, 3)).join(" ").trim();
}

/** Lines that say nothing about the cause. ssh adds the address that it took, for the next time. */
const idle =
  /^(To |error: failed to push|hint:|Warning: Permanently added|fatal: Could not read from remote|Please make sure you have|and the repository exists)/;
