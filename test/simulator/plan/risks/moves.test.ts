/** Objects that move to another applier: who may delete them, and when that is ruled out. */
import { describe, expect, it } from "vitest";

import { kustomization } from "../../../support/flux.ts";
import { edited } from "../../../support/fixture.ts";
import { treeOf, useRisks } from "./check-risks.ts";

const { risks } = useRisks();

const service = (annotations = "{}"): string => `apiVersion: v1
kind: Service
metadata: { name: web, namespace: apps, annotations: ${annotations} }
spec: { ports: [{ port: 80 }] }
`;
const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";

function moved(text: string, specs: Parameters<typeof treeOf>[1] = {}): Promise<readonly string[]> {
  const before = treeOf({ "apps/it.yaml": text }, specs);
  return risks(before, { "apps/it.yaml": undefined, "other/it.yaml": text });
}

describe("is a risk", () => {
  it("between Kustomizations that know nothing of each other", async () => {
    expect(await moved(service())).toEqual(["medium prune-by-move Service/web"]);
    expect(await moved(namespace)).toEqual(["high prune-by-move Namespace/shop"]);
  });

  it("when the new one waits for the old one", async () => {
    expect(await moved(service(), { other: "  dependsOn: [{ name: apps }]" })).toEqual([
      "medium prune-by-move Service/web",
    ]);
  });

  it("when an applier moves, with all it applies", async () => {
    const inner = kustomization("inner", "./inner");
    const files = { "inner/a.yaml": service() };
    const before = treeOf({ ...files, "apps/inner.yaml": inner });
    const after = edited(before, { "apps/inner.yaml": undefined, "other/inner.yaml": inner });
    expect(await risks(before, after)).toEqual(["high prune-by-move Kustomization/inner"]);
  });

  it("out of a chart, which Helm cleans up", async () => {
    const chart = {
      "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "charts/web/templates/note.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: note, namespace: apps }\n",
      "apps/release.yaml": `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: flux-system }
spec:
  interval: 1h
  chart: { spec: { chart: ./charts/web, sourceRef: { kind: GitRepository, name: flux-system }, reconcileStrategy: Revision } }
`,
    };
    const before = treeOf({ ...chart, "charts/web/templates/it.yaml": service() });
    const after = treeOf({ ...chart, "other/it.yaml": service() });
    expect(await risks(before, after)).toEqual(["medium prune-by-move Service/web"]);
  });
});

describe("is no risk", () => {
  it("when the old one waits for the new one, also through others", async () => {
    expect(await moved(namespace, { apps: "  dependsOn: [{ name: other }]" })).toEqual([]);
    const between = {
      "cluster/between.yaml": kustomization(
        "between",
        "./between",
        "  dependsOn: [{ name: other }]",
      ),
      "between/a.yaml": service("{}").replace("name: web", "name: b"),
    };
    const before = treeOf(
      { ...between, "apps/it.yaml": namespace },
      { apps: "  dependsOn: [{ name: between }]" },
    );
    expect(await risks(before, { "apps/it.yaml": undefined, "other/it.yaml": namespace })).toEqual(
      [],
    );
  });

  it("when nothing of the old one is pruned", async () => {
    expect(await moved(namespace, { apps: "  prune: false" })).toEqual([]);
    expect(await moved(service("{ kustomize.toolkit.fluxcd.io/prune: disabled }"))).toEqual([]);
  });

  it("when it only moves to another file", async () => {
    const before = treeOf({ "apps/it.yaml": namespace });
    expect(
      await risks(before, { "apps/it.yaml": undefined, "apps/moved.yaml": namespace }),
    ).toEqual([]);
  });
});
