/** Plans as lines, for tests. */
import type { Plan } from "#simulator";

/** `applier: kind Kind/name fields`, what changes of the controllers' own bookkeeping left out. */
export function lines(plan: Plan): readonly string[] {
  return plan.clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ applier, changes }) =>
      changes.map(({ kind, ref, fields, drift, restarts, from, hook, known }) => {
        const shown = (some: typeof fields): string =>
          some.map(({ path, before, after }) => ` ${path} ${before ?? ""}→${after ?? ""}`).join("");
        const extras = [
          from === undefined ? "" : ` from ${from.split("/").at(-1) ?? ""}`,
          restarts === true ? " restarts" : "",
          hook === undefined ? "" : ` hook ${hook.join(" ")}`,
          drift === undefined ? "" : ` drift${shown(drift)}`,
          known === "dry-run" ? "" : ` (${known ?? ""})`,
        ];
        return `${applier.ref.name}: ${kind} ${ref.kind}/${ref.name}${shown(fields)}${extras.join("")}`;
      }),
    ),
  );
}

export function states(plan: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    plan.clusters.flatMap(({ appliers }) =>
      appliers.map(({ applier }) => [applier.ref.name, applier.state]),
    ),
  );
}
