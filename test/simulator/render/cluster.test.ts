/** Rendering a cluster: children from their parent's render, data across the tree, sources, scopes, and what stops. */
import { describe, expect, it } from "vitest";

import type { TreeFile } from "#simulator";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { edited, fixture, treeOf } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

const problems = async (...args: Parameters<typeof bench.simulate>) =>
  (await bench.simulate(...args)).problems.map(
    ({ code, place, severity }) => `${severity} ${code} ${place?.path ?? ""}:${place?.line ?? ""}`,
  );
const states = async (...args: Parameters<typeof bench.simulate>) =>
  Object.fromEntries(
    (await bench.simulate(...args)).appliers.map(({ ref, state }) => [ref.name, state]),
  );

describe("a cluster", () => {
  it("takes children from the parent's render, patches included", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/kustomization.yaml
resources: [flux-system/gotk-sync.yaml, apps.yaml]
patches:
  - target: {kind: Kustomization, name: apps}
    patch: |
      - op: add
        path: /spec/targetNamespace
        value: patched
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/one.yaml
${configMap("one", "1")}
`);
    expect(await bench.rendered(tree)).toEqual([
      "apps: ConfigMap patched/one",
      "flux-system: Kustomization flux-system/apps",
      "flux-system: Kustomization flux-system/flux-system",
      "flux-system: GitRepository flux-system/flux-system",
    ]);
  });

  it("substitutes from a ConfigMap that another Kustomization generates", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", "  postBuild:\n    substituteFrom:\n      - {kind: ConfigMap, name: settings}")}
#- cluster/settings.yaml
${kustomization("settings", "./settings", "  targetNamespace: flux-system")}
#- settings/kustomization.yaml
configMapGenerator:
  - name: settings
    literals: [DOMAIN=example.test]
generatorOptions: {disableNameSuffixHash: true}
#- apps/one.yaml
${configMap("one", "https://${DOMAIN}")}
`);
    const simulation = await bench.simulate(tree);
    expect(simulation.problems).toEqual([]);
    expect(
      await bench.simulator.objectText(
        simulation,
        "cluster|Kustomization/flux-system/apps",
        "v1/ConfigMap/apps/one",
      ),
    ).toContain("key: https://example.test");
  });

  it("shows a placeholder for a variable that only an unknown object can define, and fails for one that nothing can", async () => {
    const from = "  postBuild:\n    substituteFrom:\n      - {kind: Secret, name: outside}";
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", from)}
#- apps/one.yaml
${configMap("one", "${DOMAIN}")}
`);
    expect(await states(tree)).toMatchObject({ apps: "ready" });
    expect(await problems(tree)).toMatchObject([/^information variable-unknown/]);
    const inline = edited(tree, {
      "cluster/apps.yaml": kustomization(
        "apps",
        "./apps",
        "  postBuild:\n    substitute: {OTHER: x}",
      ),
    });
    expect(await states(inline)).toMatchObject({ apps: "failed" });
    expect(await states(inline, { flux: "2.8" })).toMatchObject({ apps: "ready" });
  });

  it("knows that nothing else exists when live objects are given", async () => {
    const from = "  postBuild:\n    substituteFrom:\n      - {kind: Secret, name: outside}";
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", from)}
#- apps/one.yaml
${configMap("one", "${DOMAIN}")}
`);
    const live = (name: string) => [
      {
        name: "live.yaml",
        text: `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: flux-system}\nstringData: {DOMAIN: live.test}\n`,
      },
    ];
    expect(await states(tree, { live: live("outside") })).toMatchObject({ apps: "ready" });
    expect(await states(tree, { live: live("another") })).toMatchObject({ apps: "failed" });
  });

  it("says where a source is missing, and takes one that is given", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", "", "elsewhere")}
`);
    expect(await problems(tree)).toEqual(["error source-not-found cluster/apps.yaml:1"]);
    const given = new Map([
      ["GitRepository/flux-system/elsewhere", treeOf({ "apps/one.yaml": configMap("one", "1") })],
    ]);
    expect(await bench.rendered(tree, { sources: given })).toContain("apps: ConfigMap apps/one");
  });

  it("claims nothing about a repository that can't be fetched", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: elsewhere, namespace: flux-system}
spec: {url: "https://example.test/other/repo", ref: {tag: v1}}
---
${kustomization("apps", "./apps", "", "elsewhere")}
`);
    expect(await states(tree)).toMatchObject({ apps: "unknown" });
    expect(await problems(tree)).toEqual(["warning source-unavailable cluster/apps.yaml:6"]);
  });

  it("treats a GitRepository with the URL of a remote as the tree itself", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: same, namespace: flux-system}
