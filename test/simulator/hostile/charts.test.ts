/**
 * Hostile charts and HelmReleases, all in one cluster with an innocent release: each ends with a problem of its own or with
 * nothing that it should not have, and the innocent one comes out as if it were alone.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { createSimulator, defaultOptions, versionPicker } from "#simulator";
import type { FileTree, RenderedEntry, Simulation, Simulator } from "#simulator";
import { createNodeEngine, createSources } from "#simulator/node";
import { gotkSync } from "../../support/flux.ts";
import { fixture, fileOf } from "../../support/fixture.ts";
import { hostileCharts } from "./charts-cases.ts";
import type { HostileChart } from "./charts-case.ts";

const innocent: HostileChart = {
  name: "an innocent chart",
  files: {
    "chart/Chart.yaml": "apiVersion: v2\nname: good\nversion: 1.0.0\n",
    "chart/templates/out.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\ndata: {k: untouched}\n",
  },
  expected: "ready",
  value: "untouched",
};

/** It renders a release of the same chart with a longer name, which does so in turn. */
const multiplying: HostileChart = {
  name: "a chart that renders ever new releases of itself",
  files: {
    "chart/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
    "chart/templates/out.yaml": `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: "{{ .Release.Name }}-x" }
spec:
  interval: 1h
  chart:
    spec:
      chart: ./charts/multiplying/chart
      sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system }
`,
  },
  expected: "ready",
};

/** What would have to be fetched from a place where nobody should look. */
const forbidden: readonly HostileChart[] = [
  {
    name: "a dependency at the address of cloud metadata",
    files: {
      "chart/Chart.yaml":
        'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: sub, version: "*", repository: "http://169.254.169.254/latest"}]\n',
    },
    expected: [],
  },
  {
    name: "a dependency in a network of one's own",
    files: {
      "chart/Chart.yaml":
        'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: sub, version: "*", repository: "oci://127.0.0.1:1/charts"}]\n',
    },
    expected: [],
  },
];

const schemaOfMetadata: HostileChart = {
  name: "a schema that refers to the address of cloud metadata",
  files: {
    ...innocent.files,
    "chart/values.schema.json": '{"$ref": "http://169.254.169.254/latest/user-data"}',
  },
  expected: "ready",
};

function treeOf(cases: Readonly<Record<string, HostileChart>>): FileTree {
  const tree = fixture(gotkSync);
  const files = new Map(tree.files);
  for (const [id, hostile] of Object.entries(cases)) {
    files.set(`cluster/${id}.yaml`, fileOf(manifests(id, hostile)));
    for (const [path, content] of Object.entries(hostile.files))
      files.set(`charts/${id}/${path}`, fileOf(content));
  }
  return { ...tree, files };
}

function manifests(id: string, { files, spec, data, valuesFiles }: HostileChart): string {
  const chart = "app.tgz" in files ? "app.tgz" : "chart";
  const release = {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name: id, namespace: "apps" },
    spec: {
      interval: "1h",
      chart: {
        spec: {
          chart: `./charts/${id}/${chart}`,
          sourceRef: { kind: "GitRepository", name: "flux-system", namespace: "flux-system" },
          ...(valuesFiles === undefined ? {} : { valuesFiles }),
        },
      },
      ...spec,
    },
  };
  const maps = Object.entries(data ?? {}).map(([name, text]) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "apps" },
    data: { "values.yaml": text },
  }));
  return [release, ...maps].map((object) => stringify(object, { lineWidth: 0 })).join("---\n");
}

const cases: readonly (readonly [string, HostileChart])[] = hostileCharts.map((hostile, index) => [
  `case-${index}`,
  hostile,
]);
const cacheDir = mkdtempSync(join(tmpdir(), "sluice-hostile-charts-"));
const simulators: Simulator[] = [];
afterAll(async () => {
  await Promise.all(simulators.map((simulator) => simulator.dispose()));
  rmSync(cacheDir, { recursive: true, force: true });
});

interface Outcome {
  readonly simulation: Simulation;
  readonly entries: readonly RenderedEntry[];
}

