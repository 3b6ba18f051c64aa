/**
 * One question to one answer. The ladder: what is there, then a dry run with the controller's own manager and force; where that can't
 * be had, the fields laid over what is there by us.
 */
import { textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { LiveAnswer, LiveQuestion } from "../question.ts";
import { absent, lost, unknownKind, withoutManagedFields, withoutSecrets } from "./answers.ts";
import { ask } from "./asker.ts";
import type { Asker } from "./asker.ts";
import { afterCleanup, needsDefaults, withDefaults } from "./cleanup.ts";
import { compared } from "./compared.ts";
import { findKind } from "./find-kind.ts";
import { freshObject } from "./fresh-object.ts";
import { forgetKinds, pathOf } from "./kinds.ts";
import type { ServedKind } from "./kinds.ts";
import { losersBetween } from "./managed-fields.ts";
import { dryRunRequest, readRequest } from "./requests.ts";
import type { Refusal, Refused, Reply } from "./status.ts";
import { losersByValue, mergedByUs } from "./structural.ts";
import { unchangeable } from "./unchangeable.ts";

/** Rejects only when cancelled. */
export async function askOne(asker: Asker, question: LiveQuestion): Promise<LiveAnswer> {
  const found = await findKind(asker, question);
  if ("answer" in found) return found.answer;
  const { kind, isOtherVersion } = found;
  const { id, object } = question;
  const namespace = textAt(object, "metadata", "namespace") ?? "";
  const name = textAt(object, "metadata", "name") ?? "";
  if (kind.namespaced && namespace === "")
    return { id, outcome: "refused", message: "The object is namespaced, and names no namespace." };
  const path = pathOf(kind, namespace, name);
  // Both sides have to be of the same moment, otherwise what somebody else just changed would be our change.
  for (let attempt = 1; ; attempt++) {
    const answer = await climb(asker, question, { kind, path, isOtherVersion, attempt });
    if (answer !== "moved") return answer;
  }
}

const attempts = 3;

interface Where {
  readonly kind: ServedKind;
  readonly path: string;
  readonly isOtherVersion: boolean;
  /** From 1. */
  readonly attempt: number;
}

async function climb(
  asker: Asker,
  question: LiveQuestion,
  where: Where,
): Promise<LiveAnswer | "moved"> {
  const { id } = question;
  const read = await ask(asker, readRequest(where.path));
  if (!read.ok && !isWorthTrying(read.refusal)) return lost(id, read.message);
  const live = read.ok ? read.object : undefined;
  if (question.ask === "get" && live !== undefined)
    return compared({ id, known: "structural", live, applied: live, takenFrom: [] });
  if (where.isOtherVersion)
    return live === undefined ? absent(id, "arrives") : structural(question, live);
  const tried = await ask(asker, dryRunRequest(question, where.path));
  if (!read.ok && read.refusal === "not-allowed") return unread(id, tried, read.message);
  if (!tried.ok) return refused(asker, question, { ...where, live }, tried);
  if (live === undefined) return absent(id, "dry-run");
  const isMoved = versionOf(live) !== versionOf(tried.object);
  if (isMoved && where.attempt < attempts) return "moved";
  const takenFrom = losersBetween(live, tried.object, question.manager);
  const applied = await cleaned(asker, question, where, { live, applied: tried.object });
  return compared({ id, known: "dry-run", live, applied, takenFrom });
}

/** A Namespace that is not there is missing as a namespace. */
function isWorthTrying(refusal: Refusal): boolean {
  return refusal === "not-found" || refusal === "namespace-missing" || refusal === "not-allowed";
}

/** What is there may not be read, so that it can't be compared; that nothing is there the dry run tells. */
function unread(id: string, tried: Reply, message: string): LiveAnswer {
  if (tried.ok && versionOf(tried.object) === undefined) return absent(id, "dry-run");
  if (!tried.ok && tried.refusal === "lost") return lost(id, tried.message);
  return { id, outcome: "unanswered", reason: "forbidden", message };
}

async function refused(
  asker: Asker,
  question: LiveQuestion,
  where: Where & { readonly live: JsonObject | undefined },
  reply: Refused,
): Promise<LiveAnswer> {
  const { id } = question;
  const { live, kind } = where;
  const message = withoutSecrets(reply.message, question.object);
  const no = (): LiveAnswer => ({
    id,
    outcome: "refused",
    message,
    ...(live === undefined ? {} : { live: withoutManagedFields(live) }),
  });
  const byUs = (): LiveAnswer =>
    live === undefined ? absent(id, "structural") : structural(question, live);
  const isArriving = asker.arrivals.kinds.has(`${kind.group}/${kind.kind}`);
  switch (reply.refusal) {
    case "lost":
    case "busy":
      return lost(id, message);
    case "not-allowed":
    case "no-dry-run":
      return byUs();
    case "namespace-missing": {
      const namespace = textAt(question.object, "metadata", "namespace") ?? "";
      return asker.arrivals.namespaces.has(namespace) ? absent(id, "arrives") : no();
    }
    case "not-found":
      // Object and namespace are no reason for it: the kind was there at discovery, and is no longer.
      forgetKinds(asker.live);
      return isArriving ? absent(id, "arrives") : unknownKind(id, message);
    case "immutable":
    case "invalid": {
      if (live === undefined) return isArriving && reply.refusal === "invalid" ? byUs() : no();
      const answer = await unchangeable(asker, { question, kind, live }, reply);
      // A definition that arrives with it may know the fields that this one does not.
      return isArriving && answer.outcome === "refused" ? byUs() : answer;
    }
    case "other":
      return isArriving ? byUs() : no();
  }
}

/** What kustomize-controller takes away besides, with the defaults that come back in its place. */
async function cleaned(
  asker: Asker,
  question: LiveQuestion,
  where: Where,
  { live, applied }: { readonly live: JsonObject; readonly applied: JsonObject },
): Promise<JsonObject> {
  const clean = afterCleanup(question, live, applied);
  if (!needsDefaults(applied, clean)) return clean;
  return withDefaults(applied, clean, await freshObject(asker, question, where.kind));
}

function structural(question: LiveQuestion, live: JsonObject): LiveAnswer {
  const { id, object, manager } = question;
  const { apiVersion: _, ...wanted } = object;
  const merged = mergedByUs(live, wanted, manager);
  const takenFrom = losersByValue(live, merged, manager);
  const clean = afterCleanup(question, live, merged);
  const applied = needsDefaults(merged, clean) ? withDefaults(merged, clean, undefined) : clean;
  return compared({ id, known: "structural", live, applied, takenFrom });
}

function versionOf(object: JsonObject): string | undefined {
  return textAt(object, "metadata", "resourceVersion");
}
