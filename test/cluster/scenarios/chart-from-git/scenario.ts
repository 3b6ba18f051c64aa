/** Charts from the repository itself: versions by reconcile strategy, and what happens when the chart changes. */
import { below, gitChart, namespace, probeChart, releases } from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const app = (version: string, note: string) =>
  probeChart(
    { name: "app", version },
    { note },
    {
      ".helmignore": "*.bak\nignored/\n",
      "templates/dropped.bak": "this is no template\n",
      "ignored/file.txt": "ignored\n",
      "files/kept.txt": "kept\n",
      "templates/files.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-files"}
data:
{{- range $path, $content := .Files }}
  {{ $path | replace "/" "_" }}: {{ $content | toString | trim | quote }}
{{- end }}
`,
    },
  );

export const scenario: Scenario = {
  about:
    "reconcileStrategy ChartVersion and Revision, the version constraint of a chart in Git, .helmignore, a change without a new version",
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    ...below("charts/app", app("1.0.0", "first")),
    ...below("charts/metadata", probeChart({ name: "metadata", version: "1.0.0+build.7" })),
    ...releases(
      {},
      {
        default: { chart: gitChart("app") },
        "chart-version": { chart: gitChart("app", { reconcileStrategy: "ChartVersion" }) },
        revision: { chart: gitChart("app", { reconcileStrategy: "Revision" }) },
        "revision-values-files": {
          chart: gitChart("app", {
            reconcileStrategy: "Revision",
            valuesFiles: ["./charts/app/values.yaml"],
          }),
        },
        "with-metadata": { chart: gitChart("metadata") },
        "with-metadata-revision": {
          chart: gitChart("metadata", { reconcileStrategy: "Revision" }),
        },
        "version-is-ignored": { chart: gitChart("app", { version: ">=5" }) },
        "trailing-slash": { chart: gitChart("app/") },
        missing: { chart: gitChart("nobody") },
        "no-chart-here": { chart: gitChart("app/templates") },
      },
    ),
  },
  later: [
    below("charts/app", app("1.0.0", "second, same version")) as Record<string, string>,
    below("charts/app", app("1.1.0", "third, new version")) as Record<string, string>,
  ],
};