spec: {url: "https://example.test/org/fleet.git"}
---
${kustomization("apps", "./apps", "", "same")}
#- apps/one.yaml
${configMap("one", "1")}
`);
    expect(
      await bench.rendered(tree, { remoteUrls: ["git@example.test:org/fleet.git"] }),
    ).toContain("apps: ConfigMap apps/one");
  });

  it("fails a namespaced object without namespace and drops the namespace of a cluster-scoped one", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/cm.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: homeless}
`);
    expect(await problems(tree)).toEqual(["error namespace-missing cluster/apps.yaml:1"]);
    const scoped = edited(tree, {
      "apps/cm.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: ns, namespace: odd}\n",
    });
    expect(await problems(scoped)).toEqual([
      "information namespace-on-cluster-scoped apps/cm.yaml:1",
    ]);
    expect(await bench.rendered(scoped)).toContain("apps: Namespace /ns");
  });

  it("takes the scope of custom kinds from rendered CustomResourceDefinitions", async () => {
    const crd = (scope: string): string =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.test}\nspec: {group: example.test, scope: ${scope}, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true, storage: true}]}\n`;
    const tree = (scope: string) =>
      fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- cluster/crds.yaml
${kustomization("crds", "./crds")}
#- crds/widget.yaml
${crd(scope)}
#- apps/widget.yaml
apiVersion: example.test/v1
kind: Widget
metadata: {name: w}
`);
    expect(await states(tree("Cluster"))).toMatchObject({ apps: "ready" });
    expect(await states(tree("Namespaced"))).toMatchObject({ apps: "failed" });
  });

  it("warns about an object that two Kustomizations apply", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/a.yaml
${kustomization("a", "./a")}
#- cluster/b.yaml
${kustomization("b", "./b")}
#- a/cm.yaml
${configMap("twice", "1")}
#- b/cm.yaml
${configMap("twice", "2")}
`);
    expect(await problems(tree)).toEqual(["warning duplicate-owner b/cm.yaml:1"]);
  });

  it("reports what the API server would reject in the Kustomization itself", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps}
`);
    expect(await problems(tree)).toEqual(["error spec-invalid cluster/apps.yaml:1"]);
  });

  it("points at a link that works on disk and is missing on the cluster", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/kustomization.yaml
resources: [linked.yaml]
`);
    const link: TreeFile = { id: "1".repeat(40), size: 9, kind: "symlink" };
    const linked = { ...tree, files: new Map(tree.files).set("apps/linked.yaml", link) };
    expect(await problems(linked)).toEqual([
      "error build-failed apps/kustomization.yaml:1",
      "warning symlink-dropped apps/linked.yaml:",
    ]);
  });

  it("points at the line of an unset variable and of a broken one", async () => {
    const tree = (text: string) =>
      fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", "  postBuild:\n    substitute: {SET: x}")}
#- apps/one.yaml
${configMap("one", text)}
`);
    expect(await problems(tree("a ${UNSET}"))).toEqual(["error build-failed apps/one.yaml:7"]);
    expect(await problems(tree("a ${SET.dot}"))).toEqual(["error build-failed apps/one.yaml:7"]);
  });

  it("says that there is nothing when there is no Flux in the tree", async () => {
    expect(await problems(treeOf({ "README.md": "# hello\n" }))).toEqual([
      "information no-roots :",
    ]);
  });
});
