/**
 * A plan as SARIF 2.1.0 (OASIS), which code hosts show beside the code: risks, and problems that the old state does not have. What is silenced is
 * there as suppressed. Results without a place stand at the applier's.
 */
import type { Place, Plan, Problem, Risk, RiskSeverity } from "#simulator";
import { problemKey, riskRules } from "#simulator";

import { version } from "../version.ts";
import { knownText, partialText } from "./live-text.ts";
import { printableJson } from "./printable.ts";
import { isSaidByRisk } from "./risks-text.ts";

type Level = "error" | "warning" | "note";

interface Result {
  readonly code: string;
  readonly level: Level;
  readonly message: string;
  readonly place?: Place | undefined;
  readonly properties: object;
  readonly suppressed?: Risk["suppressed"];
}

/** The plan must be printable. */
export function diffSarif(plan: Plan): string {
  const known = new Set(plan.oldProblems);
  const fresh = plan.problems.filter(
    (problem) => !known.has(problemKey(problem)) && !isSaidByRisk(problem, plan),
  );
  const origins = new Map(
    plan.clusters.flatMap(({ appliers }) =>
      appliers.map(({ applier }) => [applier.id, applier.origin]),
    ),
  );
  const results = [
    ...(plan.risks ?? []).map((risk) => ofRisk(risk, origins)),
    ...fresh.map((problem) => ofProblem(problem, origins)),
  ];
  const codes = [...new Set(results.map(({ code }) => code))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "sluice", semanticVersion: version, rules: codes.map(toRule) } },
        // Code hosts tell runs apart by it: another result of `sluice lint` does not replace this one.
        automationDetails: { id: "sluice/diff/" },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { ROOT: { description: { text: "The root of the repository." } } },
        ...invocations(plan),
        results: results.map((result) => toResult(result, codes.indexOf(result.code))),
      },
    ],
  };
  return `${printableJson(JSON.stringify(log, undefined, 2))}\n`;
}

/** How the plan is known; a part of the truth is a run that did not succeed. */
function invocations(plan: Plan): object {
  const { live } = plan;
  if (live === undefined) return {};
  const partial = partialText(plan);
  const note = (level: Level, text: string): object => ({ level, message: { text } });
  return {
    invocations: [
      {
        executionSuccessful: partial === undefined,
        toolExecutionNotifications: [
          ...(partial === undefined ? [] : [note("warning", partial)]),
          note("note", `${live.context}: ${knownText(live)}`),
          ...live.taken.map((name) => note("note", `Taken from the cluster: ${name}`)),
        ],
      },
    ],
  };
}

function ofRisk(risk: Risk, origins: ReadonlyMap<string, Place | undefined>): Result {
  const { code, severity, message, applier, object, place, docs, suppressed } = risk;
  return {
    code,
    level: levels[severity],
    message,
    place: place ?? origins.get(applier),
    properties: { applier, ...(object === undefined ? {} : { object }), docs },
    ...(suppressed === undefined ? {} : { suppressed }),
  };
}

function ofProblem(problem: Problem, origins: ReadonlyMap<string, Place | undefined>): Result {
  const { code, severity, message, applier, object, place } = problem;
  return {
    code,
    level: severity === "information" ? "note" : severity,
    message,
    place: place ?? (applier === undefined ? undefined : origins.get(applier)),
    properties: {
      ...(applier === undefined ? {} : { applier }),
      ...(object === undefined ? {} : { object }),
    },
  };
}

function toRule(code: string): object {
  const summary = riskRules.find((rule) => rule.code === code)?.summary;
  return { id: code, ...(summary === undefined ? {} : { shortDescription: { text: summary } }) };
}

function toResult(result: Result, ruleIndex: number): object {
  const { code, level, message, place, properties, suppressed } = result;
  return {
    ruleId: code,
    ruleIndex,
    level,
    message: { text: message },
    ...(place === undefined ? {} : { locations: [{ physicalLocation: toLocation(place) }] }),
    ...(suppressed === undefined
      ? {}
      : {
          suppressions: [
            { kind: suppressed === "setting" ? "external" : "inSource", status: "accepted" },
          ],
        }),
    properties,
  };
}

function toLocation({ path, line, column, endLine, endColumn }: Place): object {
  const uri = path.split("/").map(encodeURIComponent).join("/");
  return {
    artifactLocation: { uri, uriBaseId: "ROOT" },
    region: {
      startLine: line ?? 1,
      ...(line === undefined || column === undefined ? {} : { startColumn: column }),
      ...(line === undefined || endLine === undefined ? {} : { endLine }),
      ...(column === undefined || endLine === undefined || endColumn === undefined
        ? {}
        : { endColumn }),
    },
  };
}

const levels: Readonly<Record<RiskSeverity, Level>> = {
  high: "error",
  medium: "warning",
  low: "note",
};
