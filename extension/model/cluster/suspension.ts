/** What Sluice noted beside a suspension: why, and until when it is meant. Nothing resumes by itself; people are reminded. Pure. */
import { isSuspended, textAt } from "#simulator";
import type { JsonObject } from "#simulator";

import { suspendReason, suspendUntil } from "./live-words.ts";

export interface Suspension {
  /** Empty when nobody said why. */
  readonly reason: string;
  /** RFC 3339 as it was noted; empty for no end. */
  readonly until: string;
  /** Its end has passed, and it is suspended still. */
  readonly overdue: boolean;
}

/** `undefined` for what is not suspended, and for suspensions without a note. `now` is in milliseconds since 1970. */
export function suspensionOf(object: JsonObject, now: number): Suspension | undefined {
  if (!isSuspended(object)) return undefined;
  const reason = textAt(object, "metadata", "annotations", suspendReason) ?? "";
  const until = textAt(object, "metadata", "annotations", suspendUntil) ?? "";
  if (reason === "" && until === "") return undefined;
  // What is no time has no end.
  return { reason, until, overdue: Date.parse(until) <= now };
}

/** `the end has passed, because of the migration`: what stands beside the name. */
export function suspensionWords({ reason, overdue }: Suspension): readonly string[] {
  return [overdue ? "its end has passed" : "", reason].filter(Boolean);
}
