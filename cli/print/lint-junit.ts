/** Diagnoses as JUnit's XML: a suite for each file, a failure for each error and warning, so that pipelines list them as tests. */
import type { Diagnosis } from "#language-server/lint";

import { printableRecord } from "./printable.ts";
import { xmlText } from "./xml.ts";

export function junitText(diagnoses: readonly Diagnosis[]): string {
  const byPath = new Map<string, Diagnosis[]>();
  for (const one of printableRecord(diagnoses)) {
    if (one.severity === "hint" || one.severity === "information") continue;
    byPath.set(one.path, [...(byPath.get(one.path) ?? []), one]);
  }
  const total = [...byPath.values()].reduce((sum, list) => sum + list.length, 0);
  const suites = [...byPath].map(([path, list]) => suiteText(path, list));
  const all = total === 0 ? [cleanSuite] : suites;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sluice lint" tests="${Math.max(total, 1)}" failures="${total}">\n${all.join("")}</testsuites>\n`;
}

/** Pipelines take a report without a test for a mistake. */
const cleanSuite =
  '  <testsuite name="sluice lint" tests="1" failures="0">\n    <testcase name="no findings" classname="sluice lint"/>\n  </testsuite>\n';

function suiteText(path: string, list: readonly Diagnosis[]): string {
  const cases = list.map((one) => {
    const { line, character } = one.range.start;
    const name = `${one.code} at line ${line + 1}, column ${character + 1}`;
    const [first = ""] = one.message.split("\n");
    return (
      `    <testcase name="${xmlText(name)}" classname="${xmlText(path)}" file="${xmlText(path)}" line="${line + 1}">\n` +
      `      <failure type="${xmlText(one.severity)}" message="${xmlText(first)}">${xmlText(`${path}:${line + 1}:${character + 1}: ${one.message}`)}</failure>\n` +
      `    </testcase>\n`
    );
  });
  return `  <testsuite name="${xmlText(path)}" tests="${list.length}" failures="${list.length}">\n${cases.join("")}  </testsuite>\n`;
}
