/**
 * A release that helm-controller leaves as it is, but looks at: what somebody changed on the cluster is reported, or put back
 * (`spec.driftDetection`; `fluxcd/helm-controller internal/action/diff.go`).
 */
import { compareValues } from "../../diff/compare.ts";
import { objectId } from "../../flux/object-ref.ts";
import { listAt, objectAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { StoredRelease } from "../facts.ts";
import type { LiveAnswer, LiveQuestion } from "../question.ts";
import { comparable } from "./comparable.ts";
import { ignoredPaths, withoutPaths } from "./ignore-rules.ts";
import type { Ledger } from "./ledger.ts";
import { stateOf } from "./live-appliers.ts";
import type { DriftMode } from "./release-state.ts";
import { storedObjects } from "./stored-manifest.ts";
import type { IsNamespaced, StoredObject } from "./stored-manifest.ts";
import type { Subject } from "./subject.ts";
import { says } from "./switches.ts";
import { managers } from "./wish.ts";

export interface DriftWork {
  readonly subject: Subject;
  readonly stored: StoredRelease;
  readonly mode: Exclude<DriftMode, "disabled">;
  readonly isNamespaced: IsNamespaced;
}

export interface PreparedDrift {
  readonly questions: readonly LiveQuestion[];
  settle(answers: ReadonlyMap<string, LiveAnswer>, ledger: Ledger): void;
}

const key = "helm.toolkit.fluxcd.io/driftDetection";

export function prepareDrift(work: DriftWork): PreparedDrift {
  const objects = [...storedObjects(work.stored, work.isNamespaced).entries()].filter(
    ([, { object }]) => !says(object, key, "disabled"),
  );
  const { subject } = work;
  const questions = objects.map(([id, { object, json }]): LiveQuestion => ({
    id: `${subject.node.id}|${id}|drift`,
    object,
    json,
    manager: managers.HelmRelease,
    recreates: false,
    ask: "dry-run",
    state: stateOf(subject.live),
  }));
  return {
    questions,
    settle(answers, ledger) {
      for (const [index, question] of questions.entries()) {
        const stored = objects[index]?.[1];
        if (stored !== undefined) settleOne(stored, answers.get(question.id), work, ledger);
      }
    },
  };
}

function settleOne(
  stored: StoredObject,
  answer: LiveAnswer | undefined,
  { subject, mode }: DriftWork,
  ledger: Ledger,
): void {
  const { ref } = stored;
  if (answer === undefined || answer.outcome === "unanswered" || answer.outcome === "refused") {
    ledger.unread++;
    return;
  }
  ledger.known["dry-run"]++;
  if (answer.outcome === "immutable") return;
  const about = { applier: subject.node.id, ref, id: objectId(ref) };
  if (answer.outcome === "absent") {
    if (mode === "enabled")
      ledger.changes.push({
        ...about,
        kind: "created",
        target: comparable(stored.object),
        known: "dry-run",
      });
    return;
  }
  if (answer.live === answer.applied || says(answer.live, key, "disabled")) return;
  const ignored = ignoredPaths(
    listAt(subject.object, "spec", "driftDetection", "ignore"),
    stored.object,
  );
  if (ignored.includes("")) return;
  const live = withoutPaths(comparable(answer.live), ignored);
  const wanted = withoutForeignMetadata(withoutPaths(comparable(answer.applied), ignored), live);
  if (compareValues(live, wanted).length === 0) return;
  const drift = { live, stored: wanted };
  if (mode === "warn") ledger.drifted.push({ ref, drift });
  else
    ledger.changes.push({
      ...about,
      kind: "changed",
      base: live,
      target: wanted,
      known: answer.known,
      drift,
      ...(answer.takenFrom.length === 0 ? {} : { takesFrom: answer.takenFrom }),
    });
}

/** Labels and annotations that would go are no drift (`fluxcd/pkg ssa/jsondiff`, diffUnstructuredMetadata). */
function withoutForeignMetadata(wanted: JsonObject, live: JsonObject): JsonObject {
  const metadata: Record<string, JsonObject[string]> = { ...objectAt(wanted, "metadata") };
  for (const field of ["labels", "annotations"]) {
    const merged = { ...objectAt(live, "metadata", field), ...objectAt(metadata, field) };
    if (Object.keys(merged).length > 0) metadata[field] = merged;
  }
  return { ...wanted, metadata };
}
