/**
 * Brings what the rules found and what the simulation found together: where both speak of the same mistake the rule is kept,
 * because it knows the exact place, with the severity of the simulation, because that knows the consequence.
 */
import type { ApplierRecord, Place, Plan, Problem, ProblemCode } from "#simulator";

import type { ManifestFile, TextRange } from "../manifest/manifest-file.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Severity } from "./rule.ts";
import type { RuleSettings } from "./suppression.ts";
import { chosenSeverity, isIgnoredSomewhere, severityFor } from "./suppression.ts";

/** Rules that say the same as a problem, better. */
const saidBy: Readonly<Partial<Record<ProblemCode, readonly string[]>>> = {
  "source-not-found": ["flux/ref-not-found", "flux/ref-namespace", "flux/source-kind"],
  "dependency-not-found": [
    "flux/depends-on-cycle",
    "flux/ref-not-found",
    "flux/depends-on-kind",
    "flux/ref-namespace",
  ],
  "dependency-cycle": ["flux/depends-on-cycle"],
  "path-not-found": ["flux/path-not-found"],
  "substitute-source-missing": ["flux/ref-not-found", "flux/ref-namespace"],
  "variable-unknown": ["flux/var-undefined"],
  "duplicate-owner": ["flux/duplicate-object"],
  "yaml-syntax": ["yaml/syntax"],
  "too-many-aliases": ["yaml/syntax"],
  "limit-exceeded": ["yaml/syntax"],
  "namespace-missing": ["flux/namespace-missing"],
  "apply-failed": [
    "flux/var-type",
    "k8s/schema",
    "k8s/cel",
    "k8s/metadata",
    "flux/namespace-missing",
  ],
  "ready-expression": ["flux/cel-expr"],
  "spec-invalid": ["k8s/schema", "k8s/cel", "helm/chart-xor"],
  "values-not-in-chart": ["helm/values-unknown-key"],
  "schema-failed": ["helm/values-schema"],
  "values-failed": ["helm/values-from-missing"],
  "build-failed": [
    "kustomize/resource-missing",
    "flux/var-undefined",
    "flux/var-syntax",
    "yaml/syntax",
    "kustomize/two-kinds",
    "kustomize/patch-no-target",
    "flux/duplicate-object",
    "k8s/schema",
  ],
};

/** Problems that say what one of their rules says and nothing else: who does not want to hear the rule is spared them too. */
const equal: ReadonlySet<ProblemCode> = new Set([
  "source-not-found",
  "dependency-not-found",
  "dependency-cycle",
  "path-not-found",
  "substitute-source-missing",
  "variable-unknown",
  "duplicate-owner",
  "namespace-missing",
  "ready-expression",
  "values-not-in-chart",
]);

export interface PlacedProblem {
  readonly problem: Problem;
  readonly place: Place;
  readonly applier: ApplierRecord | undefined;
}

const placed = new WeakMap<Plan, ReadonlyMap<string, readonly PlacedProblem[]>>();

/** Problems by file. One without a place stands where its applier is written, or the nearest above it that is. */
export function problemsByPath(plan: Plan): ReadonlyMap<string, readonly PlacedProblem[]> {
  let known = placed.get(plan);
  if (!known) placed.set(plan, (known = place(plan)));
  return known;
}

function place(plan: Plan): ReadonlyMap<string, readonly PlacedProblem[]> {
  const records = plan.clusters
    .flatMap((cluster) => cluster.appliers)
    .map(({ applier }) => applier);
  const appliers = new Map(records.map((applier) => [applier.id, applier]));
  const byPath = new Map<string, PlacedProblem[]>();
  for (const problem of plan.problems) {
    const applier = problem.applier === undefined ? undefined : appliers.get(problem.applier);
    const found =
      problem.place ??
      nearestOrigin(applier, appliers) ??
      records.find(({ origin }) => origin)?.origin;
    if (!found) continue;
    const list = byPath.get(found.path) ?? [];
    list.push({ problem, place: found, applier });
    byPath.set(found.path, list);
  }
  return byPath;
}

function nearestOrigin(
  applier: ApplierRecord | undefined,
  appliers: ReadonlyMap<string, ApplierRecord>,
): Place | undefined {
  const seen = new Set<string>();
  for (
    let at = applier;
    at && !seen.has(at.id);
    at = at.parent ? appliers.get(at.parent) : undefined
  ) {
    if (at.origin) return at.origin;
    seen.add(at.id);
  }
  return undefined;
}

/** What the user wants to hear, and where it is said. */
export interface Hearing {
  readonly settings: RuleSettings;
  readonly file: ManifestFile | undefined;
}

/** With the severity that the user wants for it. */
export interface HeardProblem extends PlacedProblem {
  readonly severity: Severity;
}

/** The diagnoses of a file, raised where the simulation says so, and the problems of the file that no rule covers. */
export function mergeProblems(
  diagnoses: readonly Diagnosis[],
  problems: readonly PlacedProblem[],
  hearing: Hearing,
): { readonly diagnoses: readonly Diagnosis[]; readonly rest: readonly HeardProblem[] } {
  if (problems.length === 0) return { diagnoses, rest: [] };
  const raised = new Set<Diagnosis>();
  const rest = problems.flatMap((placed): readonly HeardProblem[] => {
    const { problem } = placed;
    const same = diagnoses.find((one) => saidBy[problem.code]?.includes(one.rule));
    if (!same) return heard(placed, hearing);
    // A severity that somebody chose is not to be improved upon.
    if (problem.severity === "error" && !chosenSeverity(same.code, hearing.settings))
      raised.add(same);
    return [];
  });
  return {
    diagnoses: diagnoses.map((one) =>
      raised.has(one) && one.severity !== "error" ? { ...one, severity: "error" } : one,
    ),
    rest,
  };
}

/** Settings know it as `simulation/CODE`. */
function heard(placed: PlacedProblem, { settings, file }: Hearing): readonly HeardProblem[] {
  const { problem, place } = placed;
  const own = `simulation/${problem.code}`;
  const severity = severityFor(own, place.path, problem.severity, settings);
  const rules = equal.has(problem.code) ? (saidBy[problem.code] ?? []) : [];
  const isSilent = rules.some(
    (rule) => severityFor(rule, place.path, problem.severity, settings) === undefined,
  );
  const isIgnored = file && [own, ...rules].some((code) => isIgnoredSomewhere(file, code));
  return severity === undefined || isSilent || isIgnored ? [] : [{ ...placed, severity }];
}

/** A column beyond every line's end; clients clamp it. */
const endOfLine = 10_000;

/** Places are 1-based, ranges 0-based; a place without a column means the whole line. */
export function toRange(place: Place): TextRange {
  const line = Math.max(0, (place.line ?? 1) - 1);
  const endLine = Math.max(line, (place.endLine ?? place.line ?? 1) - 1);
  const start = { line, character: Math.max(0, (place.column ?? 1) - 1) };
  if (place.endColumn !== undefined)
    return { start, end: { line: endLine, character: Math.max(0, place.endColumn - 1) } };
  return { start, end: { line: endLine, character: endOfLine } };
}