/** One simulation of all cases, with the innocent release among them. */
async function simulated(
  hostile: Readonly<Record<string, HostileChart>>,
  timeoutMs: number,
): Promise<Outcome> {
  const engine = createNodeEngine({ jobs: 1, timeoutMs });
  const pickVersion = versionPicker(engine);
  const sources = createSources({
    cacheDir,
    offline: false,
    allowPrivateNetwork: false,
    pickVersion,
  });
  const simulator = createSimulator({ engine, sources });
  simulators.push(simulator);
  const simulation = await simulator.simulate(
    treeOf({ ...hostile, good: innocent }),
    defaultOptions,
  );
  const entries = await simulator.rendered(simulation, { secrets: "show", origins: false });
  return { simulation, entries };
}

const ending = cases.filter(([, { isEndless }]) => isEndless === undefined);
const endless = cases.filter(([, { isEndless }]) => isEndless === true);

describe.each([
  ["that ends by itself", ending, 100_000],
  ["that never ends", endless, 3_000],
] as const)("a hostile chart %s", (_kind, hostile, timeoutMs) => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await simulated(Object.fromEntries(hostile), timeoutMs);
  }, 600_000);

  it.each(hostile.map(([id, one]) => [one.name, id, one] as const))("with %s", (_, id, one) => {
    if (one.expected === "ready") expect(verdict(outcome, id)).toEqual(["ready"]);
    else expect(one.expected.map((code) => ["failed", code])).toContainEqual(verdict(outcome, id));
    if (one.value !== undefined) expect(valueOf(outcome, id)).toBe(one.value);
  });

  it("leaves the innocent release as it is", () => {
    expect(verdict(outcome, "good")).toEqual(["ready"]);
    expect(valueOf(outcome, "good")).toBe("untouched");
  });

  it("has problems that can be read, at a place in the repository", () => {
    const own = outcome.simulation.problems.filter(({ applier }) =>
      applier?.includes("|HelmRelease/apps/"),
    );
    expect(own.length).toBeGreaterThan(5);
    for (const { message, place } of own) {
      expect(message.length).toBeLessThanOrEqual(4_100);
      expect(message).not.toMatch(/^\s+at .*:\d+:\d+\)?$|goroutine \d/mu);
      expect(place?.path ?? "").toMatch(/^(cluster|charts)\//u);
    }
  });
});

describe("a hostile chart that goes beyond itself", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    const fetching = forbidden.map((one, index) => [`forbidden-${index}`, one] as const);
    const others = { "metadata-schema": schemaOfMetadata, multiplying };
    outcome = await simulated({ ...Object.fromEntries(fetching), ...others }, 100_000);
  });

  it("gets nothing fetched from where nobody should look", () => {
    for (const index of forbidden.keys())
      expect(verdict(outcome, `forbidden-${index}`)).toEqual(["unknown", "source-unavailable"]);
    expect(verdict(outcome, "metadata-schema")).toEqual(["ready"]);
  });

  it("renders releases of itself up to a limit", () => {
    const own = outcome.simulation.appliers.filter(({ ref }) => ref.name.startsWith("multiplying"));
    expect(own.length).toBeLessThan(20);
    expect(verdict(outcome, own.at(-1)?.ref.name ?? "")).toEqual(["unknown", "limit-exceeded"]);
    expect(verdict(outcome, "good")).toEqual(["ready"]);
  });
});

it("there are many forms of hostile charts", () => {
  expect(new Set(hostileCharts.map(({ name }) => name)).size).toBe(hostileCharts.length);
  expect(hostileCharts.length).toBeGreaterThan(50);
});

/** State of a release and the codes of its errors and warnings but for those about names that the cases share. */
function verdict({ simulation }: Outcome, id: string): readonly string[] {
  const record = simulation.appliers.find(({ ref }) => ref.name === id);
  const codes = simulation.problems
    .filter(({ applier, severity }) => applier === record?.id && severity !== "information")
    .map(({ code }) => code)
    .filter((code) => code !== "duplicate-owner");
  return [record?.state ?? "absent", ...codes];
}

function valueOf({ entries }: Outcome, id: string): unknown {
  const found = entries.find(
    ({ applier, ref }) =>
      applier.name === id && ref.kind === "ConfigMap" && (ref.name === "out" || id === "good"),
  );
  const object = JSON.parse(found?.json ?? "{}") as { readonly data?: { readonly k?: unknown } };
  return object.data?.k;
}
