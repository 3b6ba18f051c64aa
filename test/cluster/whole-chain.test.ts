/** The whole chain on the real controllers: a push becomes an artifact, objects, and a Helm release that is Ready. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { condition, isFailed, isReady } from "./harness/kube-api.ts";

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
});

afterAll(async () => {
  await cluster?.stop();
});

const kustomization = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  namespace: "flux-system",
  name: "apps",
} as const;
const helmRelease = {
  apiVersion: "helm.toolkit.fluxcd.io/v2",
  kind: "HelmRelease",
  namespace: "demo",
  name: "web",
} as const;

const files = {
  "apps/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo}\n",
  "apps/config.yaml": configMap("one"),
  "apps/release.yaml": `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: demo}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: repo, namespace: flux-system}}}
  values: {color: green}
`,
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n",
  "charts/web/templates/deployment.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}", annotations: {color: "{{ .Values.color }}"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
`,
};

function configMap(value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: demo}\ndata: {value: "${value}"}\n`;
}

test("a push becomes objects and a release, and a broken push a failure with its reason", async () => {
  const repository = cluster.git.create("repo");
  const first = repository.push(files);
  await cluster.api.apply(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: flux-system}
spec: {interval: 1h, url: "${repository.url}", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {interval: 1h, path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: repo}}
`);
  const applied = await cluster.api.waitFor(kustomization, isReady);
  expect(applied.status?.["lastAppliedRevision"]).toBe(`main@sha1:${first}`);
  const settings = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "settings" };
  expect(await cluster.api.get(settings)).toMatchObject({ data: { value: "one" } });

  await cluster.api.waitFor(helmRelease, isReady);
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", namespace: "demo", name: "web" };
  expect(await cluster.api.get(deployment)).toMatchObject({
    metadata: { annotations: { color: "green", "meta.helm.sh/release-name": "web" } },
  });

  repository.push({ "apps/config.yaml": "not: a Kubernetes object\n" });
  await cluster.api.patch(
    {
      ...kustomization,
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      name: "repo",
    },
    { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": "1" } } },
  );
  const failed = await cluster.api.waitFor(kustomization, isFailed);
  expect(condition(failed)).toMatchObject({ reason: "BuildFailed" });
});
