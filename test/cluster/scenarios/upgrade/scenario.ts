/** The second revision of releases: what is upgraded, uninstalled first, kept or left behind. */
import {
  below,
  chart,
  gitChart,
  namespace,
  probeTemplate,
  releases,
  release,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const app = (name: string) =>
  chart(
    { name },
    {
      "values.yaml": "extra: true\nkeep: false\na: default\n",
      "templates/probe.yaml": probeTemplate,
      "templates/extra.yaml": `{{- if .Values.extra }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-extra
{{- if .Values.keep }}
  annotations: {helm.sh/resource-policy: keep}
{{- end }}
{{- end }}
`,
      "templates/install-only.yaml": `{{- if .Release.IsInstall }}
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-install"}
{{- end }}
`,
    },
  );

const one = { chart: gitChart("one") };

export const scenario: Scenario = {
  about:
    "Upgrades: IsUpgrade and revision, removed objects, resource-policy keep, preserveValues, changed names, charts and namespaces",
  tree: {
    "flux/namespaces.yaml": ["apps", "target"].map(namespace).join("---\n"),
    ...below("charts/one", app("one")),
    ...below("charts/two", app("two")),
    ...releases(one, {
      unchanged: {},
      "values-changed": { values: { b: 1 } },
      "object-removed": {},
      "object-kept": { values: { keep: true } },
      "preserve-values": { values: { a: "first", b: "first" }, upgrade: { preserveValues: true } },
      "no-preserve-values": { values: { a: "first", b: "first" } },
      "chart-renamed": {},
      "chart-renamed-in-place": { upgrade: { chartNameChangeStrategy: "InPlaceUpdate" } },
      "release-renamed": { releaseName: "old-name" },
      "target-changed": {},
      "post-renderer-added": {},
      "metadata-added": {},
      "becomes-broken": {},
      "becomes-suspended": {},
      removed: {},
    }),
  },
  later: [
    {
      ...releases(one, {
        "values-changed": { values: { b: 2, c: 3 } },
        "object-removed": { values: { extra: false } },
        "object-kept": { values: { keep: true, extra: false } },
        "preserve-values": { values: { b: "second" }, upgrade: { preserveValues: true } },
        "no-preserve-values": { values: { b: "second" } },
        "release-renamed": { releaseName: "new-name" },
        "target-changed": { targetNamespace: "target" },
        "post-renderer-added": {
          postRenderers: [
            {
              kustomize: {
                patches: [
                  {
                    target: { kind: "ConfigMap" },
                    patch: '[{"op":"add","path":"/data/patched","value":"yes"}]',
                  },
                ],
              },
            },
          ],
        },
        "metadata-added": { commonMetadata: { labels: { team: "a" } } },
        "becomes-suspended": { suspend: true, values: { b: 2 } },
      }),
      "flux/chart-renamed.yaml": release("chart-renamed", { chart: gitChart("two") }),
      "flux/chart-renamed-in-place.yaml": release("chart-renamed-in-place", {
        chart: gitChart("two"),
        upgrade: { chartNameChangeStrategy: "InPlaceUpdate" },
      }),
      "flux/becomes-broken.yaml": release("becomes-broken", {
        ...one,
        postRenderers: [
          {
            kustomize: {
              patches: [
                { target: { kind: "ConfigMap" }, patch: '[{"op":"remove","path":"/nobody"}]' },
              ],
            },
          },
        ],
      }),
      "flux/removed.yaml": undefined,
    },
  ],
};
