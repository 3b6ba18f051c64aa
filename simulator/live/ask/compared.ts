/**
 * Both sides of a comparison with what the server counts or writes by itself made equal: neither belongs to a change
 * (`hasDrifted` and `prepareObjectForDiff` of `fluxcd/pkg/ssa/manager_diff.go`, `normalize.DryRunUnstructured`).
 */
import { canonicalJson, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/json.ts";
import type { LiveAnswer } from "../question.ts";
import { withoutManagedFields } from "./answers.ts";

type Compared = Extract<LiveAnswer, { readonly outcome: "compared" }>;

const countedByServer = [
  "creationTimestamp",
  "generation",
  "resourceVersion",
  "selfLink",
  "uid",
] as const;

/** When nothing differs, both sides are one object, which costs half the memory. */
export function compared(answer: Omit<Compared, "outcome">): Compared {
  const live = withoutRepeatedMetrics(withoutManagedFields(answer.live));
  const applied = withoutRepeatedMetrics(likeLive(answer.applied, live));
  const isSame = canonicalJson(live) === canonicalJson(applied);
  return { ...answer, outcome: "compared", live, applied: isSame ? live : applied };
}

function likeLive(applied: JsonObject, live: JsonObject): JsonObject {
  const { managedFields: _, ...own } = objectAt(applied, "metadata");
  const given = objectAt(live, "metadata");
  const metadata: Record<string, Json | undefined> = { ...own };
  for (const key of countedByServer) {
    delete metadata[key];
    if (given[key] !== undefined) metadata[key] = given[key];
  }
  // The server keeps no empty ones.
  for (const key of ["labels", "annotations"])
    if (Object.keys(objectAt(metadata, key)).length === 0) delete metadata[key];
  const { status: _status, ...rest } = applied;
  return {
    ...rest,
    apiVersion: live["apiVersion"],
    kind: live["kind"],
    metadata,
    ...(live["status"] === undefined ? {} : { status: live["status"] }),
  };
}

/** Kubernetes before 1.27 repeats the first metric and adds an empty one (kubernetes/kubernetes#118293). */
function withoutRepeatedMetrics(object: JsonObject): JsonObject {
  const metrics = listAt(objectAt(object, "spec"), "metrics") as readonly Json[];
  if (object["kind"] !== "HorizontalPodAutoscaler" || metrics.length === 0) return object;
  const seen = new Set<string>();
  const distinct = metrics.filter((metric) => {
    const text = canonicalJson(metric);
    if (seen.has(text) || textAt(metric, "type") === undefined) return false;
    seen.add(text);
    return true;
  });
  if (distinct.length === metrics.length) return object;
  return { ...object, spec: { ...objectAt(object, "spec"), metrics: distinct } };
}
