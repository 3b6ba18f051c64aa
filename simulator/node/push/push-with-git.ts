/** A push by the `git` executable: the user's ssh, signatures and hooks. One branch, never forced. */
import { runUserGit } from "./user-git.ts";
import { pushFailure } from "./push-outcome.ts";
import type { PushFailureReason, PushOutcome, PushPlace } from "./push-outcome.ts";

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
  const options = { cwd: root, env: { [confirmedVariable]: commit }, signal };
  const { code, stdout, stderr } = await runUserGit(
    git,
    ["push", "--porcelain", "--no-follow-tags", "--", remote, refspec],
    options,
  );
  const said = stderr
    .split("\n")
    .flatMap((line) => /^remote: ?(.*?)\s*$/.exec(line)?.[1] ?? [])
    .filter((line) => line !== "");
  if (code === 0) return { outcome: "pushed", by: "git", said };
  const place: PushPlace = { url: push.url, branch };
  const own = stderr.split("\n").filter((line) => !line.startsWith("remote:"));
  const reason = reasonOf(stdout.toString("utf8"), own.join("\n"), said);
  return pushFailure(reason, place, {
    said,
    detail: needsDetail.has(reason) ? detailOf(reason, own) : "",
  });
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

const patterns: readonly (readonly [RegExp, PushFailureReason])[] = [
  [
    /Authentication failed|could not read (Username|Password)|Permission denied|\b40[13]\b|terminal prompts disabled|access denied/i,
    "unauthorized",
  ],
  [/Host key verification failed|certificate|SSL |TLS /i, "certificate"],
  [
    /Could not resolve|Couldn't connect|Failed to connect|Connection (refused|timed out|reset|closed)|No route to host|Network is unreachable|unexpected disconnect|hung up|early EOF/i,
    "unreachable",
  ],
  [/not found|does not appear to be a git repository|\b404\b|does not exist/i, "not-found"],
];

function detailOf(reason: PushFailureReason, lines: readonly string[]): string {
  const told = lines.filter(
    (line) => line.trim() !== "" && !/^(To |error: failed to push|hint:)/.test(line),
  );
  return (reason === "refused-by-hook" ? told.slice(-4) : told.slice(0, 2)).join(" ").trim();
}
