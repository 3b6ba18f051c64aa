/** Every kind of applier in one repository: what it renders, what it offers to others, and what a change of it means. */
import { describe, expect, it } from "vitest";

import { kustomization, gotkSync } from "../../support/flux.ts";
import { edited, fixture } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: demo, namespace: flux-system }
spec:
  interval: 1h
  chart: { spec: { chart: ./charts/demo, sourceRef: { kind: GitRepository, name: flux-system } } }
  valuesFrom: [{ kind: ConfigMap, name: vals }, { kind: Secret, name: hidden }]
  values: { image: { tag: "1.2" }, old: kept, gone: { a: 1 } }
`;

const tree = fixture(`${gotkSync}
#- cluster/release.yaml
${release}
#- cluster/values.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: vals, namespace: flux-system }
data: { values.yaml: "image: { repository: nginx }" }
---
apiVersion: v1
kind: Secret
metadata: { name: hidden, namespace: flux-system }
stringData: { values.yaml: "password: correct-horse" }
#- cluster/set.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: tenants, namespace: flux-system }
spec:
  inputs: [{ tenant: a }, { tenant: b }]
  resources:
    - apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: { name: "t-<< inputs.tenant >>", namespace: flux-system }
      spec:
        interval: 1h
        path: "./tenants/<< inputs.tenant >>"
        prune: true
        sourceRef: { kind: GitRepository, name: flux-system }
#- cluster/generator.yaml
apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: { name: gen, namespace: flux-system }
spec:
  sources: [{ alias: repo, kind: GitRepository, name: flux-system }]
  artifacts:
    - name: made
      copy: [{ from: "@repo/extra/**", to: "@artifact/x/" }]
#- cluster/from-made.yaml
${kustomization("from-made", "./x").replace("kind: GitRepository\n    name: flux-system", "kind: ExternalArtifact\n    name: made")}
#- extra/cm.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: extra, namespace: a }
#- tenants/a/cm.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: a, namespace: a }
#- tenants/b/cm.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: b, namespace: b }
#- charts/demo/Chart.yaml
apiVersion: v2
name: demo
version: 0.1.0
#- charts/demo/values.yaml
image: { repository: busybox, tag: "1.0" }
old: default
gone: { a: 0 }
password: ""
#- charts/demo/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: { name: {{ .Release.Name }} }
spec:
  containers:
    - name: c
      image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
      env: [{ name: P, value: "{{ .Values.password }}" }, { name: Q, value: "{{ .Values.old }}" }]
