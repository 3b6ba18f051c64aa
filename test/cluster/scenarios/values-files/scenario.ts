/** `valuesFiles`: they replace the chart's defaults, and change its version. */
import {
  below,
  gitChart,
  helmRepositoryUrl,
  namespace,
  probeChart,
  registryUrl,
  releases,
  yaml,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const packed = probeChart(
  { name: "packed", version: "2.0.0" },
  { from: "values.yaml", base: true, n: { a: "default", list: [1, 2] } },
  {
    "values-prod.yaml": yaml({ from: "values-prod.yaml", prod: true, n: { b: "prod", list: [3] } }),
    "extra/more.yaml": yaml({ from: "extra/more.yaml", n: { a: "more" } }),
    "null.yaml": yaml({ base: null, n: null }),
    "empty.yaml": "",
    "broken.yaml": "a: [",
  },
);

const repository = (name: string, spec: object): object => ({
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind: "HelmRepository",
  metadata: { name, namespace: "apps" },
  spec: { interval: "1h", ...spec },
});
const fromRepository = (
  valuesFiles: readonly string[],
  more: object = {},
  name = "http",
): object => ({
  chart: {
    spec: {
      chart: "packed",
      version: "2.0.0",
      sourceRef: { kind: "HelmRepository", name },
      valuesFiles,
      ...more,
    },
  },
});
const fromGit = (valuesFiles: readonly string[], more: object = {}): object => ({
  chart: gitChart("probe", { valuesFiles, ...more }),
});
const ignore = { ignoreMissingValuesFiles: true };

export const scenario: Scenario = {
  about:
    "valuesFiles of charts from a Helm repository, a registry and Git: what is merged, missing files, the version's metadata",
  helmRepository: [packed],
  registry: [{ folder: "charts", chart: packed }],
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    "flux/sources.yaml": yaml(
      repository("http", { url: helmRepositoryUrl }),
      repository("oci", { url: `${registryUrl}/charts`, type: "oci", insecure: true }),
    ),
    ...below(
      "charts/probe",
      probeChart(
        { name: "probe" },
        { from: "values.yaml", base: true, n: { a: "default" } },
        {
          "values-prod.yaml": yaml({ from: "values-prod.yaml", n: { b: "prod" } }),
        },
      ),
    ),
    "environments/prod.yaml": yaml({ from: "environments/prod.yaml", n: { c: "environment" } }),
    ...releases(
      {},
      {
        "repo-default-only": fromRepository(["values.yaml"]),
        "repo-prod-only": fromRepository(["values-prod.yaml"]),
        "repo-both": fromRepository(["values.yaml", "values-prod.yaml"]),
        "repo-both-reversed": fromRepository(["values-prod.yaml", "values.yaml"]),
        "repo-subfolder": fromRepository(["values.yaml", "extra/more.yaml"]),
        "repo-nulls": fromRepository(["values.yaml", "null.yaml"]),
        "repo-empty": fromRepository(["empty.yaml"]),
        "repo-broken": fromRepository(["broken.yaml"]),
        "repo-missing": fromRepository(["values.yaml", "nobody.yaml"]),
        "repo-missing-ignored": fromRepository(["nobody.yaml", "values-prod.yaml"], ignore),
        "repo-all-missing-ignored": fromRepository(["nobody.yaml"], ignore),
        "repo-with-inline": {
          ...fromRepository(["values-prod.yaml"]),
          values: { n: { b: "inline" }, prod: null },
        },
        "oci-default-only": fromRepository(["values.yaml"], {}, "oci"),
        "oci-prod-only": fromRepository(["values-prod.yaml"], {}, "oci"),
        "git-default": fromGit(["./charts/probe/values.yaml"]),
        "git-prod-only": fromGit(["./charts/probe/values-prod.yaml"]),
        "git-outside-chart": fromGit(["./charts/probe/values.yaml", "environments/prod.yaml"]),
        "git-relative-to-chart": fromGit(["values.yaml"]),
        "git-missing-ignored": fromGit(
          ["./environments/nobody.yaml", "environments/prod.yaml"],
          ignore,
        ),
        "git-escape": fromGit(["../../../../etc/hostname"]),
      },
    ),
  },
};
