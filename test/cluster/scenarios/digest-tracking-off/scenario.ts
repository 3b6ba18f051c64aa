/** The feature gate that keeps the digest out of chart versions. */
import {
  chart,
  namespace,
  probeTemplate,
  registryUrl,
  releases,
  yaml,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const app = chart({ name: "app", version: "1.1.0" }, { "templates/probe.yaml": probeTemplate });
const source = (name: string, tag: string): object => ({
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind: "OCIRepository",
  metadata: { name, namespace: "apps" },
  spec: {
    interval: "1h",
    url: `${registryUrl}/charts/app`,
    insecure: true,
    ref: { tag },
    layerSelector: {
      mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
      operation: "copy",
    },
  },
});

export const scenario: Scenario = {
  about:
    "DisableChartDigestTracking: the chart of an OCIRepository keeps its version, and need not have the tag's",
  featureGates: { DisableChartDigestTracking: true },
  registry: [
    { folder: "charts", chart: app },
    { folder: "charts", chart: app, tag: "7.7.7" },
    { folder: "charts", chart: app, tag: "latest" },
  ],
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    "flux/sources.yaml": yaml(
      source("right", "1.1.0"),
      source("wrong", "7.7.7"),
      source("latest", "latest"),
    ),
    ...releases(
      {},
      Object.fromEntries(
        ["right", "wrong", "latest"].map((name) => [
          name,
          { chartRef: { kind: "OCIRepository", name } },
        ]),
      ),
    ),
  },
};