`);

const demo = "cluster|HelmRelease/flux-system/demo";

describe("every kind of applier", () => {
  it("is rendered, and what it renders is rendered in turn", async () => {
    const { appliers, problems } = await bench.simulate(tree);
    expect(problems).toEqual([]);
    expect(
      appliers.map(({ id, state, objects, parent }) => [
        id.slice(id.indexOf("|") + 1),
        state,
        objects,
        parent?.slice(parent.lastIndexOf("/") + 1),
      ]),
    ).toEqual([
      ["Kustomization/flux-system/flux-system", "ready", 8, undefined],
      ["Kustomization/flux-system/from-made", "ready", 1, "flux-system"],
      ["ArtifactGenerator/flux-system/gen", "ready", 1, "flux-system"],
      ["HelmRelease/flux-system/demo", "ready", 1, "flux-system"],
      ["ResourceSet/flux-system/tenants", "ready", 2, "flux-system"],
      ["Kustomization/flux-system/t-a", "ready", 1, "tenants"],
      ["Kustomization/flux-system/t-b", "ready", 1, "tenants"],
    ]);
  });

  it("names its objects, those that its controller applies besides among them", async () => {
    const simulation = await bench.simulate(tree);
    const entries = await bench.simulator.rendered(simulation, { secrets: "omit", origins: false });
    const ofRelease = entries.filter(({ applier }) => applier.kind === "HelmRelease");
    expect(ofRelease.map(({ ref }) => ref.kind)).toEqual(["HelmChart", "Pod"]);
  });
});

describe("a HelmRelease", () => {
  it("gives the defaults and the schema of its chart", async () => {
    const simulation = await bench.simulate(tree);
    const chart = await bench.simulator.chartDefaults(simulation, demo);
    expect(chart).toMatchObject({ name: "demo", version: "0.1.0" });
    expect(JSON.parse(chart?.values ?? "null")).toBeTypeOf("object");
    const other = "repository|Kustomization/flux-system/flux-system";
    expect(await bench.simulator.chartDefaults(simulation, other)).toBeUndefined();
  });

  it("has values, with where they come from, and no secret in them", async () => {
    const simulation = await bench.simulate(tree);
    const values = await bench.simulator.releaseValues(simulation, demo);
    expect(values).not.toContain("correct-horse");
    expect(values?.replace(/secret-[0-9a-f]{12}/, "DIGEST")).toMatchInlineSnapshot(`
      "# Effective values of release flux-system/demo with chart demo 0.1.0.
      # What has no comment is the chart's own default.

      gone:
        a: 1 # spec.values
      image:
        repository: nginx # ConfigMap vals
        tag: "1.2" # spec.values
      old: kept # spec.values
      password: DIGEST # Secret hidden
      "
    `);
  });

  it("shows what it applies without any value of a Secret", async () => {
    const simulation = await bench.simulate(tree);
    const text = await bench.simulator.applierText(simulation, demo);
    expect(text).toContain("image: nginx:1.2");
    expect(text).not.toContain("correct-horse");
  });

  it("names images, and a plan says which come and go", async () => {
    const simulation = await bench.simulate(tree);
    expect((await bench.simulator.images(simulation)).map(({ image }) => image)).toEqual([
      "nginx:1.2",
    ]);
    const next = edited(tree, { "cluster/release.yaml": release.replace("1.2", "1.3") });
    const { images } = await bench.plan(tree, next);
    expect(images).toEqual({ added: ["nginx:1.3"], removed: ["nginx:1.2"] });
  });

  it("with another chart shows changed defaults, and values that are no longer known", async () => {
    const next = edited(tree, {
      "charts/demo/Chart.yaml": "apiVersion: v2\nname: demo\nversion: 0.2.0\n",
      "charts/demo/values.yaml":
        'image: { repository: busybox, tag: "2.0" }\nold: default\npassword: ""\nnew: 1\n',
    });
    const plan = await bench.plan(tree, next);
    const entry = plan.clusters[0]?.appliers.find(({ applier }) => applier.id === demo);
    expect(entry?.chart).toEqual({
      before: { name: "demo", version: "0.1.0" },
      after: { name: "demo", version: "0.2.0" },
      defaults: [
        { path: "/gone", kind: "removed", before: '{"a":0}' },
        { path: "/image/tag", kind: "changed", before: '"1.0"', after: '"2.0"' },
        { path: "/new", kind: "added", after: "1" },
      ],
      unknownValues: ["/gone"],
    });
    expect(plan.problems.map(({ code }) => code)).toEqual(["values-not-in-chart"]);
  });

  it("that gets another release name is replaced, which is a warning", async () => {
    const next = edited(tree, { "cluster/release.yaml": `${release}  releaseName: other\n` });
    const plan = await bench.plan(tree, next);
    expect(plan.problems.map(({ code, severity, place }) => [code, severity, place?.path])).toEqual(
      [["release-replaced", "warning", "cluster/release.yaml"]],
    );
    expect(plan.counts).toMatchObject({ created: 1, deleted: 1 });
  });

  it("that moves to another namespace leaves its old objects behind", async () => {
    const next = edited(tree, { "cluster/release.yaml": `${release}  targetNamespace: apps\n` });
    const plan = await bench.plan(tree, next);
    expect(plan.counts).toMatchObject({ created: 1, deleted: 0, orphaned: 1 });
  });

  it("whose chart fails is a failure at its place, and the rest is rendered", async () => {
    const next = edited(tree, { "charts/demo/templates/pod.yaml": "{{ .Values.image.nobody.x }}" });
    const { appliers, problems } = await bench.simulate(next);
    expect(problems.map(({ code, applier, place }) => [code, applier, place?.path])).toEqual([
      ["template-failed", demo, "charts/demo/templates/pod.yaml"],
    ]);
    expect(appliers.filter(({ state }) => state !== "ready").map(({ id }) => id)).toEqual([demo]);
  });
});

describe("a ResourceSet that takes a kubeconfig from a Secret", () => {
  it("shows digests of what it took, although the object is a ConfigMap", async () => {
    const converting = edited(tree, {
      "cluster/converting.yaml": `apiVersion: v1
kind: Secret
metadata: { name: kube, namespace: flux-system }
stringData:
  value: |
    apiVersion: v1
    kind: Config
    current-context: a
    contexts: [{ name: a, context: { cluster: a, user: a } }]
    clusters: [{ name: a, cluster: { server: "https://topsecrethost.internal:6443", certificate-authority-data: Y2VydA== } }]
    users: [{ name: a, user: { token: t } }]
---
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: converting, namespace: flux-system }
spec:
  resources:
    - apiVersion: v1
      kind: ConfigMap
      metadata:
        name: cluster
        namespace: apps
        annotations: { fluxcd.controlplane.io/convertKubeConfigFrom: "flux-system/kube" }
      data: { provider: generic }
`,
    });
    const simulation = await bench.simulate(converting);
    const rendered = async (secrets: "show" | "omit"): Promise<string> => {
      const entries = await bench.simulator.rendered(simulation, { secrets, origins: false });
      return JSON.stringify(entries.filter(({ applier }) => applier.name === "converting"));
    };
    expect(await rendered("show")).toContain("topsecrethost");
    expect(await rendered("omit")).toContain('"name":"cluster"');
    expect(await rendered("omit")).not.toContain("topsecrethost");
  });
});
