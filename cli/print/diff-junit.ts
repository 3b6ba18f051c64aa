/**
 * A plan as JUnit's XML: a suite for each cluster, a test for each applier. It fails by new errors and by risks of medium severity or
 * more; what it would change stands in its output, so that a green test says something too.
 */
import type { Plan, PlanApplier, PlanCluster, Problem, Risk } from "#simulator";
import { problemKey } from "#simulator";

import { changeNote } from "./diff-text.ts";
import { knownText, partialText } from "./live-text.ts";
import { placeText, refText } from "./names.ts";
import { isSaidByRisk, loudRisks } from "./risks-text.ts";
import { xmlText } from "./xml.ts";

interface Failure {
  readonly type: string;
  readonly text: string;
}

interface Suite {
  readonly text: string;
  readonly tests: number;
  readonly failures: number;
}

/** The plan must be printable. */
export function diffJunit(plan: Plan): string {
  const suites = [
    ...plan.clusters.map((cluster) => clusterSuite(cluster, plan)),
    ...others(plan),
    ...liveSuite(plan),
  ];
  const tests = suites.reduce((sum, suite) => sum + suite.tests, 0);
  const failures = suites.reduce((sum, suite) => sum + suite.failures, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sluice diff" tests="${tests}" failures="${failures}">\n${suites.map(({ text }) => text).join("")}</testsuites>\n`;
}

function clusterSuite({ name, appliers }: PlanCluster, plan: Plan): Suite {
  const cases = appliers.map((entry) => {
    const failures = failuresOf(entry, plan);
    const title = refText(entry.applier.ref);
    const file = entry.applier.origin?.path;
    const place = file === undefined ? "" : ` file="${xmlText(file)}"`;
    return {
      failed: failures.length > 0,
      text: `    <testcase name="${xmlText(title)}" classname="${xmlText(name)}"${place}>\n${failures.map(failureText).join("")}${outputText(entry)}    </testcase>\n`,
    };
  });
  return suite(name, cases);
}

function suite(
  name: string,
  cases: readonly { readonly failed: boolean; readonly text: string }[],
): Suite {
  const failures = cases.filter(({ failed }) => failed).length;
  return {
    tests: cases.length,
    failures,
    text: `  <testsuite name="${xmlText(name)}" tests="${cases.length}" failures="${failures}">\n${cases.map(({ text }) => text).join("")}  </testsuite>\n`,
  };
}

/** Errors that belong to no applier. A report without any test is taken for a mistake. */
function others(plan: Plan): readonly Suite[] {
  const failures = newErrors(plan.problems, plan)
    .filter(({ applier }) => applier === undefined)
    .map(ofProblem);
  const hasTests = plan.clusters.some(({ appliers }) => appliers.length > 0);
  if (failures.length === 0 && hasTests) return [];
  const name = "repository";
  const text = `    <testcase name="${name}" classname="sluice diff">\n${failures.map(failureText).join("")}    </testcase>\n`;
  return [suite(name, [{ failed: failures.length > 0, text }])];
}

/** A plan that is only a part of the truth must not look green. */
function liveSuite(plan: Plan): readonly Suite[] {
  const { live } = plan;
  if (live === undefined) return [];
  const partial = partialText(plan);
  const failure = partial === undefined ? "" : failureText({ type: "partial", text: partial });
  const output = [knownText(live), ...live.taken.map((name) => `taken: ${name}`)].join("\n");
  const text = `    <testcase name="${xmlText(live.context)}" classname="live">\n${failure}      <system-out>${xmlText(output)}</system-out>\n    </testcase>\n`;
  return [suite("live", [{ failed: partial !== undefined, text }])];
}

function failuresOf({ applier, problems }: PlanApplier, plan: Plan): readonly Failure[] {
  const risks = loudRisks(plan).filter(
    (risk) => risk.applier === applier.id && risk.severity !== "low",
  );
  return [...newErrors(problems, plan).map(ofProblem), ...risks.map(ofRisk)];
}

function newErrors(problems: readonly Problem[], plan: Plan): readonly Problem[] {
  const known = new Set(plan.oldProblems);
  return problems.filter(
    (problem) =>
      problem.severity === "error" &&
      !known.has(problemKey(problem)) &&
      !isSaidByRisk(problem, plan),
  );
}

function ofProblem({ code, message, place }: Problem): Failure {
  return { type: code, text: place === undefined ? message : `${placeText(place)}: ${message}` };
}

function ofRisk({ code, severity, message, place }: Risk): Failure {
  const where = place === undefined ? "" : `${placeText(place)}: `;
  return { type: code, text: `${where}${severity}: ${message}` };
}

function failureText({ type, text }: Failure): string {
  const [first = ""] = text.split("\n");
  return `      <failure type="${xmlText(type)}" message="${xmlText(first)}">${xmlText(text)}</failure>\n`;
}

/** Most changes that are listed for one applier. */
const longest = 200;

function outputText({ changes }: PlanApplier): string {
  if (changes.length === 0) return "";
  const lines = changes.slice(0, longest).map((change) => {
    const note = changeNote(change);
    return `${change.kind} ${refText(change.ref)}${note === "" ? "" : `, ${note}`}`;
  });
  const more = changes.length - longest;
  const all = more > 0 ? [...lines, `and ${more} more`] : lines;
  return `      <system-out>${xmlText(all.join("\n"))}</system-out>\n`;
}
