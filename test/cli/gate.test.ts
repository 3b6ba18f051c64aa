// What stops a pipeline, and how risks look in each format of `sluice diff`.
import { readFileSync } from "node:fs";

import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import type { Plan, Risk } from "#simulator";
import { applier, change, emptyPlan, problem, sluice } from "./records.ts";

const apps = "clusters/staging|Kustomization/flux-system/apps";

function risk(more: Partial<Risk> = {}): Risk {
  return {
    code: "risk/data-loss",
    severity: "high",
    message: "PersistentVolumeClaim apps/data is deleted: its data goes with it.",
    applier: apps,
    object: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "apps", name: "data" },
    place: { path: "apps/data.yaml", line: 4 },
    docs: "docs/risks/README.md#riskdata-loss",
    suppressible: true,
    ...more,
  };
}

const medium = risk({
  code: "risk/replicas-zero",
  severity: "medium",
  message: "Deployment apps/web is scaled to zero.",
});
const low = risk({
  code: "risk/not-applied",
  severity: "low",
  message: "Kustomization flux-system/apps will be suspended.",
  place: { path: "cluster/apps.yaml" },
});
const silenced = risk({ suppressed: "annotation" });

function planWith(risks: readonly Risk[], more: Partial<Plan> = {}): Plan {
  return {
    ...emptyPlan,
    clusters: [
      {
        name: "clusters/staging",
        appliers: [
          {
            applier: applier("apps", { origin: { path: "cluster/apps.yaml", line: 1 } }),
            status: "changed",
            changes: [change("deleted", "PersistentVolumeClaim/apps/data", { applier: apps })],
            problems: [],
          },
          { applier: applier("quiet"), status: "unchanged", changes: [], problems: [] },
        ],
      },
    ],
    counts: { ...emptyPlan.counts, deleted: 1 },
    risks,
    ...more,
  };
}

/** What the official schema has against a log. */
function sarifProblems(log: object): readonly unknown[] {
  const file = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
  const schema = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  // Its own draft is not one that the validator knows by this name.
  delete schema["$schema"];
  delete schema["id"];
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const isSarif = ajv.compile(schema);
  return isSarif(log) ? [] : (isSarif.errors ?? []);
}

async function code(argv: readonly string[], plan: Plan): Promise<number> {
  return (await sluice(["diff", ...argv], { plan })).code;
}

