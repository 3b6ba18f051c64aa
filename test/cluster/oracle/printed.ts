/** A plan in lines, for messages of tests. */
import type { Plan } from "#simulator";

export function planned(plan: Plan): readonly string[] {
  return plan.clusters
    .flatMap(({ appliers }) => appliers)
    .flatMap(({ changes }) =>
      changes.map(
        ({ kind, ref, fields }) =>
          `${kind} ${ref.kind} ${ref.namespace}/${ref.name} ${fields.map(({ path, before, after }) => `${path}: ${before ?? ""} -> ${after ?? ""}`).join("; ")}`,
      ),
    );
}
