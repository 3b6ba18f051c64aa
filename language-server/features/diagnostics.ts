/** From the problems of a plan to LSP diagnostics by file. A problem without a place stands where its applier is written. */
import type { Diagnostic, Range } from "vscode-languageserver";
import { DiagnosticSeverity } from "vscode-languageserver";

import type { ApplierRecord, Place, Plan, Problem } from "#simulator";

import { toUri } from "../workspace/tree-uri.ts";

/** A column beyond every line's end; clients clamp it. */
const endOfLine = 10_000;

export function toDiagnostics(
  root: string,
  plan: Plan,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const appliers = new Map(
    plan.clusters
      .flatMap((cluster) => cluster.appliers)
      .map(({ applier }) => [applier.id, applier]),
  );
  const byUri = new Map<string, Diagnostic[]>();
  for (const problem of plan.problems) {
    const applier = problem.applier === undefined ? undefined : appliers.get(problem.applier);
    const place = problem.place ?? nearestOrigin(applier, appliers) ?? firstOrigin(plan);
    if (!place) continue;
    const uri = toUri(root, place.path);
    const list = byUri.get(uri) ?? [];
    list.push(toDiagnostic(root, problem, place, applier));
    byUri.set(uri, list);
  }
  return byUri;
}

function toDiagnostic(
  root: string,
  problem: Problem,
  place: Place,
  applier: ApplierRecord | undefined,
): Diagnostic {
  const diagnostic: Diagnostic = {
    range: toRange(place),
    severity: toSeverity(problem.severity),
    code: problem.code,
    source: "Sluice",
    message: problem.message,
  };
  if (applier?.origin) {
    diagnostic.relatedInformation = [
      {
        location: { uri: toUri(root, applier.origin.path), range: toRange(applier.origin) },
        message: `${applier.ref.kind} ${applier.ref.namespace}/${applier.ref.name} of ${applier.cluster}`,
      },
    ];
  }
  return diagnostic;
}

/** Places are 1-based, LSP is 0-based; a place without a column means the whole line. */
function toRange(place: Place): Range {
  const line = Math.max(0, (place.line ?? 1) - 1);
  const endLine = Math.max(line, (place.endLine ?? place.line ?? 1) - 1);
  const start = { line, character: Math.max(0, (place.column ?? 1) - 1) };
  if (place.endColumn !== undefined) {
    return { start, end: { line: endLine, character: Math.max(0, place.endColumn - 1) } };
  }
  return { start, end: { line: endLine, character: endOfLine } };
}

function toSeverity(severity: Problem["severity"]): DiagnosticSeverity {
  switch (severity) {
    case "error":
      return DiagnosticSeverity.Error;
    case "warning":
      return DiagnosticSeverity.Warning;
    case "information":
      return DiagnosticSeverity.Information;
  }
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

function firstOrigin(plan: Plan): Place | undefined {
  for (const cluster of plan.clusters) {
    for (const { applier } of cluster.appliers) if (applier.origin) return applier.origin;
  }
  return undefined;
}
