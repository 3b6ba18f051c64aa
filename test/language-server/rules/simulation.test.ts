/** Rules that say what a simulation found, at its exact place; and that they keep silent about what it refutes. */
import { expect, test } from "vitest";

import type { ApplierRecord, Change, Plan, Problem, Simulation, Simulator } from "#simulator";
import { defaultOptions } from "#simulator";

import type { Diagnosis } from "../../../language-server/lint.ts";
import { treeOf } from "../../support/fixture.ts";
import { kustomization } from "../../support/flux.ts";
import { lintFiles } from "../../support/lint.ts";

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: app
  namespace: default
spec:
  interval: 1h
  chartRef:
    kind: OCIRepository
    name: app
  values:
    image:
      tag: 1
    replicas: 2
`;

const vars = `  postBuild:
    substitute:
      A: b
`;
const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  namespace: default
data:
  a: \${HOST}
`;

interface Found {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
  readonly problems?: readonly Pick<Problem, "code" | "severity" | "message">[];
  readonly changes?: readonly Change[];
  readonly state?: ApplierRecord["state"];
}

/** The rules over files with a simulation that found exactly this about one applier. */
async function lintWith(
  files: Readonly<Record<string, string>>,
  { kind, name, path, problems = [], changes = [], state = "failed" }: Found,
): Promise<readonly Diagnosis[]> {
  const id = `c|${kind}/flux-system/${name}`;
  const applier: ApplierRecord = {
    id,
    cluster: "c",
    ref: { apiVersion: "v1", kind, namespace: "flux-system", name },
    state,
    path: "",
    source: "",
    origin: { path, line: 1 },
    dependsOn: [],
    objects: 0,
  };
  const all = problems.map((one) => ({ ...one, applier: id, place: { path, line: 1 } }));
  const plan: Plan = {
    target: "working tree",
    clusters: [{ name: "c", appliers: [{ applier, status: "unchanged", changes, problems: all }] }],
    problems: all,
    oldProblems: [],
    counts: { created: 0, changed: 0, deleted: 0, moved: 0, orphaned: 0, errors: 0, warnings: 0 },
    stats: {},
    images: { added: [], removed: [] },
  };
  const tree = treeOf(files);
  const simulation: Simulation = {
    tree,
    options: defaultOptions,
    appliers: [applier],
    problems: all,
  };
  const simulator = { rendered: async () => [] } as unknown as Simulator;
  return lintFiles(files, { simulated: { simulator, simulation, plan } });
}

const shown = (found: readonly Diagnosis[], rule: string) =>
  found
    .filter((one) => one.rule === rule)
    .map(
      ({ severity, range }) => `${severity} ${range.start.line + 1}:${range.start.character + 1}`,
    );

test("values that the chart's schema refuses stand at the value, and the problem is not said twice", async () => {
  const message =
    "values don't meet the specifications of the schema(s)\n- at '/image/tag': got number, want string";
  const found = await lintWith(
    { "a.yaml": release },
    {
      kind: "HelmRelease",
      name: "app",
      path: "a.yaml",
      problems: [{ code: "schema-failed", severity: "error", message }],
    },
  );
  expect(shown(found, "helm/values-schema")).toEqual(["error 13:7"]);
  expect(found.filter(({ code }) => code.startsWith("simulation/"))).toEqual([]);
});

test("values in a block of dots are found as well, and without a place the whole of values is meant", async () => {
  const problem = (message: string) =>
    ({ code: "schema-failed", severity: "error", message }) as const;
  const at = async (message: string) =>
    shown(
      await lintWith(
        { "a.yaml": `---\n${release}` },
        { kind: "HelmRelease", name: "app", path: "a.yaml", problems: [problem(message)] },
      ),
      "helm/values-schema",
    );
  expect(await at("- replicas: Invalid type")).toEqual(["error 15:5"]);
  expect(await at("something else")).toEqual(["error 12:3"]);
});

test("values that the chart does not use are hints", async () => {
  const message = "The chart knows no value 'image/tag'.";
  const found = await lintWith(
    { "a.yaml": release },
    {
      kind: "HelmRelease",
      name: "app",
      path: "a.yaml",
      problems: [{ code: "values-not-in-chart", severity: "information", message }],
    },
  );
  expect(shown(found, "helm/values-unknown-key")).toEqual(["hint 13:7"]);
});

test("what a push deletes is said where prune stands", async () => {
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "old" };
  const id = "c|Kustomization/flux-system/apps";
  const changes: readonly Change[] = [
    { kind: "deleted", id: `${id}|x`, ref, applier: id, fields: [] },
  ];
  const files = { "a.yaml": kustomization("apps", "./apps"), "apps/a.yaml": configMap };
  const about = { kind: "Kustomization", name: "apps", path: "a.yaml", state: "ready" } as const;
  expect(shown(await lintWith(files, { ...about, changes }), "flux/prune-risk")).toEqual([
    "warning 9:3",
  ]);
  expect(shown(await lintWith(files, about), "flux/prune-risk")).toEqual([]);
});

test("a variable that the simulation missed is an error, whatever the text says", async () => {
  const files = {
    "a.yaml": kustomization(
      "apps",
      "./apps",
      "  postBuild:\n    substituteFrom:\n      - kind: Secret\n        name: s\n        optional: true\n",
    ),
    "apps/a.yaml": configMap,
  };
  const message =
    'envsubst error: variable substitution failed: variable not set (strict mode): "HOST"';
  const problems = [{ code: "build-failed", severity: "error", message }] as const;
  const found = await lintWith(files, {
    kind: "Kustomization",
    name: "apps",
    path: "a.yaml",
    problems,
  });
  expect(shown(found, "flux/var-undefined")).toEqual(["error 7:6"]);
});

test("a variable that the text does not show, but the simulation had, is no mistake", async () => {
  const files = { "a.yaml": kustomization("apps", "./apps", vars), "apps/a.yaml": configMap };
  const about = { kind: "Kustomization", name: "apps", path: "a.yaml" } as const;
  expect(shown(await lintWith(files, { ...about, state: "ready" }), "flux/var-undefined")).toEqual(
    [],
  );
  expect(shown(await lintFiles(files), "flux/var-undefined")).toEqual(["warning 7:6"]);
});

test("a rule takes the severity of the problem that it explains", async () => {
  const files = {
    "a.yaml": kustomization("apps", "./apps", "", "fleet"),
    "apps/a.yaml": configMap,
  };
  const problems = [{ code: "source-not-found", severity: "error", message: "not found" }] as const;
  expect(shown(await lintFiles(files), "flux/ref-not-found")).toEqual(["warning 12:11"]);
  const found = await lintWith(files, {
    kind: "Kustomization",
    name: "apps",
    path: "a.yaml",
    problems,
  });
  expect(shown(found, "flux/ref-not-found")).toEqual(["error 12:11"]);
  expect(found.map(({ code }) => code)).not.toContain("simulation/source-not-found");
});

test("problems that no rule explains are passed on", async () => {
  const problems = [{ code: "engine-timeout", severity: "error", message: "too slow" }] as const;
  const found = await lintWith(
    { "a.yaml": kustomization("apps", "./apps"), "apps/a.yaml": configMap },
    { kind: "Kustomization", name: "apps", path: "a.yaml", problems },
  );
  expect(shown(found, "simulation/engine-timeout")).toEqual(["error 1:1"]);
});
