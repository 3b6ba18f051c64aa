/** What is found out about one applier, before it is shown. */
import type { LiveAnswer } from "../question.ts";
import type { Problem } from "../../records.ts";
import { stageOf } from "../../render/inventory.ts";
import type { InventoryItem } from "../../render/inventory.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Drift, LiveChange, Verdict } from "./verdict.ts";
import type { Wish } from "./wish.ts";
import type { ObjectRef } from "../../records.ts";

export interface Refusal {
  readonly item: InventoryItem;
  readonly message: string;
  readonly isImmutable: boolean;
  readonly base: JsonObject | undefined;
  readonly target: JsonObject;
  /** Force deletes it before, and the server has these words for the new one. */
  readonly lostFor: string | undefined;
}

export interface Unanswered {
  readonly item: InventoryItem;
  readonly reason: "forbidden" | "unknown-kind" | "lost";
  readonly message: string;
}

export interface Ledger {
  readonly applier: string;
  readonly changes: LiveChange[];
  readonly refused: Refusal[];
  readonly unanswered: Unanswered[];
  /** Inventories, releases and objects to be deleted that could not be read. */
  unread: number;
  readonly known: { "dry-run": number; structural: number };
  readonly problems: Omit<Problem, "place">[];
  readonly drifted: { readonly ref: ObjectRef; readonly drift: Drift }[];
}

export function openLedger(applier: string): Ledger {
  return {
    applier,
    changes: [],
    refused: [],
    unanswered: [],
    unread: 0,
    known: { "dry-run": 0, structural: 0 },
    problems: [],
    drifted: [],
  };
}

/** Notes what became of one object, and how it is known. */
export function enter(
  ledger: Ledger,
  wish: Wish,
  verdict: Verdict,
  answer: LiveAnswer | undefined,
): void {
  const { item } = wish;
  switch (verdict.outcome) {
    case "unchanged":
      break;
    case "change":
      ledger.changes.push(verdict.change);
      break;
    case "refused":
      ledger.refused.push({
        item,
        message: verdict.message,
        isImmutable: verdict.isImmutable,
        base: verdict.base,
        target: wish.question.object,
        lostFor: verdict.lost?.lostFor,
      });
      if (verdict.lost !== undefined) ledger.changes.push(verdict.lost);
      break;
    case "unanswered":
      ledger.unanswered.push({ item, reason: verdict.reason, message: verdict.message });
      return;
  }
  // That an object is there and left alone is certain, however it was asked.
  const isByUs =
    !(wish.question.ask === "get" && verdict.outcome === "unchanged") &&
    (answer?.outcome === "compared" || answer?.outcome === "absent") &&
    answer.known !== "dry-run";
  ledger.known[isByUs ? "structural" : "dry-run"]++;
}

/**
 * kustomize-controller tries a whole stage before it applies it, and stops at the first that fails, with what force deleted until then
 * gone; Helm goes on with the others, and deletes nothing then.
 */
export function withoutUnreached(ledger: Ledger, isStaged: boolean): readonly LiveChange[] {
  const { changes, refused } = ledger;
  if (refused.length === 0) return changes;
  const applied = changes.filter(({ item }) => item !== undefined);
  if (!isStaged) return applied;
  const failing = failingStage(ledger);
  return applied.filter(({ ref, lostFor }) =>
    lostFor === undefined ? stageOf(ref) < failing : stageOf(ref) <= failing,
  );
}

/** Of what would be recreated beside a refused object some may be deleted already when the stage fails. */
export function deletedHalfway(ledger: Ledger): readonly LiveChange[] {
  if (ledger.refused.length === 0) return [];
  const failing = failingStage(ledger);
  return ledger.changes.filter(
    ({ kind, immutable, ref }) =>
      kind === "recreated" && immutable !== undefined && stageOf(ref) === failing,
  );
}

function failingStage({ refused }: Ledger): number {
  return Math.min(...refused.map(({ item }) => stageOf(item.ref)));
}
