/** The whole chain on the real controllers: a push becomes an artifact, objects, and a Helm release that is Ready. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import {
  chart,
  demoNamespace,
  deployment,
  helmRelease,
  helmReleaseRef,
  kustomization,
  kustomizationRef,
  settings,
} from "./harness/flux-objects.ts";
import { applied, fetchNow, follow, hasFailed } from "./harness/follow.ts";
import { condition, isReady } from "./harness/kube-api.ts";

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
});

afterAll(async () => {
  await cluster?.stop();
});

const files = {
  "apps/namespace.yaml": demoNamespace,
  "apps/config.yaml": settings("settings", "value: one"),
  "apps/release.yaml": helmRelease("web", "web", "  values: {color: green}\n"),
  ...chart("web", {
    "deployment.yaml": deployment(
      "{{ .Release.Name }}",
      ', annotations: {color: "{{ .Values.color }}"}',
    ),
  }),
};

test("a push becomes objects and a release, and a broken push a failure with its reason", async () => {
  const { repository, commit } = await follow(cluster, files, kustomization("apps", "apps"));
  await applied(cluster, ["apps"], commit);
  const config = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "settings" };
  expect(await cluster.api.get(config)).toMatchObject({ data: { value: "one" } });

  await cluster.api.waitFor(helmReleaseRef("web"), isReady);
  const workload = { apiVersion: "apps/v1", kind: "Deployment", namespace: "demo", name: "web" };
  expect(await cluster.api.get(workload)).toMatchObject({
    metadata: { annotations: { color: "green", "meta.helm.sh/release-name": "web" } },
  });

  const broken = repository.push({ "apps/config.yaml": "not: a Kubernetes object\n" });
  await fetchNow(cluster);
  const failed = await cluster.api.waitFor(kustomizationRef("apps"), hasFailed(broken));
  expect(condition(failed)).toMatchObject({ reason: "BuildFailed" });
});
