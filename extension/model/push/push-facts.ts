/** What would be pushed where: read from what VS Code's Git says about a repository. Pure. */

/** The parts of VS Code's `RepositoryState` that matter. */
export interface RepositoryFacts {
  readonly HEAD?:
    | {
        readonly name?: string | undefined;
        readonly commit?: string | undefined;
        readonly upstream?: { readonly remote: string; readonly name: string } | undefined;
        readonly ahead?: number | undefined;
        readonly behind?: number | undefined;
      }
    | undefined;
  readonly remotes: readonly {
    readonly name: string;
    readonly fetchUrl?: string | undefined;
    readonly pushUrl?: string | undefined;
  }[];
}

export interface PushFacts {
  readonly commit: string;
  /** The local branch. */
  readonly branch: string;
  readonly remote: string;
  /** Name of the branch at the remote. */
  readonly remoteBranch: string;
  /** The remote has no such branch yet, as far as is known. */
  readonly isNew: boolean;
  /** Commits that would be pushed; unknown for a new branch. */
  readonly ahead: number | undefined;
}

export type PushReadiness =
  | { readonly kind: "ready"; readonly facts: PushFacts }
  /** Everything that is committed is there already. */
  | { readonly kind: "nothing"; readonly facts: PushFacts }
  /** The remote has commits that are not here. */
  | { readonly kind: "behind"; readonly facts: PushFacts; readonly behind: number }
  /** A person has to say which remote gets the new branch. */
  | { readonly kind: "choose-remote"; readonly remotes: readonly string[] }
  | { readonly kind: "impossible"; readonly why: string };

/** `remote` is the one that was chosen for a new branch. */
export function pushReadiness(
  { HEAD: head, remotes }: RepositoryFacts,
  remote?: string,
): PushReadiness {
  if (head?.commit === undefined)
    return { kind: "impossible", why: "There is no commit to push yet." };
  if (head.name === undefined) {
    const why = "HEAD is detached, so it is on no branch. Switch to a branch first.";
    return { kind: "impossible", why };
  }
  const { name, commit, upstream, ahead = 0, behind = 0 } = head;
  if (upstream !== undefined) {
    const { remote: at, name: remoteBranch } = upstream;
    const facts = { commit, branch: name, remote: at, remoteBranch, isNew: false, ahead };
    if (behind > 0) return { kind: "behind", facts, behind };
    return { kind: ahead > 0 ? "ready" : "nothing", facts };
  }
  const [only, ...others] = remotes.map((one) => one.name);
  if (only === undefined) {
    const why =
      "The repository has no remote to push to. Add one first: git remote add origin URL.";
    return { kind: "impossible", why };
  }
  const chosen = remote ?? (others.length === 0 ? only : undefined);
  if (chosen === undefined) return { kind: "choose-remote", remotes: [only, ...others] };
  const facts = { commit, branch: name, remote: chosen, remoteBranch: name };
  return { kind: "ready", facts: { ...facts, isNew: true, ahead: undefined } };
}

/** `origin/main`. */
export function upstreamName({ remote, remoteBranch }: PushFacts): string {
  return `${remote}/${remoteBranch}`;
}
