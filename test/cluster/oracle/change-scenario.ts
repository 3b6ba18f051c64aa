/**
 * What the oracle is given: a small repository that has converged, a change of it, and what somebody else did on the cluster. Everything of
 * a scenario lives in the namespace of its name; cluster-scoped objects begin with it.
 */
import type { Cluster } from "../harness/cluster.ts";
import type { Files } from "../harness/tarball.ts";

export interface ChangeScenario {
  /** Namespace, repository and root Kustomization. */
  readonly name: string;
  /** One sentence for the table. */
  readonly about: string;
  /** The repository that has converged; the root Kustomization applies `flux/`. */
  readonly before: Files;
  /** The push that is predicted: `undefined` for files that go. */
  readonly change: Readonly<Record<string, string | undefined>>;
  /** YAML of what is on the cluster and in no repository. */
  readonly cluster?: (cluster: Cluster) => string;
  /** What somebody does by hand after the repository has converged. */
  readonly meddle?: (cluster: Cluster) => Promise<void>;
  /** Kustomizations and HelmReleases that do not become ready by the change, as `Kind name`. */
  readonly fails?: readonly string[];
  /** The API server would not take it, so that nothing happens. */
  readonly isRefused?: true;
  /** Words of `spec` of the root Kustomization, as JSON. */
  readonly rootSpec?: object;
}

export function rootObjects(name: string, url: string, spec: object = {}): string {
  const source = { kind: "GitRepository", name };
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name, namespace: name },
      spec: { interval: "1h", url, ref: { branch: "main" } },
    },
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name, namespace: name },
      spec: { interval: "1h", path: "./flux", prune: true, sourceRef: source, ...spec },
    },
  ];
  return objects.map((object) => JSON.stringify(object)).join("\n---\n");
}

/** A ConfigMap in the namespace of a scenario. */
export function settings(
  scenario: string,
  name: string,
  data: Readonly<Record<string, string>>,
  metadata: object = {},
): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: scenario, ...metadata },
    data,
  };
}

export function workload(scenario: string, name: string, spec: object = {}, image = "a:1"): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: scenario },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "main", image }] },
      },
      ...spec,
    },
  };
}

/** A Kustomization of a folder of the scenario's repository. */
export function kustomization(
  scenario: string,
  name: string,
  path: string,
  spec: object = {},
): object {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: scenario },
    spec: {
      interval: "1h",
      path,
      prune: true,
      sourceRef: { kind: "GitRepository", name: scenario },
      ...spec,
    },
  };
}

/** A HelmRelease of a chart in the scenario's repository. */
export function helmRelease(
  scenario: string,
  name: string,
  chart: string,
  spec: object = {},
): object {
  return {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name, namespace: scenario },
    spec: {
      interval: "1h",
      chart: { spec: { chart, sourceRef: { kind: "GitRepository", name: scenario } } },
      ...spec,
    },
  };
}
