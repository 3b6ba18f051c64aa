/** Hooks: events, weights, delete policies, tests, and the switches that turn them off. */
import { below, chart, gitChart, namespace, releases } from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const hook = (name: string, annotations: object, more = ""): string =>
  `apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ .Release.Name }}-${name}"
  annotations: ${JSON.stringify(annotations)}
data: {k: v}${more}
`;
const job = (name: string, annotations: object, labels = "{}"): string =>
  `apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-${name}"
  labels: ${labels}
  annotations: ${JSON.stringify(annotations)}
spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: job, image: busybox}]}}}
`;

const many = chart(
  { name: "many" },
  {
    "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
`,
    "templates/hooks.yaml": [
      hook("pre-install", { "helm.sh/hook": "pre-install" }),
      hook("weights-b", { "helm.sh/hook": "pre-install", "helm.sh/hook-weight": "10" }),
      hook("weights-a", { "helm.sh/hook": "pre-install", "helm.sh/hook-weight": "-10" }),
      hook("bad-weight", { "helm.sh/hook": "pre-install", "helm.sh/hook-weight": "heavy" }),
      hook("post-install", { "helm.sh/hook": "post-install" }),
      hook("several", {
        "helm.sh/hook": "pre-install, post-install ,pre-upgrade",
        "helm.sh/hook-delete-policy": "before-hook-creation",
      }),
      hook("deleted", {
        "helm.sh/hook": "post-install",
        "helm.sh/hook-delete-policy": "hook-succeeded",
      }),
      hook("all-policies", {
        "helm.sh/hook": "post-install",
        "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded,hook-failed",
      }),
      hook("upgrade-only", { "helm.sh/hook": "pre-upgrade,post-upgrade" }),
      hook("delete-only", { "helm.sh/hook": "pre-delete,post-delete" }),
      hook("rollback-only", { "helm.sh/hook": "pre-rollback" }),
      hook("unknown-event", { "helm.sh/hook": "on-tuesday" }),
      hook("known-and-unknown", { "helm.sh/hook": "pre-install,on-tuesday" }),
      hook("kept", { "helm.sh/resource-policy": "keep" }),
      job("job", { "helm.sh/hook": "pre-install", "helm.sh/hook-delete-policy": "hook-succeeded" }),
    ].join("---\n"),
    "templates/tests/test.yaml": [
      job("test", { "helm.sh/hook": "test" }),
      job("test-success", { "helm.sh/hook": "test-success" }),
      job("test-weight", { "helm.sh/hook": "test", "helm.sh/hook-weight": "-1" }),
    ].join("---\n"),
  },
);
const failing = chart(
  { name: "failing" },
  {
    "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
`,
    "templates/job.yaml": job(
      "fails",
      { "helm.sh/hook": "{{ .Values.event }}" },
      '{test.sluice/broken: "true"}',
    ),
  },
);

export const scenario: Scenario = {
  about:
    "Events, weights and delete policies of hooks, tests, disableHooks, disableWait, and a hook that never ends",
  brokenWorkloads: true,
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    ...below("charts/many", many),
    ...below("charts/failing", failing),
    ...releases(
      {},
      {
        default: { chart: gitChart("many") },
        "tests-on": { chart: gitChart("many"), test: { enable: true } },
        "tests-filtered": {
          chart: gitChart("many"),
          test: { enable: true, filters: [{ name: "tests-filtered-test" }] },
        },
        "tests-excluded": {
          chart: gitChart("many"),
          test: { enable: true, filters: [{ name: "tests-excluded-test", exclude: true }] },
        },
        "hooks-off": { chart: gitChart("many"), install: { disableHooks: true } },
        "hooks-off-for-upgrade": { chart: gitChart("many"), upgrade: { disableHooks: true } },
        "no-hooks-strategy": { chart: gitChart("many"), postRenderStrategy: "nohooks" },
        "client-side": { chart: gitChart("many"), install: { serverSideApply: false } },
        "hook-never-ends": {
          chart: gitChart("failing"),
          values: { event: "pre-install" },
          timeout: "2s",
          install: { remediation: { retries: 0 } },
        },
        "test-never-ends": {
          chart: gitChart("failing"),
          values: { event: "test" },
          timeout: "2s",
          test: { enable: true },
        },
        "test-failure-ignored": {
          chart: gitChart("failing"),
          values: { event: "test" },
          timeout: "2s",
          test: { enable: true, ignoreFailures: true },
        },
      },
    ),
  },
  later: [
    {
      ...releases(
        {},
        {
          default: { chart: gitChart("many"), values: { changed: true } },
          "hooks-off": {
            chart: gitChart("many"),
            install: { disableHooks: true },
            values: { changed: true },
          },
          "hooks-off-for-upgrade": {
            chart: gitChart("many"),
            upgrade: { disableHooks: true },
            values: { changed: true },
          },
        },
      ),
    },
  ],
};
