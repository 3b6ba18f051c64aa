/** Changes of HelmReleases: what each shows stands in its sentence. */
import { below, chart, yaml } from "../recorder/scenario.ts";
import type { ChangeScenario } from "./change-scenario.ts";
import { helmRelease, settings } from "./change-scenario.ts";

const config = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  color: {{ .Values.color | quote }}
  revision: "{{ .Release.Revision }}"
`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec: {containers: [{name: main, image: "a:{{ .Values.tag }}"}]}
`;
const hook = (name: string, event: string, policy: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ .Release.Name }}-${name}"
  annotations: {helm.sh/hook: ${event}, helm.sh/hook-delete-policy: ${policy}}
data: {color: {{ .Values.color | quote }}}
`;
const web = (
  version: string,
  more: Readonly<Record<string, string>> = {},
  values: object = { color: "red", replicas: 1, tag: "1" },
) =>
  below(
    "charts/web",
    chart(
      { name: "web", version },
      {
        "values.yaml": yaml(values),
        "templates/config.yaml": config,
        "templates/deployment.yaml": deployment,
        ...more,
      },
    ),
  );
const hooks = {
  "templates/hooks.yaml": [
    hook("before", "pre-upgrade", "before-hook-creation"),
    hook("after", "post-upgrade", "hook-succeeded"),
    hook("first", "pre-install", "before-hook-creation"),
  ].join("---\n"),
};
const text = (files: ReturnType<typeof web>): Record<string, string> =>
  files as Record<string, string>;

const upgrade: ChangeScenario = {
  name: "upgrade",
  about:
    "A HelmRelease gets another version of its chart: other defaults, a new template, one that goes, and hooks that run",
  before: {
    ...web("1.0.0", { ...hooks, "templates/gone.yaml": config.replace(' }}"}', ' }}-gone"}') }),
    "flux/release.yaml": yaml(helmRelease("upgrade", "web", "./charts/web")),
  },
  change: {
    ...text(
      web(
        "1.1.0",
        { ...hooks, "templates/fresh.yaml": config.replace(' }}"}', ' }}-fresh"}') },
        { color: "blue", replicas: 1, tag: "2" },
      ),
    ),
    "charts/web/templates/gone.yaml": undefined,
  },
};

const drift: ChangeScenario = {
  name: "drift",
  about:
    "A HelmRelease whose objects drifted: the upgrade takes back what it writes, the rest stays",
  before: {
    ...web("1.0.0"),
    "flux/release.yaml": yaml(helmRelease("drift", "web", "./charts/web")),
    "flux/a.yaml": yaml(settings("drift", "a", { k: "1" })),
  },
  meddle: async ({ api }) => {
    await api.request(
      "PATCH",
      "/apis/apps/v1/namespaces/drift/deployments/web?fieldManager=kubectl-edit",
      { spec: { replicas: 4, minReadySeconds: 9 } },
      "application/merge-patch+json",
    );
  },
  change: {
    "flux/release.yaml": yaml(
      helmRelease("drift", "web", "./charts/web", { values: { color: "green" } }),
    ),
  },
};

const untouched: ChangeScenario = {
  name: "untouched",
  about: "A HelmRelease that drifted and is not changed by the push stays as it is",
  before: {
    ...web("1.0.0"),
    "flux/release.yaml": yaml(helmRelease("untouched", "web", "./charts/web")),
    "flux/a.yaml": yaml(settings("untouched", "a", { k: "1" })),
  },
  meddle: async ({ api }) => {
    await api.request(
      "PATCH",
      "/apis/apps/v1/namespaces/untouched/deployments/web?fieldManager=kubectl-edit",
      { spec: { replicas: 4 } },
      "application/merge-patch+json",
    );
  },
  change: { "flux/a.yaml": yaml(settings("untouched", "a", { k: "2" })) },
};

const install: ChangeScenario = {
  name: "install",
  about: "A HelmRelease is added, with values from a ConfigMap that only the cluster has",
  cluster: () => yaml(settings("install", "live-values", { "values.yaml": "color: violet\n" })),
  before: { ...web("1.0.0", hooks), "flux/a.yaml": yaml(settings("install", "a", { k: "1" })) },
  change: {
    "flux/release.yaml": yaml(
      helmRelease("install", "web", "./charts/web", {
        valuesFrom: [{ kind: "ConfigMap", name: "live-values" }],
      }),
    ),
  },
};

const uninstall: ChangeScenario = {
  name: "uninstall",
  about: "A HelmRelease leaves the repository and is uninstalled",
  before: {
    ...web("1.0.0"),
    "flux/release.yaml": yaml(helmRelease("uninstall", "web", "./charts/web")),
    "flux/a.yaml": yaml(settings("uninstall", "a", { k: "1" })),
  },
  change: { "flux/release.yaml": undefined },
};

export const releaseScenarios: readonly ChangeScenario[] = [
  install,
  upgrade,
  drift,
  untouched,
  uninstall,
];
