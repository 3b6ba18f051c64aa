/** Post-renderers and commonMetadata: what reaches templates, hooks and CRDs under each strategy. */
import { below, chart, gitChart, namespace, releases } from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const web = chart(
  { name: "web" },
  {
    "values.yaml": "twice: false\nexplicit: false\n",
    "templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
{{- if .Values.explicit }}
  namespace: {{ .Release.Namespace }}
{{- end }}
  labels: {app: web, tier: "{{ .Release.Name }}"}
spec:
  replicas: 1
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec:
      containers:
        - {name: web, image: "nginx:1.0"}
        - {name: side, image: "registry.example.com/side@sha256:0000000000000000000000000000000000000000000000000000000000000000"}
---
apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}", annotations: {mine: "1"}}
spec: {selector: {app: web}, ports: [{port: 80}]}
`,
    "templates/hooks.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-before
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: job, image: "nginx:1.0"}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-after
  annotations: {helm.sh/hook: "post-install,post-upgrade"}
data: {k: v}
{{- if .Values.twice }}
---
apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}", annotations: {helm.sh/hook: pre-install}}
spec: {ports: [{port: 81}]}
{{- end }}
`,
  },
);

const patch = (target: object, ...operations: readonly object[]): object => ({
  kustomize: { patches: [{ target, patch: JSON.stringify(operations) }] },
});
const replicas = patch({ kind: "Deployment" }, { op: "replace", path: "/spec/replicas", value: 3 });
const hookPatch = patch(
  { kind: "Job" },
  { op: "add", path: "/metadata/labels", value: { patched: "hook" } },
);
const images = {
  kustomize: {
    images: [
      { name: "nginx", newName: "mirror.example.com/nginx", newTag: "2.0" },
      { name: "registry.example.com/side", digest: `sha256:${"1".repeat(64)}` },
    ],
  },
};
const strategic = (name: string, namespaceLine = ""): object => ({
  kustomize: {
    patches: [
      {
        patch: `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}${namespaceLine}\nspec:\n  template:\n    spec:\n      priorityClassName: high\n`,
      },
    ],
  },
});
const commonMetadata = {
  labels: { team: "a", app: "overwritten", "helm.toolkit.fluxcd.io/name": "mine" },
  annotations: { note: "common", mine: "2" },
};
const strategies = ["combined", "separate", "nohooks"];

export const scenario: Scenario = {
  about:
    "postRenderers (patches, images), postRenderStrategy, commonMetadata and the origin labels on templates and hooks",
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    ...below("charts/web", web),
    ...releases(
      { chart: gitChart("web") },
      {
        none: {},
        "common-metadata": { commonMetadata },
        "patch-template": { postRenderers: [replicas] },
        images: { postRenderers: [images] },
        "several-in-order": {
          postRenderers: [
            replicas,
            patch(
              { kind: "Deployment", labelSelector: "app=web" },
              { op: "replace", path: "/spec/replicas", value: 4 },
            ),
            images,
          ],
          commonMetadata,
        },
        strategic: { postRenderers: [strategic("strategic")] },
        "strategic-no-match": { postRenderers: [strategic("nobody")] },
        "strategic-explicit": {
          values: { explicit: true },
          postRenderers: [strategic("strategic-explicit")],
        },
        "strategic-explicit-both": {
          values: { explicit: true },
          postRenderers: [strategic("strategic-explicit-both", "\n  namespace: apps")],
        },
        "strategic-only-patch-namespace": {
          postRenderers: [strategic("strategic-only-patch-namespace", "\n  namespace: apps")],
        },
        "delete-by-patch": {
          postRenderers: [
            {
              kustomize: {
                patches: [
                  {
                    target: { kind: "Service" },
                    patch: "$patch: delete\napiVersion: v1\nkind: Service\nmetadata: {name: any}\n",
                  },
                ],
              },
            },
          ],
        },
        "patch-matches-nothing": {
          postRenderers: [patch({ kind: "StatefulSet" }, { op: "add", path: "/spec/x", value: 1 })],
        },
        "patch-fails": {
          postRenderers: [patch({ kind: "Service" }, { op: "remove", path: "/spec/nobody" })],
        },
        ...Object.fromEntries(
          strategies.flatMap((postRenderStrategy) => [
            [`${postRenderStrategy}-plain`, { postRenderStrategy }],
            [
              `${postRenderStrategy}-patches`,
              { postRenderStrategy, postRenderers: [replicas, hookPatch, images] },
            ],
            [`${postRenderStrategy}-metadata`, { postRenderStrategy, commonMetadata }],
            [
              `${postRenderStrategy}-twice`,
              { postRenderStrategy, values: { twice: true }, postRenderers: [replicas] },
            ],
          ]),
        ),
      },
    ),
  },
};
