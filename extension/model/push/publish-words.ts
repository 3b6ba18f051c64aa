/** What a person reads before an artifact is published. Pure. */
import type { Plan } from "#simulator";

import { count } from "../words.ts";
import { pushDetail } from "./push-words.ts";

/** What the artifact is compared with. */
export type PublicationBase =
  | {
      readonly kind: "artifact";
      /** What that one was made of: `main@sha1:…`. */
      readonly revision?: string;
      /** It has the very files that would be published. */
      readonly isSame: boolean;
    }
  | { readonly kind: "nothing" }
  /** The artifact that is there can't be read, so it is what the Preview compares with. */
  | { readonly kind: "instead"; readonly why: string };

export interface PublicationFacts {
  readonly commit: string;
  readonly base: PublicationBase;
  /** Sources of the repository that follow the tag; absent where nobody looked. */
  readonly followers?: readonly string[];
  readonly uncommitted: number;
}

/** `Publish apps as oci://host/fleet:main?` */
export function publishTitle(path: string, address: string): string {
  return `Publish ${path === "" ? "the repository" : path} as ${address}?`;
}

/** The lines of the question: what it is compared with, the plan in short, and what else there is to know. */
export function publishDetail(facts: PublicationFacts, plan: Plan): string {
  const { base, commit, followers, uncommitted } = facts;
  const files = `${count(uncommitted, "file")} ${uncommitted === 1 ? "is" : "are"}`;
  return [
    comparedText(base, plan),
    pushDetail({ commit }, plan, { uncommitted: 0, unsaved: 0 }),
    ...(followers?.length === 0 ? ["No OCIRepository of this repository follows that tag."] : []),
    ...(uncommitted > 0 ? [`${files} not committed and will be published all the same.`] : []),
  ].join("\n");
}

function comparedText(base: PublicationBase, plan: Plan): string {
  switch (base.kind) {
    case "artifact": {
      const made = base.revision === undefined ? "" : `, made of ${shortRevision(base.revision)}`;
      return base.isSame
        ? `The artifact that is there now has the same files${made}.`
        : `Compared with the artifact that is there now${made}.`;
    }
    case "nothing":
      return "There is no artifact yet, so everything is new.";
    case "instead":
      return `The artifact that is there now can't be read, so this is compared with ${plan.base ?? "nothing"} instead. ${oneLine(base.why)}`;
  }
}

/** `main@sha1:4f2a9c1`. */
function shortRevision(revision: string): string {
  return oneLine(revision)
    .slice(0, 120)
    .replace(/([0-9a-f]{7})[0-9a-f]{33,}$/, "$1");
}

/** What a registry says must not look like lines of ours. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, " ");
}
