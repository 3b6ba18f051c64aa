/** What git tells a pre-push hook (githooks(5)), and what of it can be simulated. */
import { findGit } from "../git-process.ts";
import { confirmedVariable } from "./push-with-git.ts";
import { runUserGit } from "./user-git.ts";

export type PushedRef =
  /** `from` is a commit or an expression that `sluice diff --from` takes. */
  | {
      readonly kind: "simulate";
      readonly branch: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: "skip"; readonly ref: string; readonly why: string };

/** `remote` is the name of the remote, or its address when it has none. */
export async function readPushedRefs(
  text: string,
  root: string,
  remote: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly PushedRef[]> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Promise.all(
    lines.map(async (line): Promise<PushedRef> => {
      const [, to = "", ref = "", old = ""] = line.trim().split(/\s+/);
      const skip = (why: string): PushedRef => ({ kind: "skip", ref, why });
      if (isNone(to)) return skip("it is deleted");
      const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
      if (branch === undefined) return skip("it is no branch");
      if (env[confirmedVariable] === to) return skip("its plan was confirmed already");
      if (isNone(old)) {
        const from = await startOf(root, remote, to);
        return from === undefined
          ? skip("it is new and there is no branch to compare it with")
          : { kind: "simulate", branch, from, to };
      }
      if (!(await isHere(root, old))) return skip("the remote has commits that are not here");
      return { kind: "simulate", branch, from: old, to };
    }),
  );
}

/** All zeros stand for nothing, in repositories of either hash. */
function isNone(id: string): boolean {
  return /^0+$/.test(id);
}

/** Where a new branch left the remote's main branch. */
async function startOf(root: string, remote: string, to: string): Promise<string | undefined> {
  for (const name of ["HEAD", "main", "master"]) {
    const ref = `refs/remotes/${remote}/${name}`;
    const found = await ask(root, "merge-base", "--", ref, to);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function isHere(root: string, commit: string): Promise<boolean> {
  return (await ask(root, "cat-file", "-e", `${commit}^{commit}`)) !== undefined;
}

async function ask(root: string, ...args: readonly string[]): Promise<string | undefined> {
  const git = findGit();
  if (git === undefined) return undefined;
  const { code, stdout } = await runUserGit(git, args, { cwd: root });
  return code === 0 ? stdout.toString("utf8").trim() : undefined;
}
