/** Names and namespaces of releases: prefixes, shortening, storage, createNamespace. */
import {
  below,
  chart,
  gitChart,
  namespace,
  probeTemplate,
  release,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const app = chart(
  { name: "app" },
  {
    "templates/probe.yaml": probeTemplate,
    "templates/more.yaml": `apiVersion: v1
kind: Secret
metadata: {name: "{{ .Release.Name | trunc 50 }}-s", namespace: "{{ .Values.elsewhere | default .Release.Namespace }}"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "{{ .Release.Namespace }}-{{ .Release.Name | trunc 40 }}"}
rules: []
`,
  },
);

const long = "x".repeat(30);
const cases: readonly (readonly [name: string, spec: object, namespace?: string])[] = [
  ["plain", {}],
  ["given-name", { releaseName: "another" }],
  ["target", { targetNamespace: "target" }],
  ["target-and-name", { targetNamespace: "target", releaseName: "given" }],
  ["target-is-own", { targetNamespace: "apps" }],
  ["storage", { storageNamespace: "storage" }],
  ["storage-and-target", { storageNamespace: "storage", targetNamespace: "target" }],
  [`length-53-${long}`.padEnd(53, "y"), {}],
  [`length-54-${long}`.padEnd(54, "y"), {}],
  [`long-with-target-${long}`.padEnd(50, "y"), { targetNamespace: "target" }],
  ["create", { targetNamespace: "created", install: { createNamespace: true } }],
  ["create-existing", { targetNamespace: "target", install: { createNamespace: true } }],
  ["create-without-target", { install: { createNamespace: true } }],
  [
    "create-with-metadata",
    {
      targetNamespace: "created-too",
      install: { createNamespace: true },
      commonMetadata: { labels: { team: "a" } },
    },
  ],
  ["not-created", { targetNamespace: "nowhere" }],
  ["object-elsewhere", { values: { elsewhere: "target" } }],
  ["other-namespace", {}, "target"],
];

export const scenario: Scenario = {
  about:
    "releaseName, targetNamespace, storageNamespace, createNamespace, and names that are too long",
  tree: {
    "flux/namespaces.yaml": ["apps", "target", "storage"].map(namespace).join("---\n"),
    ...below("charts/app", app),
    ...Object.fromEntries(
      cases.map(([name, spec, inNamespace]) => [
        `flux/${name}.yaml`,
        release(name, { chart: gitChart("app"), ...spec }, inNamespace),
      ]),
    ),
  },
};