describe("--fail-on", () => {
  const error = problem("broken");
  const withError = (isOld: boolean): Plan =>
    planWith([], {
      problems: [error],
      oldProblems: isOld ? [`${error.code}||${error.message}`] : [],
      counts: { ...emptyPlan.counts, errors: 1 },
    });

  test.each([
    [["--fail-on", "risk"], [medium], 1],
    [["--fail-on", "risk"], [low], 0],
    [["--fail-on", "risk"], [silenced], 0],
    [["--fail-on", "risk=high"], [medium], 0],
    [["--fail-on", "risk=high"], [risk()], 1],
    [["--fail-on", "risk=low"], [low], 1],
    [["--fail-on", "error"], [risk()], 0],
    [["--fail-on", "change"], [], 1],
    [[], [], 1],
    [["--fail-on", "risk", "--risk", "data-loss=off"], [risk()], 0],
    [["--fail-on", "risk", "--risk", "*=off"], [risk(), medium], 0],
    [["--fail-on", "risk=high", "--risk", "risk/replicas-zero=high"], [medium], 1],
  ] as const)("%s with these risks", async (argv, risks, expected) => {
    expect(await code(argv, planWith(risks))).toBe(expected);
  });

  test("a new error stops, an old one does not", async () => {
    for (const word of ["error", "risk"]) {
      expect(await code(["--fail-on", word], withError(false))).toBe(1);
      expect(await code(["--fail-on", word], withError(true))).toBe(0);
    }
    expect(await code([], withError(true))).toBe(1);
  });

  test.each([
    [["--fail-on", "risks"], '--fail-on can\'t be "risks". Did you mean risk?'],
    [["--fail-on", "risk=big"], '--fail-on can\'t be "risk=big".'],
    [["--risk", "data-loss"], "It looks like replicas-zero=off."],
    [["--risk", "data-los=off"], "there is no risk data-los. Did you mean data-loss?"],
    [["--risk", "data-loss=hi"], "It can be high, medium, low, off."],
  ])("%s is refused", async (argv, message) => {
    const ended = await sluice(["diff", ...argv]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(message);
  });

  test("check and lint know severities only", async () => {
    expect((await sluice(["check", "--fail-on", "risk"])).code).toBe(2);
    expect((await sluice(["check", "--fail-on", "warning"])).code).toBe(0);
  });
});

describe("risks are printed", () => {
  const repeated = problem("HelmRelease a/b will be uninstalled.", {
    code: "release-replaced",
    severity: "warning",
    applier: apps,
  });
  const many = Array.from({ length: 8 }, (_, index) =>
    risk({
      code: "risk/prune-by-move",
      severity: "medium",
      message: `Service apps/s${index} moves.`,
    }),
  );
  const plan = planWith(
    [
      risk(),
      risk({ code: "risk/release-replaced", message: repeated.message }),
      ...many,
      low,
      silenced,
    ],
    { problems: [repeated], counts: { ...emptyPlan.counts, deleted: 1, warnings: 1 } },
  );

  test("as text, the worst first, many alike in a few lines, nothing twice", async () => {
    expect((await sluice(["diff"], { plan })).stdout).toMatchInlineSnapshot(`
      "HEAD → working tree

      Cluster clusters/staging
        Kustomization flux-system/apps  apps
          - PersistentVolumeClaim apps/data

      Risks
        high: PersistentVolumeClaim apps/data is deleted: its data goes with it. [risk/data-loss]  apps/data.yaml:4
        high: HelmRelease a/b will be uninstalled. [risk/release-replaced]  apps/data.yaml:4
        medium: Service apps/s0 moves. [risk/prune-by-move]  apps/data.yaml:4
        medium: Service apps/s1 moves. [risk/prune-by-move]  apps/data.yaml:4
        medium: Service apps/s2 moves. [risk/prune-by-move]  apps/data.yaml:4
        medium: Service apps/s3 moves. [risk/prune-by-move]  apps/data.yaml:4
        medium: Service apps/s4 moves. [risk/prune-by-move]  apps/data.yaml:4
        medium: 3 more like these [risk/prune-by-move]
        low: Kustomization flux-system/apps will be suspended. [risk/not-applied]  cluster/apps.yaml
        1 risk silenced

      1 deleted; 2 high risks, 8 medium risks, 1 low risk.
      "
    `);
  });

  test("as Markdown, before everything else", async () => {
    const { stdout } = await sluice(["diff", "-o", "markdown"], { plan });
    expect(stdout.slice(0, stdout.indexOf("<details>"))).toMatchInlineSnapshot(`
      "<!-- sluice -->
      ### Sluice: 1 deleted; 2 high risks, 8 medium risks, 1 low risk.

      \`HEAD\` → \`working tree\`

      #### Risks

      \`\`\`text
      high: PersistentVolumeClaim apps/data is deleted: its data goes with it. [risk/data-loss]  apps/data.yaml:4
      high: HelmRelease a/b will be uninstalled. [risk/release-replaced]  apps/data.yaml:4
      medium: Service apps/s0 moves. [risk/prune-by-move]  apps/data.yaml:4
      medium: Service apps/s1 moves. [risk/prune-by-move]  apps/data.yaml:4
      medium: Service apps/s2 moves. [risk/prune-by-move]  apps/data.yaml:4
      medium: Service apps/s3 moves. [risk/prune-by-move]  apps/data.yaml:4
      medium: Service apps/s4 moves. [risk/prune-by-move]  apps/data.yaml:4
      medium: 3 more like these [risk/prune-by-move]
      low: Kustomization flux-system/apps will be suspended. [risk/not-applied]  cluster/apps.yaml
      1 risk silenced
      \`\`\`

      | Cluster | Applier | Created | Changed | Deleted | Moved | Kept | Problems |
      | --- | --- | --: | --: | --: | --: | --: | --: |
      | \`clusters/staging\` | \`Kustomization flux-system/apps\` |  |  | 1 |  |  |  |

      "
    `);
  });

  test("as JSON and YAML, with what is silenced", async () => {
    for (const format of ["json", "yaml"]) {
      const { stdout } = await sluice(["diff", "-o", format], { plan });
      expect((parse(stdout) as Plan).risks).toEqual(plan.risks);
    }
  });

  test("as SARIF that the schema allows", async () => {
    const { stdout } = await sluice(["diff", "-o", "sarif"], { plan });
    const log = JSON.parse(stdout) as { readonly runs: readonly { readonly results: object[] }[] };
    expect(sarifProblems(log)).toEqual([]);
    const [results] = log.runs.map((run) => run.results);
    expect(results).toHaveLength(12);
    expect(results?.[0]).toMatchObject({
      ruleId: "risk/data-loss",
      level: "error",
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "apps/data.yaml", uriBaseId: "ROOT" },
            region: { startLine: 4 },
          },
        },
      ],
    });
    expect(results?.at(-1)).toMatchObject({ suppressions: [{ kind: "inSource" }] });
  });

  test("as SARIF with the problems that are new, at the place of their applier", async () => {
    const fresh = problem("broken", { applier: apps });
    const old = problem("old", { applier: apps });
    const found = planWith([], {
      problems: [fresh, old],
      oldProblems: [`build-failed|${apps}|old`],
    });
    const { stdout } = await sluice(["diff", "-o", "sarif"], { plan: found });
    expect((JSON.parse(stdout) as { readonly runs: object[] }).runs).toMatchObject([
      {
        results: [
          {
            ruleId: "build-failed",
            level: "error",
            locations: [{ physicalLocation: { artifactLocation: { uri: "cluster/apps.yaml" } } }],
          },
        ],
      },
    ]);
  });

  test("as JUnit, a test for each applier", async () => {
    const { stdout } = await sluice(["diff", "-o", "junit"], { plan: planWith([risk(), low]) });
    expect(stdout).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="sluice diff" tests="2" failures="1">
        <testsuite name="clusters/staging" tests="2" failures="1">
          <testcase name="Kustomization flux-system/apps" classname="clusters/staging" file="cluster/apps.yaml">
            <failure type="risk/data-loss" message="apps/data.yaml:4: high: PersistentVolumeClaim apps/data is deleted: its data goes with it.">apps/data.yaml:4: high: PersistentVolumeClaim apps/data is deleted: its data goes with it.</failure>
            <system-out>deleted PersistentVolumeClaim apps/data</system-out>
          </testcase>
          <testcase name="Kustomization flux-system/quiet" classname="clusters/staging">
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
    expect((await sluice(["diff", "-o", "junit"], { plan: emptyPlan })).stdout).toContain(
      'tests="1" failures="0"',
    );
  });
});
