/** The scenarios as the simulator sees them, against what the real controllers did with them. Needs no cluster. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { knownDifferences } from "./known-differences.ts";
import { compareScenario } from "./recorder/compare.ts";
import type { Expected } from "./recorder/expected.ts";
import { scenarios } from "./scenarios/index.ts";

const folder = fileURLToPath(new URL("scenarios", import.meta.url));
const names = Object.keys(scenarios);

test("every scenario is recorded, and there are many cases", () => {
  const missing = names.filter((name) => !existsSync(join(folder, name, "expected.json")));
  expect(missing).toEqual([]);
  const cases = names.flatMap((name) =>
    (recording(name).pushes[0]?.outcomes ?? []).filter(({ kind }) => kind === "HelmRelease"),
  );
  expect(cases.length).toBeGreaterThan(200);
});

describe.each(Object.entries(scenarios))("%s", (name, scenario) => {
  test("the simulator applies the same objects and fails with the same words", async () => {
    const comparisons = await compareScenario(scenario, recording(name));
    expect(comparisons.length).toBeGreaterThan(0);
    const differing = comparisons
      .filter(({ differences }) => differences.length > 0)
      .map(({ push, release, differences }) => ({ case: `${push} ${release}`, differences }));
    const known = knownDifferences[name] ?? {};
    expect(differing.filter((one) => !(one.case in known))).toEqual([]);
    expect(Object.keys(known).filter((one) => !differing.some((it) => it.case === one))).toEqual(
      [],
    );
  });
});

function recording(name: string): Expected {
  return JSON.parse(readFileSync(join(folder, name, "expected.json"), "utf8")) as Expected;
}
