/** An object that leaves one applier and is rendered by another is moved: two findings become one change. */
import type { LiveChange } from "./verdict.ts";

/**
 * `moved` placeholders say who lets go of it; the change of the new applier is what happens to it. Where nothing about it changes, there is
 * nothing to say. `remotes`: names of other clusters, by applier.
 */
export function joinMoves(
  changes: readonly LiveChange[],
  remotes: ReadonlyMap<string, string>,
): readonly LiveChange[] {
  // Objects of one id on two clusters are two objects.
  const keyOf = ({ applier, id }: LiveChange): string => `${remotes.get(applier) ?? ""}|${id}`;
  const left = new Map(
    changes
      .filter((change) => change.kind === "moved" && change.item === undefined)
      .map((change) => [keyOf(change), change]),
  );
  if (left.size === 0) return changes;
  return changes.flatMap((change): readonly LiveChange[] => {
    const old = left.get(keyOf(change));
    if (old === undefined) return [change];
    if (change === old || (change.kind === "moved" && change.item === undefined)) return [];
    return change.kind === "changed" && change.applier !== old.applier
      ? [{ ...change, kind: "moved", from: old.applier, isPruned: old.isPruned === true }]
      : [change];
  });
}
