/**
 * How git starts ssh when nobody sits at a terminal: it asks through the user's own askpass program, or not at all (`BatchMode`).
 * A question on a terminal that nobody looks at would hold a push for ever.
 */
import { runUserGit } from "./user-git.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether git reaches an address over ssh: `ssh://…`, or `host:path` (git-push(1), "GIT URLS"). */
export function isSsh(url: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return /^(?:ssh|git\+ssh|ssh\+git):/i.test(url);
  // One letter before the colon is a drive of Windows, two colons come after the name of a transport.
  return /^(?:[^/\\:[]{2,}|[^/\\:[]*\[[^\]]+\]):(?!:)/.test(url);
}

/** Variables for a git that may start ssh. Empty where the user's own command is none that is known. */
export async function sshEnvironment(
  git: string,
  cwd: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  // Since OpenSSH 8.4; older ones ask there as well, when they have no terminal.
  if ((env["SSH_ASKPASS"] ?? "") !== "")
    return env["SSH_ASKPASS_REQUIRE"] === undefined ? { SSH_ASKPASS_REQUIRE: "force" } : {};
  const setting = async (name: string): Promise<string | undefined> => {
    const { code, stdout } = await runUserGit(git, ["config", "--get", name], { cwd, signal });
    return code === 0 ? stdout.toString("utf8").trim() : undefined;
  };
  const variant = env["GIT_SSH_VARIANT"] ?? (await setting("ssh.variant")) ?? "auto";
  if (variant !== "auto" && variant !== "ssh") return {};
  const program = env["GIT_SSH"];
  const command =
    env["GIT_SSH_COMMAND"] ??
    (await setting("core.sshCommand")) ??
    (program === undefined ? "ssh" : `'${program.replaceAll("'", "'\\''")}'`);
  return isOpenSsh(command) ? { GIT_SSH_COMMAND: `${command} -o BatchMode=yes` } : {};
}

/** By the name of the program, as git tells its variants apart (`connect.c`, `determine_ssh_variant`). */
function isOpenSsh(command: string): boolean {
  const [, double, single, plain] = /^\s*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(command) ?? [];
  return /(?:^|[/\\])ssh(?:\.exe)?$/i.test(double ?? single ?? plain ?? "");
}
