/** Which version of a chart is taken from a Helm repository or a registry, and what the controllers add to it. */
import {
  chart,
  helmRepositoryUrl,
  namespace,
  probeTemplate,
  registryUrl,
  releases,
  yaml,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const versioned = (version: string, more: object = {}) =>
  chart(
    { name: "app", version, appVersion: `app-${version}`, ...more },
    {
      "values.yaml": `version: ${JSON.stringify(version)}\n`,
      "templates/probe.yaml": probeTemplate,
    },
  );

const source = (kind: string, name: string, spec: object): object => ({
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind,
  metadata: { name, namespace: "apps" },
  spec: { interval: "1h", ...spec },
});
const oci = (name: string, ref: object | undefined, more: object = {}): object =>
  source("OCIRepository", name, {
    url: `${registryUrl}/charts/app`,
    insecure: true,
    layerSelector: {
      mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
      operation: "copy",
    },
    ...(ref === undefined ? {} : { ref }),
    ...more,
  });
const fromRepository = (version: string | undefined, name = "http"): object => ({
  chart: {
    spec: {
      chart: "app",
      sourceRef: { kind: "HelmRepository", name },
      ...(version === undefined ? {} : { version }),
    },
  },
});
const fromOci = (name: string): object => ({ chartRef: { kind: "OCIRepository", name } });

const refs: Readonly<Record<string, object | undefined>> = {
  "oci-tag": { tag: "1.1.0" },
  "oci-semver": { semver: "1.x" },
  "oci-semver-filter": { semver: ">=1.0.0-0", semverFilter: ".*-rc.*" },
  "oci-latest-tag": { tag: "latest" },
  "oci-no-ref": undefined,
  "oci-tag-wrong-version": { tag: "7.7.7" },
  "oci-plus-in-tag": { tag: "1.2.0_build.5" },
  "oci-missing-tag": { tag: "9.9.9" },
  "oci-semver-none": { semver: ">=50" },
};

export const scenario: Scenario = {
  about:
    "Version ranges, missing versions, pre-releases, build metadata, and the digest that helm-controller adds",
  helmRepository: ["1.0.0", "1.1.0", "1.2.0-rc.1", "1.10.0", "2.0.0", "v3.0.0"].map((version) =>
    versioned(version),
  ),
  registry: [
    ...["1.0.0", "1.1.0", "1.2.0-rc.1", "1.2.0+build.5"].map((version) => ({
      folder: "charts",
      chart: versioned(version),
    })),
    { folder: "charts", chart: versioned("1.1.0"), tag: "latest" },
    { folder: "charts", chart: versioned("1.0.0"), tag: "7.7.7" },
  ],
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    "flux/sources.yaml": yaml(
      source("HelmRepository", "http", { url: helmRepositoryUrl }),
      source("HelmRepository", "oci", {
        url: `${registryUrl}/charts`,
        type: "oci",
        insecure: true,
      }),
      ...Object.entries(refs).map(([name, ref]) => oci(name, ref)),
      source("OCIRepository", "extracted", {
        url: `${registryUrl}/charts/app`,
        insecure: true,
        ref: { tag: "1.1.0" },
      }),
    ),
    ...releases(
      {},
      {
        "repo-exact": fromRepository("1.1.0"),
        "repo-none": fromRepository(undefined),
        "repo-star": fromRepository("*"),
        "repo-caret": fromRepository("^1.0.0"),
        "repo-tilde": fromRepository("~1.1"),
        "repo-range": fromRepository(">=1.0.0 <2.0.0"),
        "repo-or": fromRepository("1.0.0 || 1.1.0"),
        "repo-prerelease-range": fromRepository(">=1.2.0-0 <1.3.0"),
        "repo-v-prefix": fromRepository("v1.1.0"),
        "repo-v-chart": fromRepository("3.x"),
        "repo-missing": fromRepository("9.9.9"),
        "repo-nothing-in-range": fromRepository(">=9"),
        "repo-bad-range": fromRepository("not a version"),
        "ocirepo-exact": fromRepository("1.1.0", "oci"),
        "ocirepo-range": fromRepository("1.x", "oci"),
        "ocirepo-none": fromRepository(undefined, "oci"),
        ...Object.fromEntries(Object.keys(refs).map((name) => [name, fromOci(name)])),
        extracted: fromOci("extracted"),
      },
    ),
  },
};
