/** How records are called: names of objects, kinds of change, counts. Everything a person reads or hears is made here. */
import type { ApplierState, Change, ObjectRef, Plan, PlanApplier, Problem, Risk } from "#simulator";

/** `apps/podinfo`, or `podinfo` for a cluster-scoped object. */
function qualifiedName({ namespace, name }: ObjectRef): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** `Deployment apps/podinfo`. */
export function objectName(ref: ObjectRef): string {
  return `${ref.kind} ${qualifiedName(ref)}`;
}

/** `Kustomization apps/podinfo` from `<cluster>|Kustomization/apps/podinfo`. */
export function applierName(id: string): string {
  const [kind = "", ...rest] = (id.split("|").at(-1) ?? id).split("/");
  return `${kind} ${rest.filter(Boolean).join("/")}`;
}

export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

/** `3 changes, 2 risks, 1 problem`; empty when there is nothing to count. */
export function countsText(changes: number, risks: number, problems: number): string {
  const parts = [
    ...(changes > 0 ? [count(changes, "change")] : []),
    ...(risks > 0 ? [count(risks, "risk")] : []),
    ...(problems > 0 ? [count(problems, "problem")] : []),
  ];
  return parts.join(", ");
}

export function changeCount({ counts }: Plan): number {
  return (
    counts.created +
    counts.changed +
    counts.deleted +
    counts.moved +
    counts.orphaned +
    (counts.recreated ?? 0)
  );
}

export function problemCount({ counts }: Plan): number {
  return counts.errors + counts.warnings;
}

/** Risks that nobody has silenced, the worst first. */
export function loudRisks({ risks = [] }: Plan): readonly Risk[] {
  return risks.filter(({ suppressed }) => suppressed === undefined);
}

const riskWords: Readonly<Record<Risk["severity"], string>> = {
  high: "High risk",
  medium: "Medium risk",
  low: "Low risk",
};

export function riskText(severity: Risk["severity"]): string {
  return riskWords[severity];
}

const changeWords: Readonly<Record<Change["kind"], string>> = {
  created: "created",
  changed: "changed",
  recreated: "deleted and created again",
  deleted: "deleted by prune",
  moved: "moved",
  orphaned: "no longer managed",
};

/** What happens to the object, and what else comes of it. */
export function changeText(change: Change): string {
  return [mainText(change), ...consequences(change)].join(" · ");
}

/** Pods that are restarted, fields that were somebody else's, drift, and how little is known. */
function consequences({
  restarts,
  takesFrom = [],
  drift = [],
  known,
  hook,
}: Change): readonly string[] {
  return [
    ...(hook === undefined ? [] : [`hook: ${hook.join(", ")}`]),
    ...(restarts ? ["restarts its pods"] : []),
    ...(takesFrom.length > 0 ? [`takes fields from ${takesFrom.join(", ")}`] : []),
    ...(drift.length > 0 ? [`drifted in ${count(drift.length, "field")}`] : []),
    ...(known === "structural" ? ["compared without the API server"] : []),
  ];
}

function mainText(change: Change): string {
  switch (change.kind) {
    case "created":
    case "deleted":
    case "recreated":
      return changeWords[change.kind];
    case "changed":
      return count(change.fields.length, "field");
    case "moved": {
      const fields = change.fields.length > 0 ? `, ${count(change.fields.length, "field")}` : "";
      return `moved from ${applierName(change.from ?? "")}${fields}`;
    }
    case "orphaned":
      return change.kept ? `kept: ${change.kept}` : changeWords.orphaned;
  }
}

export function changeWord(kind: Change["kind"]): string {
  return changeWords[kind];
}

const stateWords: Readonly<Record<ApplierState, string>> = {
  ready: "ready",
  failed: "fails",
  blocked: "waits for a dependency",
  suspended: "suspended",
  unknown: "can't be told here",
};

export function stateText(state: ApplierState): string {
  return stateWords[state];
}

const severityWords: Readonly<Record<Problem["severity"], string>> = {
  error: "Error",
  warning: "Warning",
  information: "Information",
};

export function severityText(severity: Problem["severity"]): string {
  return severityWords[severity];
}

/** Chart and version of a release, or how they change; empty for what has none. */
export function chartText({ applier, chart: change }: PlanApplier): string {
  if (change === undefined) {
    const { chart } = applier;
    return chart === undefined ? "" : `${chart.name} ${chart.version}`;
  }
  const { before, after } = change;
  const name = before.name === after.name ? "" : `${after.name} `;
  return `${before.name} ${before.version} → ${name}${after.version}`;
}

/** `HEAD ↔ working tree`; only the target when there is nothing to compare with. */
export function sidesText({ base, target }: Pick<Plan, "base" | "target">): string {
  return base === undefined ? target : `${base} ↔ ${target}`;
}
