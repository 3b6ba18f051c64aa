/** Kinds whose deletion takes data along, and how bad that is for one object. */
import { listAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { ObjectRef, RiskSeverity } from "../../records.ts";
import { groupKind } from "./rule.ts";

export interface Loss {
  readonly severity: RiskSeverity;
  /** What is lost, after "is deleted: ". */
  readonly consequence: string;
}

/** What deleting this object loses; `undefined` for kinds that hold nothing. */
export function lossOf(ref: ObjectRef, object: JsonObject): Loss | undefined {
  return losses.get(groupKind(ref))?.(object);
}

const losses: ReadonlyMap<string, (object: JsonObject) => Loss> = new Map([
  [
    "/PersistentVolumeClaim",
    () => ({
      severity: "high",
      consequence:
        "the volume and its data go with it, unless the reclaim policy of the volume is Retain",
    }),
  ],
  ["/PersistentVolume", volumeLoss],
  [
    "/Namespace",
    () => ({ severity: "high", consequence: "everything in the namespace goes with it" }),
  ],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    (object) => ({
      severity: "high",
      consequence: `every ${textAt(object, "spec", "names", "kind") ?? "object of its kind"} of the cluster goes with it`,
    }),
  ],
  ["apps/StatefulSet", setLoss],
]);

/** The API server's default for a PersistentVolume that somebody writes is Retain (`pkg/apis/core/v1/defaults.go`). */
function volumeLoss(object: JsonObject): Loss {
  return (textAt(object, "spec", "persistentVolumeReclaimPolicy") ?? "Retain") === "Retain"
    ? {
        severity: "medium",
        consequence: "its data stays on the storage, but nothing leads to it any more",
      }
    : { severity: "high", consequence: "its reclaim policy gives the data up" };
}

function setLoss(object: JsonObject): Loss {
  if (listAt(object, "spec", "volumeClaimTemplates").length === 0)
    return { severity: "low", consequence: "its pods stop; it has no volumes of its own" };
  const policy = textAt(object, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted");
  return policy === "Delete"
    ? {
        severity: "high",
        consequence: "its claims are deleted as well (persistentVolumeClaimRetentionPolicy)",
      }
    : {
        severity: "medium",
        consequence:
          "its pods stop; the claims of its volumes are left for somebody to take care of",
      };
}
