/** Appliers that the API server's refusals make fail, and those that wait for them in vain. */
import { refTitle } from "../../flux/object-ref.ts";
import type { ApplierRecord, Problem } from "../../records.ts";
import { isActive } from "./subject.ts";
import type { Subject } from "./subject.ts";

/** Records by id; only those that are other ones now. `refusals`: the problems of each applier. */
export function failedRecords(
  subjects: ReadonlyMap<string, Subject>,
  refusals: ReadonlyMap<string, readonly Problem[]>,
): ReadonlyMap<string, ApplierRecord> {
  const records = new Map<string, ApplierRecord>();
  for (const [id, problems] of refusals) {
    const subject = subjects.get(id);
    const first = problems[0];
    if (subject === undefined || first === undefined) continue;
    const reason =
      subject.node.spec.kind === "HelmRelease" ? upgradeReason(subject) : "ReconciliationFailed";
    records.set(id, { ...subject.record, state: "failed", reason, message: first.message });
  }
  // A Map iterates over what is added meanwhile: this walks those that depend on each other.
  for (const [id, { ref }] of records) {
    for (const [other, subject] of subjects) {
      if (records.has(other) || !isActive(subject) || !subject.record.dependsOn.includes(id))
        continue;
      records.set(other, {
        ...subject.record,
        state: "blocked",
        reason: "DependencyNotReady",
        message: `dependency '${ref.namespace}/${ref.name}' is not ready (${refTitle(ref)} fails)`,
      });
    }
  }
  return records;
}

function upgradeReason({ live }: Subject): string {
  return live === undefined ? "InstallFailed" : "UpgradeFailed";
}
