/** The blast radius of a change: what waits for an applier, and what waits for that. */
import type { ApplierRecord } from "../records.ts";

/**
 * Ids of the appliers that depend on `applier` (`dependsOn`, and those that it applies), nearest first. When it fails, none of them
 * gets what is pushed.
 */
export function dependentsOf(
  appliers: readonly Pick<ApplierRecord, "id" | "parent" | "dependsOn">[],
  applier: string,
): readonly string[] {
  const found = new Set<string>([applier]);
  // A Set iterates over what is added meanwhile: this walks breadth first.
  for (const id of found)
    for (const other of appliers)
      if (other.parent === id || other.dependsOn.includes(id)) found.add(other.id);
  found.delete(applier);
  return [...found];
}
