/** A workload that ran is scaled to nothing. */
import { refTitle } from "../../flux/object-ref.ts";
import { objectAt } from "../../manifest/json.ts";
import { about, groupKind } from "./rule.ts";
import type { ChangedObject, RiskRule } from "./rule.ts";

const scaled: ReadonlySet<string> = new Set([
  "apps/Deployment",
  "apps/ReplicaSet",
  "apps/StatefulSet",
  "/ReplicationController",
]);

export const replicasZero: RiskRule = {
  code: "risk/replicas-zero",
  summary: "A workload is scaled to zero.",
  *find({ objects }) {
    for (const changed of objects) {
      const { ref } = changed.change;
      if (!scaled.has(groupKind(ref)) || !isStopped(changed)) continue;
      yield about(
        changed,
        "medium",
        `${refTitle(ref)} is scaled to zero: nothing of it runs after the push.`,
      );
    }
  },
};

function isStopped({ base, target }: ChangedObject): boolean {
  if (base === undefined || target === undefined) return false;
  const [before, after] = [base, target].map((side) => objectAt(side.exact, "spec")["replicas"]);
  return after === 0 && before !== 0;
}
