/**
 * The oracle of the plan against a cluster: predict, push, let the real controllers act, compare with what the API server's audit log
 * and its objects say, field by field. The table of it is docs/live-plan.md.
 */
import { readFileSync, writeFileSync } from "node:fs";

import { beforeAll, describe, expect, test } from "vitest";

import { planned } from "./oracle/printed.ts";
import { kustomizationScenarios, planted } from "./oracle/kustomization-scenarios.ts";
import { differencesBetween } from "./oracle/outcome.ts";
import { releaseScenarios } from "./oracle/release-scenarios.ts";
import { resourceSetScenarios } from "./oracle/resource-set-scenarios.ts";
import { end, oracleTable, start } from "./oracle/table.ts";
import { runScenarios } from "./oracle/run-scenarios.ts";
import type { OracleResult, Verdict } from "./oracle/run-scenarios.ts";

const only = process.env["ORACLE"]?.split(",");
const scenarios = [...kustomizationScenarios, ...releaseScenarios, ...resourceSetScenarios].filter(
  ({ name }) => only === undefined || only.includes(name),
);
let result: OracleResult;

beforeAll(async () => {
  result = await runScenarios(scenarios);
});

function verdict(name: string): Verdict {
  const found = result.verdicts.find(({ scenario }) => scenario.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

describe.each(scenarios)("$name: $about", ({ name, isRefused }) => {
  test("what was predicted is what happened", () => {
    const { predicted, happened, plan } = verdict(name);
    expect(differencesBetween(predicted, happened)).toEqual([]);
    expect(happened.size === 0).toBe(isRefused ?? false);
    const codes = plan.problems.map(({ code }) => code);
    expect(codes.includes("live-refused")).toBe(isRefused ?? false);
  });

  test("nothing is left to do afterwards", () => {
    const { again, scenario } = verdict(name);
    if (scenario.fails === undefined) expect(planned(again)).toEqual([]);
  });

  test("no planted secret is in a plan", () => {
    const { plan, again } = verdict(name);
    const text = JSON.stringify([plan, again]);
    expect(planted.filter((secret) => text.includes(secret))).toEqual([]);
  });
});

test("nothing but reads and dry runs was sent", () => {
  expect(Object.keys(result.sent).sort()).toEqual(["patch dryRun=All", "read"]);
});

test("the table in the documents is what was measured", () => {
  const file = "docs/live-plan.md";
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(start) + start.length, text.indexOf(end)];
  const written = text.slice(from, to).trimEnd().split("\n");
  const table = oracleTable(result.verdicts);
  if (process.env["UPDATE"] === "1" && only === undefined)
    writeFileSync(file, `${text.slice(0, from)}${table}\n${text.slice(to)}`);
  else for (const row of cells(table)) expect(cells(written.join("\n"))).toContainEqual(row);
});

/** Without the blanks that align the columns. */
function cells(table: string): readonly (readonly string[])[] {
  return table
    .split("\n")
    .slice(2)
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| |\|$/g, "").trim()));
}
