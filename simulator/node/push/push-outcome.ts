/** What became of a push, in a person's words: what happened, what of it is left, what to do. */
import { withoutCredentials } from "../source-url.ts";
import { isSsh } from "./ssh-environment.ts";

export type PushFailureReason =
  /** The branch has commits there that are not here. */
  | "not-fast-forward"
  | "unauthorized"
  /** A hook or a rule of the server said no: a protected branch, a policy. */
  | "refused-by-server"
  /** The pre-push hook of this repository said no. */
  | "refused-by-hook"
  | "unreachable"
  | "certificate"
  /** ssh does not know the server, and nobody could be asked. */
  | "host-key-unknown"
  /** ssh knows the server by another key. */
  | "host-key-changed"
  | "not-found"
  | "cancelled"
  | "failed";

export type PushOutcome =
  | {
      readonly outcome: "pushed";
      /** What did it. */
      readonly by: "git" | "isomorphic-git";
      /** What the server said, line by line. */
      readonly said: readonly string[];
    }
  | {
      readonly outcome: "failed";
      readonly reason: PushFailureReason;
      readonly message: string;
      readonly said: readonly string[];
    };

export type PushFailure = Extract<PushOutcome, { readonly outcome: "failed" }>;

/** Where a push goes, for its messages. */
export interface PushPlace {
  readonly url: string;
  /** Name of the branch at the remote. */
  readonly branch: string;
}

/** `detail` is what a program said about it; lines of the server are `said`. */
export function pushFailure(
  reason: PushFailureReason,
  place: PushPlace,
  { said = [], detail = "" }: { readonly said?: readonly string[]; readonly detail?: string } = {},
): PushFailure {
  const clean = said.map((line) => withoutSecrets(line));
  const message = sentence(reason, place, clean, withoutSecrets(detail));
  return { outcome: "failed", reason, message: `${message} ${stays(reason)}`, said: clean };
}

function sentence(
  reason: PushFailureReason,
  { url, branch }: PushPlace,
  said: readonly string[],
  detail: string,
): string {
  const where = withoutSecrets(url);
  const quoted = [...said, ...(detail === "" ? [] : [detail])].slice(0, 6).join(" ");
  const because = quoted === "" ? "" : ` (${quoted})`;
  switch (reason) {
    case "not-fast-forward":
      return `${branch} at ${where} has commits that are not here, so the push was rejected. Pull, look at the plan again, then push.`;
    case "unauthorized":
      if (isSsh(url))
        return `${where} does not accept your key, or it may not push there${because}. If the key has a passphrase, load it with ssh-add first; ssh-add -l says which keys are loaded.`;
      return `${where} does not accept the credentials, or they may not push${because}. A token may have expired: sign in again, for example with git fetch in a terminal, then push again.`;
    case "refused-by-server":
      return `The server refused ${branch}${because}. If the branch is protected, push another branch and open a pull request.`;
    case "refused-by-hook":
      return `The pre-push hook of this repository refused the push${because}.`;
    case "unreachable":
      return `${where} can't be reached${because}. Check the network, then push again.`;
    case "certificate":
      return `The certificate of ${where} is not trusted${because}. If its authority is your own, name it in git's http.sslCAInfo.`;
    case "host-key-unknown":
      return `ssh does not know the server of ${where} yet. Connect once in a terminal, for example with git fetch, compare the fingerprint with the one that the server's owner publishes, then push again.`;
    case "host-key-changed":
      return `The server of ${where} has another host key than before. It may be another machine that pretends to be it: ask its owner, and only then remove the old key with ssh-keygen -R.`;
    case "not-found":
      return `There is no repository at ${where}, or the credentials may not see it. Check the address of the remote.`;
    case "cancelled":
      return "The push was cancelled.";
    case "failed":
      return `The push to ${where} failed${because}.`;
  }
}

/** A push moves one branch or none; what is in doubt is only asked when the connection broke. */
function stays(reason: PushFailureReason): string {
  return reason === "unreachable" || reason === "cancelled" || reason === "failed"
    ? "Nothing arrived as far as can be told; your commit is still here."
    : "Nothing was pushed; your commit is still here.";
}

/** Addresses without user and password, however they came into the text. */
function withoutSecrets(text: string): string {
  return text.replace(/\b(?:https?|ssh):\/\/[^\s'"]+/g, (url) => {
    try {
      return withoutCredentials(new URL(url));
    } catch {
      return url.replace(/\/\/[^@/\s]*@/, "//");
    }
  });
}
