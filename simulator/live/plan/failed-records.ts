/**
 * Appliers that the API server's refusals make fail, those that wait for them in vain, and those that a failing parent would have brought:
 * what is not there yet stays away, and what is there stays as it is.
 */
import { objectId, refTitle } from "../../flux/object-ref.ts";
import type { ApplierRecord, Problem } from "../../records.ts";
import { nodeRef } from "../../render/node.ts";
import { withoutUnreached } from "./ledger.ts";
import { isActive } from "./subject.ts";
import type { Subject } from "./subject.ts";
import type { Survey } from "./survey.ts";

type Found = Pick<Survey, "subjects" | "ledgers">;

/** Records by id; only those that are other ones now. `refusals`: the problems of each applier. */
export function failedRecords(
  found: Found,
  refusals: ReadonlyMap<string, readonly Problem[]>,
): ReadonlyMap<string, ApplierRecord> {
  const { subjects } = found;
  const records = new Map<string, ApplierRecord>();
  for (const [id, problems] of refusals) {
    const subject = subjects.get(id);
    const first = problems[0];
    if (subject === undefined || first === undefined) continue;
    const reason =
      subject.node.spec.kind === "HelmRelease" ? upgradeReason(subject) : "ReconciliationFailed";
    records.set(id, { ...subject.record, state: "failed", reason, message: first.message });
  }
  // A Map iterates over what is added meanwhile: this walks those that depend on each other, and children of children.
  for (const record of records.values()) {
    for (const [other, subject] of subjects) {
      if (records.has(other) || !isActive(subject)) continue;
      const outcome = waiting(subject, record) ?? unreached(subject, record, found);
      if (outcome !== undefined) records.set(other, { ...subject.record, ...outcome });
    }
  }
  return records;
}

type Outcome = Pick<ApplierRecord, "state" | "reason" | "message">;

function waiting({ record }: Subject, { id, ref, state }: ApplierRecord): Outcome | undefined {
  // What stays as it is on the cluster is ready there, as far as anybody knows.
  if (state === "unknown" || !record.dependsOn.includes(id)) return undefined;
  return {
    state: "blocked",
    reason: "DependencyNotReady",
    message: `dependency '${ref.namespace}/${ref.name}' is not ready (${refTitle(ref)} fails)`,
  };
}

/** Its parent does not come to apply it, or not what is new about it. */
function unreached(
  { node, live, isUnread }: Subject,
  { id: parent, ref, state }: ApplierRecord,
  { subjects, ledgers }: Found,
): Outcome | undefined {
  const ledger = ledgers.get(parent);
  if (node.parent !== parent || ledger === undefined || isUnread) return undefined;
  const id = objectId(nodeRef(node));
  // Helm goes on with the other objects of a release.
  const isStaged = subjects.get(parent)?.node.spec.kind !== "HelmRelease";
  const applied = state === "failed" ? withoutUnreached(ledger, isStaged) : [];
  const isOwn = (change: { readonly id: string }): boolean => change.id === id;
  if (!ledger.changes.some(isOwn) || applied.some(isOwn)) return undefined;
  const cause = `${refTitle(ref)}, which would apply it, does not come to that`;
  return live === undefined
    ? { state: "blocked", reason: "Progressing", message: `It is not there yet, and ${cause}.` }
    : { state: "unknown", message: `It stays as it is on the cluster, because ${cause}.` };
}

function upgradeReason({ live }: Subject): string {
  return live === undefined ? "InstallFailed" : "UpgradeFailed";
}
