/** What becomes of one object, out of the cluster's answer about it. */
import { objectId } from "../../flux/object-ref.ts";
import type { JsonObject } from "../../manifest/json.ts";
import { differences } from "../../plan/fields.ts";
import type { Change, ChangeKnowledge, ObjectRef } from "../../records.ts";
import type { InventoryItem } from "../../render/inventory.ts";
import type { LiveAnswer } from "../question.ts";
import { comparable } from "./comparable.ts";
import { withoutPaths } from "./ignore-rules.ts";
import { isForced, isLeftAlone } from "./switches.ts";
import type { Wish } from "./wish.ts";

/** A change before it is shown: exact values on both sides. */
export interface LiveChange {
  readonly kind: Change["kind"];
  readonly applier: string;
  readonly ref: ObjectRef;
  /** `objectId(ref)`. */
  readonly id: string;
  /** As rendered; absent for what leaves the render. */
  readonly item?: InventoryItem;
  /** What is there now, as far as it counts. */
  readonly base?: JsonObject;
  readonly target?: JsonObject;
  readonly known: ChangeKnowledge;
  readonly takesFrom?: readonly string[];
  readonly from?: string;
  readonly isPruned?: boolean;
  readonly kept?: string;
  readonly drift?: Drift;
  readonly hook?: readonly string[];
  /** Why it is recreated, in the words of the server. */
  readonly immutable?: string;
  /** Force deletes it, and the server refuses the new one in these words. */
  readonly lostFor?: string;
  /** For showing only: only what the render says is compared, because what the server would add is not known. */
  readonly isBare?: true;
}

/** What the stored release says against what is there. */
export interface Drift {
  readonly live: JsonObject;
  readonly stored: JsonObject;
}

export type Verdict =
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "change"; readonly change: LiveChange }
  | {
      readonly outcome: "refused";
      readonly message: string;
      readonly isImmutable: boolean;
      readonly base?: JsonObject;
      /** What force deletes before that. */
      readonly lost?: LiveChange;
    }
  | {
      readonly outcome: "unanswered";
      readonly reason: "forbidden" | "unknown-kind" | "lost";
      readonly message: string;
    };

export interface VerdictContext {
  readonly applier: string;
  /** Kind of the applier. */
  readonly kind: string;
  /** JSON pointers that are left to others, for this object. */
  readonly ignored: (applied: JsonObject) => readonly string[];
}

const unchanged: Verdict = { outcome: "unchanged" };

export function verdictOf(
  wish: Wish,
  answer: LiveAnswer | undefined,
  context: VerdictContext,
): Verdict {
  switch (answer?.outcome) {
    case undefined:
      return { outcome: "unanswered", reason: "lost", message: "It was not asked about." };
    case "unanswered":
      return { outcome: "unanswered", reason: answer.reason, message: answer.message };
    case "refused":
      return refused(wish, answer, context);
    case "immutable":
      return immutable(wish, answer, context);
    case "absent":
      return {
        outcome: "change",
        change: {
          ...about(wish, context),
          kind: "created",
          target: comparable(wish.question.object),
          known: answer.known === "dry-run" ? "dry-run" : "structural",
        },
      };
    case "compared":
      return comparison(wish, answer, context);
  }
}

export function about(
  { item }: Wish,
  { applier }: VerdictContext,
): Pick<LiveChange, "applier" | "ref" | "id" | "item"> {
  return { applier, ref: item.ref, id: objectId(item.ref), item };
}

function refused(
  wish: Wish,
  answer: Extract<LiveAnswer, { readonly outcome: "refused" }>,
  context: VerdictContext,
): Verdict {
  const { live, message } = answer;
  if (isLeftAlone(live, context.kind)) return unchanged;
  const base = live === undefined ? {} : { base: comparable(live) };
  return {
    outcome: "refused",
    message,
    isImmutable: false,
    ...base,
    ...lostBy(wish, answer, context),
  };
}

/** `fluxcd/pkg ssa/manager_apply.go`, shouldForceApply: the object on the cluster may say so as well. */
function isForceOn({ question }: Wish, live: JsonObject, { kind }: VerdictContext): boolean {
  return question.recreates || isForced(live, kind);
}

function lostBy(
  wish: Wish,
  { live, forced }: Extract<LiveAnswer, { readonly outcome: "immutable" | "refused" }>,
  context: VerdictContext,
): { readonly lost?: LiveChange } {
  if (live === undefined || forced?.outcome !== "lost") return {};
  if (!isForceOn(wish, live, context)) return {};
  const base = comparable(live);
  const lostFor = forced.message;
  return { lost: { ...about(wish, context), kind: "deleted", base, known: "dry-run", lostFor } };
}

function immutable(
  wish: Wish,
  answer: Extract<LiveAnswer, { readonly outcome: "immutable" }>,
  context: VerdictContext,
): Verdict {
  const { live, message, forced } = answer;
  const base = comparable(live);
  if (isLeftAlone(live, context.kind)) return unchanged;
  const isOn = isForceOn(wish, live, context);
  if (!isOn || forced?.outcome !== "recreated") {
    const lost = lostBy(wish, answer, context);
    // Where force does not help, nobody is told to switch it on.
    return { outcome: "refused", message, isImmutable: !isOn, base, ...lost };
  }
  return {
    outcome: "change",
    change: {
      ...about(wish, context),
      kind: "recreated",
      base,
      target: comparable(wish.question.object),
      known: "dry-run",
      immutable: message,
      isBare: true,
    },
  };
}

function comparison(
  wish: Wish,
  answer: Extract<LiveAnswer, { readonly outcome: "compared" }>,
  context: VerdictContext,
): Verdict {
  if (wish.question.ask === "get" || answer.live === answer.applied) return unchanged;
  if (isLeftAlone(answer.live, context.kind)) return unchanged;
  const ignored = context.ignored(answer.applied);
  if (ignored.includes("")) return unchanged;
  const base = withoutPaths(comparable(answer.live), ignored);
  const target = withoutPaths(comparable(answer.applied), ignored);
  if (differences(base, target, false).length === 0) return unchanged;
  return {
    outcome: "change",
    change: {
      ...about(wish, context),
      kind: "changed",
      base,
      target,
      known: answer.known,
      ...(answer.takenFrom.length === 0 ? {} : { takesFrom: answer.takenFrom }),
    },
  };
}
