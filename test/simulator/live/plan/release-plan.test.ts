/** Helm releases against a cluster: what helm-controller would act on, and the three states of each object. */
import { describe, expect, test } from "vitest";

import type { JsonObject, Plan } from "#simulator";
import { edited, fixture } from "../../../support/fixture.ts";
import { gotkSync, kustomization } from "../../../support/flux.ts";
import { storedRelease } from "../../../support/stored-release.ts";
import { put, refusal } from "./fake-cluster.ts";
import type { FakeCluster } from "./fake-cluster.ts";
import { alter, codes, lines, useLivePlans } from "./plan-bench.ts";

const { start, plan } = useLivePlans();

const release = (values: string, more = ""): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: apps}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/shop, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}
  values: ${values}
${more}`;

const base = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/release.yaml
${release("{color: green}")}
#- apps/values.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: values, namespace: apps}
data: {values.yaml: "size: 1"}
#- charts/shop/Chart.yaml
apiVersion: v2
name: shop
version: 1.0.0
#- charts/shop/values.yaml
color: blue
size: 1
#- charts/shop/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data: {color: "{{ .Values.color }}", fixed: "yes"}
#- charts/shop/templates/claim.yaml
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shop-data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
#- charts/shop/templates/hook.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-hook, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}
data: {a: b}
`);

const manifest = `apiVersion: v1
kind: ConfigMap
metadata: {name: shop, labels: {helm.toolkit.fluxcd.io/name: shop, helm.toolkit.fluxcd.io/namespace: apps}}
data: {color: "green", fixed: "yes"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shop-data, labels: {helm.toolkit.fluxcd.io/name: shop, helm.toolkit.fluxcd.io/namespace: apps}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: shop-left}
spec: {ports: [{port: 80}]}
`;

const shop = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/apps/helmreleases/shop";
const config = "/api/v1/namespaces/apps/configmaps/shop";

/** A cluster on which the release is deployed as `manifest` says. */
async function deployed(tree = base): Promise<FakeCluster> {
  const cluster = await start(tree);
  const hook = [...cluster.objects.keys()].find((path) => path.endsWith("/shop-hook"));
  cluster.objects.delete(hook ?? "");
  const object = cluster.objects.get(shop) ?? {};
  const status: JsonObject = {
    observedGeneration: 1,
    storageNamespace: "apps",
    helmChart: "flux-system/apps-shop",
    history: [
      {
        name: "shop",
        namespace: "apps",
        version: 1,
        status: "deployed",
        chartName: "shop",
        chartVersion: "1.0.0",
      },
    ],
  };
  cluster.objects.set(shop, { ...object, status });
  put(cluster, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "shop-left", namespace: "apps" },
    spec: { ports: [{ port: 80 }] },
  });
  const stored = storedRelease({
    name: "shop",
    namespace: "apps",
    revision: 1,
    chart: { name: "shop", version: "1.0.0", values: { color: "blue", size: 1 } },
    config: { color: "green" },
    manifest,
  });
  put(cluster, JSON.parse(stored) as JsonObject);
  return cluster;
}

const ofRelease = (found: Plan): readonly string[] =>
  lines(found).filter((line) => line.startsWith("shop: "));

