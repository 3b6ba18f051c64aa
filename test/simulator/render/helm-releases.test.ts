/** HelmReleases in a cluster: CRDs that are left alone, what an upgrade finds, what templates ask, and what is said about it. */
import { describe, expect, it } from "vitest";

import { defaultOptions } from "#simulator";
import type { FileTree, Plan, Simulation, SimulationOptions } from "#simulator";
import { gotkSync } from "../../support/flux.ts";
import { edited, fixture } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

const release = (spec = ""): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: app, namespace: apps }
spec:
  interval: 1h
  chart:
    spec: { chart: ./charts/app, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } }
${spec}`;

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: apples.example.test }
spec:
  group: example.test
  scope: Cluster
  names: { kind: Apple, plural: apples }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;

function treeWith(template: string, spec = "", files: Readonly<Record<string, string>> = {}) {
  const tree = fixture(`${gotkSync}
#- cluster/release.yaml
${release(spec)}
#- charts/app/Chart.yaml
{apiVersion: v2, name: app, version: 1.0.0}
#- charts/app/values.yaml
a: default
#- charts/app/templates/out.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: out }
data:
  k: ${template}
`);
  return edited(tree, files);
}

const recordOf = ({ appliers }: Simulation) => appliers.find(({ ref }) => ref.name === "app");

async function valueOf(simulation: Simulation): Promise<unknown> {
  const entries = await bench.simulator.rendered(simulation, { secrets: "show", origins: false });
  const found = entries.find(({ ref }) => ref.name === "out");
  return (JSON.parse(found?.json ?? "{}") as { readonly data?: { readonly k?: unknown } }).data?.k;
}

function changesOf({ clusters }: Plan): readonly string[] {
  return clusters
    .flatMap(({ appliers }) => appliers)
    .filter(({ applier }) => applier.ref.kind === "HelmRelease")
    .flatMap(({ changes }) => changes.map(({ kind, ref }) => `${kind} ${ref.kind} ${ref.name}`))
    .sort();
}

describe("CustomResourceDefinitions of a chart", () => {
  const has = `'{{ .Capabilities.APIVersions.Has "example.test/v1" }}'`;
  const apple = {
    "charts/app/crds/apples.yaml": definition,
    "charts/app/crds/other.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: stray}}\n",
  };
  const created = treeWith(has, "", apple);
  const skipped = treeWith(has, "  install: { crds: Skip }\n", apple);

  it("count in the inventory and are nothing else when the policy is Skip", async () => {
    const simulation = await bench.simulate(skipped);
    expect(recordOf(simulation)).toMatchObject({ state: "ready", objects: 3 });
    expect(await valueOf(simulation)).toBe("false");
    const lines = await bench.rendered(skipped);
    expect(lines.filter((line) => line.startsWith("app: ")).toSorted()).toEqual([
      "app: ConfigMap apps/out",
      "app: HelmChart flux-system/apps-app",
    ]);
  });

  it("are applied otherwise, but for what is none", async () => {
    const simulation = await bench.simulate(created);
    expect(recordOf(simulation)).toMatchObject({ state: "ready", objects: 3 });
    expect(await valueOf(simulation)).toBe("true");
    const lines = await bench.rendered(created);
    expect(lines).toContain("app: CustomResourceDefinition /apples.example.test");
    expect(lines.filter((line) => line.includes("stray"))).toEqual([]);
    expect(simulation.problems).toContainEqual(
      expect.objectContaining({ code: "upstream-warning", severity: "information" }),
    );
  });

  it("are no change when they leave a chart that left them alone", async () => {
    const without = edited(skipped, {
      "charts/app/crds/apples.yaml": undefined,
      "charts/app/crds/other.yaml": undefined,
    });
    expect(changesOf(await bench.plan(skipped, without))).toEqual([]);
    expect(changesOf(await bench.plan(skipped, created))).toEqual([
      "changed ConfigMap out",
      "created CustomResourceDefinition apples.example.test",
    ]);
    expect(changesOf(await bench.plan(created, without))).toEqual([
      "changed ConfigMap out",
      "orphaned CustomResourceDefinition apples.example.test",
    ]);
  });
});

describe("an upgrade", () => {
  const action =
    '"{{ .Release.Name }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Values.a }} {{ .Values.b }}"';
  const options: SimulationOptions = { ...defaultOptions, helm: "upgrade" };
  const upgraded = async (before: FileTree, after: FileTree): Promise<unknown> => {
    const previous = await bench.simulator.simulate(before, options);
    return valueOf(await bench.simulator.simulate(after, options, { previous }));
  };
  const first = treeWith(action, "  values: { b: first }\n");

  it.each([
    ["of other values", "  values: { b: second }\n", {}, "app 2 false default second"],
    [
      "to another name",
      "  releaseName: new\n  values: { b: first }\n",
      {},
      "new 1 true default first",
    ],
    [
      "to another namespace",
      "  targetNamespace: target\n  values: { b: first }\n",
      {},
      "target-app 1 true default first",
    ],
    [
      "to another place in storage",
      "  storageNamespace: stored\n  values: { b: first }\n",
      {},
      "app 1 true default first",
    ],
    [
      "to a chart of another name",
      "  values: { b: first }\n",
      { "charts/app/Chart.yaml": "{apiVersion: v2, name: other, version: 1.0.0}\n" },
      "app 1 true default first",
    ],
    [
      "to a chart of another name in place",
      "  values: { b: first }\n  upgrade: { chartNameChangeStrategy: InPlaceUpdate }\n",
      { "charts/app/Chart.yaml": "{apiVersion: v2, name: other, version: 1.0.0}\n" },
      "app 2 false default first",
    ],
  ])("%s is what the controller makes of it", async (_, spec, files, expected) => {
    expect(await upgraded(first, treeWith(action, spec, files))).toBe(expected);
  });

  it("takes over values where it preserves them, defaults of the old chart included", async () => {
    const preserving = "  upgrade: { preserveValues: true }\n";
    const after = treeWith(action, preserving, {
      "charts/app/values.yaml": "a: newer\nb: newer\n",
    });
    expect(await upgraded(first, after)).toBe("app 2 false default first");
    const alone = await bench.simulator.simulate(after, options);
    expect(await valueOf(alone)).toBe("app 2 false newer newer");
    expect(alone.problems).toContainEqual(
      expect.objectContaining({ code: "values-unknown", severity: "information" }),
    );
  });
});

describe("a lookup", () => {
  const asking = (version: string, kind: string): FileTree =>
    treeWith(`'{{ len (lookup "${version}" "${kind}" "apps" "x") }}'`);
  const live = [
    { name: "cluster.yaml", text: "{apiVersion: v1, kind: Namespace, metadata: {name: apps}}" },
  ];

  it.each([
    ["apps/v1beta1", "Deployment"],
    ["example.test/v1", "Apple"],
    ["v2", "Pod"],
  ])(
    "of %s fails where the whole cluster is known, and nobody serves it",
    async (version, kind) => {
      const simulation = await bench.simulate(asking(version, kind), { live });
      expect(recordOf(simulation)).toMatchObject({ state: "failed", reason: "InstallFailed" });
      expect(simulation.problems.map(({ code }) => code)).toContain("template-failed");
    },
  );

  it("of what is served finds nothing", async () => {
    for (const [version, kind] of [
      ["v1", "Secret"],
      ["apps/v1", "Deployment"],
    ] as const) {
      const simulation = await bench.simulate(asking(version, kind), { live });
      expect(await valueOf(simulation)).toBe("0");
    }
    const given = await bench.simulate(asking("example.test/v1", "Apple"), {
      live,
      apiVersions: ["example.test/v1"],
    });
    expect(await valueOf(given)).toBe("0");
  });

  it("of an unknown cluster finds nothing, and that is said once", async () => {
    const twice = treeWith(
      `'{{ range list "x" "y" }}{{ $_ := lookup "example.test/v9" "Apple" "apps" . }}{{ end }}{{ randAlphaNum 4 | len }}'`,
    );
    const simulation = await bench.simulate(twice);
    expect(await valueOf(simulation)).toBe("4");
    expect(simulation.problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "information lookup-unanswered",
      "information nondeterministic",
    ]);
  });
});
