/** A problem of the simulation that says what a rule says is heard like the rule: as loud as somebody chose, or not at all. */
import { expect, test } from "vitest";

import type { Problem } from "#simulator";

import type { Diagnosis, RuleSettings } from "../../../language-server/lint.ts";
import { parseManifestFile } from "../../../language-server/manifest/manifest-file.ts";
import { mergeProblems } from "../../../language-server/rules/merge-problems.ts";

const path = "clusters/a.yaml";
const place = { start: { line: 3, character: 2 }, end: { line: 3, character: 6 } };
const diagnosis: Diagnosis = {
  code: "flux/ref-not-found",
  rule: "flux/ref-not-found",
  severity: "warning",
  message: "It is missing.",
  path,
  range: place,
  related: [],
  fixes: [],
  tags: [],
};

function merged(
  code: Problem["code"],
  { found = [], text = "", ...settings }: Partial<RuleSettings> & Given,
): readonly string[] {
  const problem: Problem = { code, severity: "error", message: "It fails." };
  const hearing = {
    settings: { severity: {}, ignore: {}, ...settings },
    file: parseManifestFile(path, text),
  };
  const placed = { problem, place: { path, line: 4 }, applier: undefined };
  const { diagnoses, rest } = mergeProblems(found, [placed], hearing);
  return [
    ...diagnoses.map((one) => `${one.severity} ${one.code}`),
    ...rest.map((one) => `${one.severity} ${one.problem.code}`),
  ];
}

interface Given {
  readonly found?: readonly Diagnosis[];
  readonly text?: string;
}

test("the rule is raised to the severity of the problem, unless somebody chose another", () => {
  const found = [diagnosis];
  expect(merged("source-not-found", { found })).toEqual(["error flux/ref-not-found"]);
  const severity = { "flux/*": "warning" } as const;
  expect(merged("source-not-found", { found, severity })).toEqual(["warning flux/ref-not-found"]);
});

test.each([
  ["by the code of the rule", { severity: { "flux/ref-not-found": "off" } }],
  ["by its path", { ignore: { "clusters/**": ["flux/ref-not-found"] } }],
  ["by a comment", { text: "a: 1 # sluice-ignore flux/ref-not-found\n" }],
  ["by its own code", { severity: { "simulation/source-not-found": "off" } }],
  ["with all of the simulation", { severity: { "simulation/*": "off" } }],
] as const)("a rule that is silenced %s is not said in other words", (_, given) => {
  expect(merged("source-not-found", {})).toEqual(["error source-not-found"]);
  expect(merged("source-not-found", given)).toEqual([]);
});

test("the severity of a problem is chosen by its own code", () => {
  const severity = { "simulation/source-not-found": "hint" } as const;
  expect(merged("source-not-found", { severity })).toEqual(["hint source-not-found"]);
});

test.each([
  { severity: { "k8s/schema": "off" } },
  { text: "a: 1 # sluice-ignore k8s/schema\n" },
] as const)("a build that fails for more reasons than a rule knows is still said: %j", (given) => {
  expect(merged("build-failed", given)).toEqual(["error build-failed"]);
});
