/** The cluster of the pictures: real controllers, a repository with what goes well and what does not, and a kubeconfig. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { startCluster } from "../../test/cluster/harness/cluster.ts";
import type { Cluster } from "../../test/cluster/harness/cluster.ts";
import { condition, isFailed, isReady } from "../../test/cluster/harness/kube-api.ts";
import type { KubeObject, Ref } from "../../test/cluster/harness/kube-api.ts";

export interface LiveWorld {
  /** The work tree of the repository that the cluster applies. */
  readonly folder: string;
  /** With the contexts `production`, which is the cluster, and `staging`, which nobody contacts. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

export async function startLiveWorld(): Promise<LiveWorld> {
  const cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
    crds: ["notification-controller"],
  });
  try {
    const repository = cluster.git.create("platform");
    const sync = syncText(repository.url);
    repository.push({ ...files(sync), "apps/payments/service.yaml": service("payments") });
    await cluster.api.apply(sync);
    await Promise.all(
      ["apps", "payments", "checkout"].map((name) =>
        cluster.api.waitFor(kustomizationRef(name), isReady),
      ),
    );
    await cluster.api.waitFor(releaseRef("shop", "web"), isReady);
    repository.push({ "apps/payments/service.yaml": "not: a Kubernetes object\n" });
    await reconcile(cluster, { ...kustomizationRef("flux-system"), ...gitRepository });
    await cluster.api.waitFor(kustomizationRef("payments"), isFailed);
    await reconcile(cluster, kustomizationRef("checkout"));
    await cluster.api.waitFor(kustomizationRef("checkout"), isWaiting);
    await cluster.api.waitFor(releaseRef("shop", "search"), isFailed);
    return { folder: repository.folder, kubeconfig: contexts(cluster), stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

const gitRepository = { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository" } as const;

function kustomizationRef(name: string): Ref {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    namespace: "flux-system",
    name,
  };
}

function releaseRef(namespace: string, name: string): Ref {
  return { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", namespace, name };
}

function isWaiting(object: KubeObject): boolean {
  return condition(object)?.reason === "DependencyNotReady";
}

async function reconcile({ api }: Cluster, ref: Ref): Promise<void> {
  const requestedAt = String(Date.now());
  await api.patch(ref, {
    metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": requestedAt } },
  });
}

/** The harness names its context after its user; people have other names. */
function contexts(cluster: Cluster): string {
  const own = readFileSync(cluster.kubeconfig, "utf8").replaceAll("admin@test", "production");
  const text = own
    .replace(
      "contexts:\n",
      "contexts:\n  - {name: staging, context: {cluster: staging, user: admin}}\n",
    )
    .replace(
      "clusters:\n",
      'clusters:\n  - {name: staging, cluster: {server: "https://staging.example.test"}}\n',
    );
  const path = join(cluster.folder, "people.kubeconfig");
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function syncText(url: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1h
  ref:
    branch: main
  url: ${url}
---
${kustomization("flux-system", "path: ./clusters/production")}`;
}

function kustomization(name: string, ...lines: readonly string[]): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 1h
  retryInterval: 1h
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
${lines.map((line) => `  ${line}\n`).join("")}`;
}

function service(name: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  selector:\n    app: ${name}\n  ports:\n    - port: 80\n`;
}

function release(name: string, values: string): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ${name}
  namespace: shop
spec:
  interval: 1h
  chart:
    spec:
      chart: ./charts/web
      sourceRef:
        kind: GitRepository
        name: flux-system
        namespace: flux-system
  values:
    ${values}
`;
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: "{{ .Release.Name }}"
spec:
  replicas: {{ required "replicas is required" .Values.replicas }}
  selector:
    matchLabels:
      app: "{{ .Release.Name }}"
  template:
    metadata:
      labels:
        app: "{{ .Release.Name }}"
    spec:
      containers:
        - name: web
          image: ghcr.io/example/web:1.4.0
`;

const otherSources = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata:
  name: charts
  namespace: flux-system
spec:
  type: oci
  url: oci://registry.example.test/charts
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: addons
  namespace: flux-system
spec:
  interval: 1h
  ref:
    branch: release
  url: URL
`;

const notifications = `apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata:
  name: slack
  namespace: flux-system
spec:
  type: slack
  channel: platform
  secretRef:
    name: slack-url
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata:
  name: failures
  namespace: flux-system
spec:
  eventSeverity: error
  providerRef:
    name: slack
  eventSources:
    - kind: Kustomization
      name: "*"
`;

function files(sync: string): Readonly<Record<string, string>> {
  const url = /url: (.+)/.exec(sync)?.[1] ?? "";
  return {
    "clusters/production/flux-system/gotk-sync.yaml": sync,
    "clusters/production/flux-system/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - gotk-sync.yaml\n",
    "clusters/production/sources.yaml": otherSources.replace("URL", url),
    "clusters/production/notifications.yaml": notifications,
    "clusters/production/apps.yaml": [
      kustomization("apps", "path: ./apps/shop", "wait: true", "timeout: 1m"),
      kustomization("payments", "path: ./apps/payments", "dependsOn:", "  - name: apps"),
      kustomization("checkout", "path: ./apps/checkout", "dependsOn:", "  - name: payments"),
      kustomization("reports", "path: ./apps/reports", "suspend: true"),
    ].join("---\n"),
    "clusters/production/releases.yaml": kustomization(
      "releases",
      "path: ./releases",
      "dependsOn:",
      "  - name: apps",
    ),
    "apps/shop/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n",
    "apps/shop/orders.yaml": service("orders"),
    "apps/shop/basket.yaml": service("basket"),
    "apps/checkout/service.yaml": service("checkout"),
    "apps/reports/service.yaml": service("reports"),
    "releases/web.yaml": release("web", "replicas: 2"),
    "releases/search.yaml": release("search", "color: green"),
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.4.0\n",
    "charts/web/templates/deployment.yaml": deployment,
  };
}
