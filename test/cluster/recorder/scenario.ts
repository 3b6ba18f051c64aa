/**
 * What a scenario is: a small repository, charts that lie elsewhere, and what is on the cluster before. Scenarios are data; the
 * recorder gives them to the real controllers, and `scenarios.test.ts` gives them to the simulator.
 */
import { stringify } from "yaml";

import type { Files } from "../harness/tarball.ts";

export interface Scenario {
  /** Which rules of the controllers it shows, in one sentence. */
  readonly about: string;
  /** The repository at its first push. The root Kustomization applies `flux/`. */
  readonly tree: Files;
  /** Later pushes: files that change, `undefined` for those that go. */
  readonly later?: readonly Readonly<Record<string, string | undefined>>[];
  /** Charts of the Helm repository `helmRepositoryUrl`. */
  readonly helmRepository?: readonly Files[];
  /** Charts in the registry `registryUrl`, below a folder; the tag is the version unless given. */
  readonly registry?: readonly {
    readonly folder: string;
    readonly chart: Files;
    readonly tag?: string;
  }[];
  /** ExternalArtifacts with a packaged chart each, as source-watcher would publish them. */
  readonly externalArtifacts?: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly chart: Files;
    readonly revision: string;
  }[];
  /** YAML of what is on the cluster before the first push. */
  readonly cluster?: string;
  /** Feature gates of helm-controller. */
  readonly featureGates?: Readonly<Record<string, boolean>>;
  /** Workloads with this label stay unhealthy: `test.sluice/broken: "true"`. */
  readonly brokenWorkloads?: true;
}

/** Stand for servers on loopback, whose ports differ in each run. */
export const helmRepositoryUrl = "http://charts.test";
export const registryUrl = "oci://registry.test";

/** Files of the tree with the URLs of servers that really run. */
export function withServers<Content extends string | Uint8Array | undefined>(
  files: Readonly<Record<string, Content>>,
  servers: { readonly helmRepository: string; readonly registry: string },
): Record<string, Content> {
  const replace = (content: Content): Content =>
    typeof content === "string"
      ? (content
          .replaceAll(helmRepositoryUrl, servers.helmRepository)
          .replaceAll(registryUrl, servers.registry) as Content)
      : content;
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, replace(content)]),
  );
}

/** Whether ports of a run get into the tree, and so into the commit. */
export function namesServers(scenario: Scenario): boolean {
  return Object.values(scenario.tree).some(
    (content) =>
      typeof content === "string" &&
      (content.includes(helmRepositoryUrl) || content.includes(registryUrl)),
  );
}

export function yaml(...objects: readonly object[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0 })).join("---\n");
}

export function namespace(name: string): string {
  return yaml({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

export function configMap(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "apps" }, data };
}

export function secret(name: string, stringData: Readonly<Record<string, string>>): object {
  const data = Object.fromEntries(
    Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "apps" }, data };
}

/** `flux/<name>.yaml` with one HelmRelease for each case; `common` is what all have. */
export function releases(
  common: object,
  cases: Readonly<Record<string, object>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cases).map(([name, spec]) => [
      `flux/${name}.yaml`,
      release(name, { ...common, ...spec }),
    ]),
  );
}

export function release(name: string, spec: object, inNamespace = "apps"): string {
  return yaml({
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name, namespace: inNamespace },
    spec: { interval: "1h", ...spec },
  });
}

/** `spec.chart` of a chart in the repository itself. */
export function gitChart(folder: string, more: object = {}): object {
  return {
    spec: {
      chart: `./charts/${folder}`,
      sourceRef: { kind: "GitRepository", name: "flux-system", namespace: "flux-system" },
      ...more,
    },
  };
}

/** Files of a chart, from its root. */
export function chart(about: object, files: Files = {}): Files {
  return { "Chart.yaml": yaml({ apiVersion: "v2", version: "1.0.0", ...about }), ...files };
}

/** The same files below a folder. */
export function below(folder: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]),
  );
}

/** A template that shows everything a render was given, as one ConfigMap. */
export const probeTemplate = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  labels:
    helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | quote }}
data:
  values: {{ .Values | toJson | quote }}
  chart: "{{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.AppVersion }}"
  release: "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ .Release.Service }}"
`;

/** A chart with the probe, default values and further files. */
export function probeChart(about: object, values: object = {}, files: Files = {}): Files {
  return chart(about, {
    "values.yaml": yaml(values),
    "templates/probe.yaml": probeTemplate,
    ...files,
  });
}
