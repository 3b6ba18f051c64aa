/** The kind of a question as the server serves it, or the answer when it does not: the definition may arrive with the plan. */
import { groupOf } from "../../flux/object-ref.ts";
import { textAt } from "../../manifest/json.ts";
import type { LiveAnswer, LiveQuestion } from "../question.ts";
import { absent, unknownKind } from "./answers.ts";
import type { Asker } from "./asker.ts";
import { forgetKinds, servedKinds } from "./kinds.ts";
import type { ServedKind } from "./kinds.ts";

export type FoundKind =
  | { readonly answer: LiveAnswer }
  | {
      readonly kind: ServedKind;
      /** The version in question is not served, or not yet: only reading is possible. */
      readonly isOtherVersion: boolean;
    };

/** Rejects only when cancelled. */
export async function findKind(asker: Asker, question: LiveQuestion): Promise<FoundKind> {
  const { id, object } = question;
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const kind = textAt(object, "kind") ?? "";
  const group = groupOf(apiVersion);
  const version = apiVersion.split("/").at(-1) ?? "";
  const isArriving = asker.arrivals.kinds.has(`${group}/${kind}`);
  for (;;) {
    const kinds = await servedKinds(asker.live, asker.signal, asker.wait);
    if (kinds.outcome !== "known") {
      const { outcome: reason, message } = kinds;
      if (reason === "lost") asker.heard(message);
      return { answer: { id, outcome: "unanswered", reason, message } };
    }
    const exact = kinds.versions.get(`${group}/${version}/${kind}`);
    if (exact !== undefined) return { kind: exact, isOtherVersion: false };
    if (!asker.refreshed.done) {
      asker.refreshed.done = true;
      forgetKinds(asker.live);
      continue;
    }
    const other = kinds.preferred.get(`${group}/${kind}`);
    if (isArriving && other !== undefined) return { kind: other, isOtherVersion: true };
    if (isArriving) return { answer: absent(id, "arrives") };
    const message = `The cluster does not serve ${kind} in ${apiVersion}.`;
    return { answer: unknownKind(id, message) };
  }
}
