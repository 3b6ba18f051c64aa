/**
 * Force deletes an object whose change is refused, and only then finds out whether the new one is accepted (`ApplyAll` of `fluxcd/pkg
 * ssa/manager_apply.go`): whatever is invalid counts as immutable. Only a cluster knows.
 */
import { refTitle } from "../../flux/object-ref.ts";
import { applierKindOf } from "../../flux/read-applier.ts";
import { about } from "./rule.ts";
import type { ChangedObject, RiskRule } from "./rule.ts";

export const forceDeletes: RiskRule = {
  code: "risk/force-deletes",
  summary: "Force deletes an object, and no new one takes its place.",
  *find({ objects }) {
    for (const changed of objects) {
      if (changed.lostFor !== undefined)
        yield about(changed, "high", lost(changed, changed.lostFor));
      if (changed.isHalfway === true) yield about(changed, "medium", halfway(changed));
    }
  },
};

function lost({ change }: ChangedObject, fields: readonly string[]): string {
  const why = fields.length === 0 ? "" : ` (${fields.join(", ")})`;
  const more =
    applierKindOf(change.ref) === undefined ? "" : " It takes along what it applied, if it prunes.";
  return `${refTitle(change.ref)} is deleted and does not come back: force is on, and the API server refuses the new one as well${why}.${more} Mend the manifest before it is pushed, or turn force off.`;
}

function halfway({ change }: ChangedObject): string {
  return `${refTitle(change.ref)} may be deleted and not be created anew: force is on, and its applier fails at another object. Mend that one first.`;
}
