/** `chartRef`: to a HelmChart, an OCIRepository and an ExternalArtifact, in the same namespace and in another. */
import {
  below,
  chart,
  helmRepositoryUrl,
  namespace,
  probeChart,
  registryUrl,
  releases,
  yaml,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const app = probeChart({ name: "app", version: "1.1.0", appVersion: "five" }, { a: 1 });
const source = (kind: string, name: string, spec: object, inNamespace = "apps"): object => ({
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind,
  metadata: { name, namespace: inNamespace },
  spec: { interval: "1h", ...spec },
});
const chartLayer = {
  mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
  operation: "copy",
};
const oci = { url: `${registryUrl}/charts/app`, insecure: true, ref: { tag: "1.1.0" } };

export const scenario: Scenario = {
  about:
    "chartRef to each kind of source, what is missing or suspended, and the versions that follow",
  helmRepository: [app],
  registry: [{ folder: "charts", chart: app }],
  externalArtifacts: [
    {
      namespace: "apps",
      name: "external",
      chart: app,
      revision: `latest@sha256:${"a".repeat(64)}`,
    },
    { namespace: "apps", name: "external-plain", chart: app, revision: "1.1.0" },
    {
      namespace: "apps",
      name: "external-other",
      chart: chart({ name: "app", version: "3.0.0" }, { "templates/empty.yaml": "# nothing\n" }),
      revision: `main@sha1:${"b".repeat(40)}`,
    },
  ],
  cluster: namespace("apps"),
  tree: {
    "flux/namespaces.yaml": namespace("other"),
    "flux/sources.yaml": yaml(
      source("HelmRepository", "http", { url: helmRepositoryUrl }),
      source("HelmChart", "from-repository", {
        chart: "app",
        version: "1.x",
        sourceRef: { kind: "HelmRepository", name: "http" },
      }),
      source("HelmChart", "with-values-files", {
        chart: "app",
        version: "1.x",
        sourceRef: { kind: "HelmRepository", name: "http" },
        valuesFiles: ["values.yaml"],
        ignoreMissingValuesFiles: true,
      }),
      source("HelmChart", "from-git", {
        chart: "./charts/local",
        reconcileStrategy: "Revision",
        sourceRef: { kind: "GitRepository", name: "git" },
      }),
      source("OCIRepository", "copied", { ...oci, layerSelector: chartLayer }),
      source("OCIRepository", "suspended", { ...oci, suspend: true }),
      source("OCIRepository", "no-chart", { ...oci, ref: { tag: "none" } }),
      source("OCIRepository", "elsewhere", { ...oci, layerSelector: chartLayer }, "other"),
    ),
    ...below("charts/local", probeChart({ name: "local", version: "0.2.0" })),
    ...releases(
      {},
      {
        "chart-object": { chartRef: { kind: "HelmChart", name: "from-repository" } },
        "chart-object-values-files": { chartRef: { kind: "HelmChart", name: "with-values-files" } },
        "chart-object-missing-source": { chartRef: { kind: "HelmChart", name: "from-git" } },
        "oci-copied": { chartRef: { kind: "OCIRepository", name: "copied" }, values: { a: 2 } },
        "oci-elsewhere": {
          chartRef: { kind: "OCIRepository", name: "elsewhere", namespace: "other" },
        },
        "oci-suspended": { chartRef: { kind: "OCIRepository", name: "suspended" } },
        "oci-not-ready": { chartRef: { kind: "OCIRepository", name: "no-chart" } },
        "external-digest": { chartRef: { kind: "ExternalArtifact", name: "external" } },
        "external-plain": { chartRef: { kind: "ExternalArtifact", name: "external-plain" } },
        "external-other": { chartRef: { kind: "ExternalArtifact", name: "external-other" } },
        "missing-chart": { chartRef: { kind: "HelmChart", name: "nobody" } },
        "missing-oci": { chartRef: { kind: "OCIRepository", name: "nobody" } },
        "missing-external": { chartRef: { kind: "ExternalArtifact", name: "nobody" } },
      },
    ),
  },
};
