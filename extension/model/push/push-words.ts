/** What a person reads before and after a push. Pure. */
import type { Plan } from "#simulator";

import {
  changeCount,
  changeWord,
  count,
  countsText,
  loudRisks,
  problemCount,
  riskText,
} from "../words.ts";
import type { PushFacts } from "./push-facts.ts";
import { upstreamName } from "./push-facts.ts";
import { newErrors } from "./push-gate.ts";

/** What stays behind when the commit is pushed. */
export interface LeftBehind {
  readonly uncommitted: number;
  /** Editors with text that is not saved. */
  readonly unsaved: number;
}

/** `2 commits of main to origin/main`. */
export function pushTitle(facts: PushFacts): string {
  const what = facts.ahead === undefined ? "the branch" : `${count(facts.ahead, "commit")} of`;
  const where = facts.isNew ? `${upstreamName(facts)}, a new branch` : upstreamName(facts);
  return `${what} ${facts.branch} to ${where}`;
}

/** git itself refuses this unless it is told otherwise (push.default): a branch begun at `origin/main` has that for its upstream. */
export function renamedText({ branch, remoteBranch }: PushFacts): readonly string[] {
  return branch === remoteBranch
    ? []
    : [`The upstream of ${branch} has another name: ${remoteBranch}.`];
}

const shownRisks = 6;
const shownErrors = 3;

/** The lines of the question: the plan in numbers, then what may hurt, the worst first, then what is left behind. */
export function pushDetail(facts: Pick<PushFacts, "commit">, plan: Plan, left: LeftBehind): string {
  const risks = loudRisks(plan);
  const errors = newErrors(plan);
  const counted = [kindsText(plan), countsText(0, risks.length, problemCount(plan))];
  const summary = counted.filter(Boolean).join(", ");
  return [
    plan.base === undefined
      ? "There is nothing to compare with, so no changes are known."
      : `${changeCount(plan) === 0 ? `No changes in any cluster${summary === "" ? "" : `, ${summary}`}` : summary}.`,
    ...risks.slice(0, shownRisks).map(({ severity, message }) => line(riskText(severity), message)),
    ...more(risks.length - shownRisks, "risk"),
    ...errors.slice(0, shownErrors).map(({ message }) => line("New error", message)),
    ...more(errors.length - shownErrors, "new error"),
    ...leftBehindText(left),
    `Commit ${facts.commit.slice(0, 7)}.`,
  ].join("\n");
}

/** `2 changed, 1 created`; empty when nothing changes. */
function kindsText({ counts }: Plan): string {
  const kinds = ["created", "changed", "recreated", "deleted", "moved", "orphaned"] as const;
  const parts = kinds.flatMap((kind) => {
    const amount = counts[kind] ?? 0;
    return amount === 0 ? [] : [`${amount} ${changeWord(kind)}`];
  });
  return parts.join(", ");
}

function leftBehindText({ uncommitted, unsaved }: LeftBehind): readonly string[] {
  const parts = [
    ...(uncommitted > 0 ? [count(uncommitted, "uncommitted file")] : []),
    ...(unsaved > 0 ? [`unsaved text of ${count(unsaved, "editor")}`] : []),
  ];
  return parts.length === 0 ? [] : [`Not part of it: ${parts.join(", ")}.`];
}

/** A dialog has no scroll bar. */
function line(what: string, message: string): string {
  const text = message.replace(/\s+/g, " ");
  return `• ${what}: ${text.length > 220 ? `${text.slice(0, 219)}…` : text}`;
}

function more(amount: number, what: string): readonly string[] {
  return amount > 0 ? [`• and ${count(amount, `more ${what}`)}`] : [];
}