describe("a release", () => {
  test("that helm-controller has no reason to touch is not asked about", async () => {
    const cluster = await deployed();
    alter(cluster, config, ({ data }) => void (data["fixed"] = "drifted"));
    expect(lines(await plan(base, cluster))).toEqual([]);
    expect(cluster.requests.map(({ path }) => path)).not.toContain(config);
  });

  test("with other values is upgraded: what the push changes and what drifted are told apart", async () => {
    const cluster = await deployed();
    alter(cluster, config, ({ data }) => void (data["fixed"] = "drifted"));
    const target = edited(base, { "apps/release.yaml": release("{color: red}") });
    const found = await plan(target, cluster);
    expect(ofRelease(found)).toEqual([
      'shop: changed ConfigMap/shop /data/color "green"→"red"',
      "shop: created ConfigMap/shop-hook",
      "shop: deleted Service/shop-left",
    ]);
    const changes = found.clusters[0]?.appliers.flatMap((one) => one.changes) ?? [];
    expect(
      changes.find(({ ref }) => ref.name === "shop" && ref.kind === "ConfigMap")?.drift,
    ).toEqual([{ path: "/data/fixed", kind: "changed", before: '"drifted"', after: '"yes"' }]);
    expect(changes.find(({ ref }) => ref.name === "shop-hook")?.hook).toEqual([
      "pre-install",
      "pre-upgrade",
    ]);
  });

  test("is upgraded when a ConfigMap of its values changes", async () => {
    const from = release("{color: green}", "  valuesFrom: [{kind: ConfigMap, name: values}]\n");
    const before = edited(base, { "apps/release.yaml": from });
    const cluster = await deployed(before);
    expect(ofRelease(await plan(before, cluster))).toEqual([]);
    const target = edited(before, {
      "apps/values.yaml":
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values, namespace: apps}\ndata: {values.yaml: "size: 2"}\n',
    });
    expect(ofRelease(await plan(target, cluster))).toContain("shop: created ConfigMap/shop-hook");
  });

  test("that failed is tried again", async () => {
    const cluster = await deployed();
    alter(cluster, shop, (object) => {
      const { status } = object as unknown as { status: { history: { status: string }[] } };
      status.history = [{ ...status.history[0], status: "failed" }];
    });
    expect(ofRelease(await plan(base, cluster))).toContain("shop: created ConfigMap/shop-hook");
  });

  test("of another chart version says what that changes, and which values nobody reads any more", async () => {
    const target = edited(base, {
      "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 2.0.0\n",
      "charts/shop/values.yaml": "paint: blue\nsize: 1\n",
    });
    const found = await plan(target, await deployed());
    const applier = found.clusters[0]?.appliers.find((one) => one.applier.ref.name === "shop");
    expect(applier?.chart).toMatchObject({
      before: { name: "shop", version: "1.0.0" },
      after: { name: "shop", version: "2.0.0" },
      unknownValues: ["/color"],
    });
    expect(codes(found)).toContain("values-not-in-chart");
    expect(found.risks?.map(({ code }) => code)).toContain("risk/chart-values");
  });

  test("with another chart is uninstalled first, and its data goes with it", async () => {
    const target = edited(base, {
      "charts/shop/Chart.yaml": "apiVersion: v2\nname: store\nversion: 1.0.0\n",
    });
    const found = await plan(target, await deployed());
    expect(ofRelease(found)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^shop: recreated ConfigMap\/shop\b/),
        expect.stringMatching(/^shop: recreated PersistentVolumeClaim\/shop-data\b/),
        "shop: deleted Service/shop-left",
      ]),
    );
    expect(codes(found)).toContain("release-replaced");
    expect(found.risks?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["risk/release-replaced", "risk/data-loss"]),
    );
  });

  test("that the API server refuses in part loses nothing", async () => {
    const cluster = await deployed();
    cluster.intercept = ({ verb, path }) =>
      verb === "dry-run" && path.endsWith("/shop-data")
        ? refusal(
            422,
            'PersistentVolumeClaim "shop-data" is invalid: spec: Forbidden: is immutable',
            "Invalid",
          )
        : undefined;
    const target = edited(base, { "apps/release.yaml": release("{color: red}") });
    const found = await plan(target, cluster);
    expect(ofRelease(found)).toEqual([
      'shop: changed ConfigMap/shop /data/color "green"→"red"',
      "shop: created ConfigMap/shop-hook",
    ]);
    expect(codes(found)).toEqual(["live-refused"]);
  });

  test("that leaves the repository takes its objects and its HelmChart with it", async () => {
    const found = await plan(edited(base, { "apps/release.yaml": undefined }), await deployed());
    expect(lines(found)).toEqual([
      "apps: deleted HelmRelease/shop",
      "shop: deleted ConfigMap/shop",
      "shop: deleted PersistentVolumeClaim/shop-data",
      "shop: deleted Service/shop-left",
      "shop: deleted HelmChart/apps-shop",
    ]);
    expect(found.risks?.map(({ code }) => code)).toContain("risk/data-loss");
  });

  test("whose Secret can't be read is upgraded without telling drift or deletions", async () => {
    const cluster = await deployed();
    cluster.intercept = ({ verb, path }) =>
      verb === "get" && path.includes("/secrets") ? refusal(403, "no", "Forbidden") : undefined;
    const target = edited(base, { "apps/release.yaml": release("{color: red}") });
    const found = await plan(target, cluster);
    expect(ofRelease(found)).not.toContain("shop: deleted Service/shop-left");
    expect(codes(found)).toEqual(["live-unanswered"]);
    expect(found.live?.partial).toBeDefined();
  });
});
