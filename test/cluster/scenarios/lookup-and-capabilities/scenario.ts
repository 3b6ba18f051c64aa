/** What templates learn from the cluster: lookup, Kubernetes version, API versions. */
import {
  below,
  chart,
  configMap,
  gitChart,
  namespace,
  probeTemplate,
  releases,
  yaml,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const asking = (expressions: readonly string[]) =>
  chart(
    { name: "asking" },
    {
      "templates/answers.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
${expressions.map((expression, index) => `  "${index}": {{ ${expression} | toString | quote }}`).join("\n")}
`,
    },
  );
const charts = {
  lookup: asking([
    '(lookup "v1" "ConfigMap" "apps" "from-git").data | toJson',
    '(lookup "v1" "ConfigMap" "apps" "on-cluster").data | toJson',
    '(lookup "v1" "ConfigMap" "apps" "nobody") | toJson',
    '(lookup "v1" "Secret" "apps" "hidden").data | toJson',
    '(lookup "v1" "Namespace" "" "apps").metadata.name',
    '(lookup "v1" "Namespace" "" "nobody") | len',
    '(lookup "v1" "ConfigMap" "apps" "").items | len | kindOf',
    '(lookup "example.test/v1" "Widget" "apps" "w").spec | toJson',
    '(lookup "v1" "ConfigMap" "nowhere" "x") | toJson',
  ]),
  "unknown-kind": asking(['(lookup "example.test/v9" "Nobody" "apps" "x") | toJson']),
  "unknown-version": asking(['(lookup "apps/v1beta1" "Deployment" "apps" "x") | toJson']),
  versions: asking([
    ".Capabilities.KubeVersion.Version",
    ".Capabilities.KubeVersion.GitVersion",
    ".Capabilities.KubeVersion.Major",
    ".Capabilities.KubeVersion.Minor",
    'semverCompare ">=1.36-0" .Capabilities.KubeVersion.Version',
    'semverCompare "<1.36" .Capabilities.KubeVersion.Version',
    ".Capabilities.HelmVersion.Version",
    '.Capabilities.APIVersions.Has "apps/v1"',
    '.Capabilities.APIVersions.Has "apps/v1/Deployment"',
    '.Capabilities.APIVersions.Has "apps/v1beta1"',
    '.Capabilities.APIVersions.Has "v1"',
    '.Capabilities.APIVersions.Has "v1/Pod"',
    '.Capabilities.APIVersions.Has "policy/v1beta1"',
    '.Capabilities.APIVersions.Has "batch/v1beta1/CronJob"',
    '.Capabilities.APIVersions.Has "networking.k8s.io/v1/Ingress"',
    '.Capabilities.APIVersions.Has "autoscaling/v2"',
    '.Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1"',
    '.Capabilities.APIVersions.Has "example.test/v1"',
    '.Capabilities.APIVersions.Has "example.test/v1/Widget"',
    '.Capabilities.APIVersions.Has "example.test/v1/Nobody"',
    '.Capabilities.APIVersions.Has "helm.toolkit.fluxcd.io/v2/HelmRelease"',
    '.Capabilities.APIVersions.Has "monitoring.coreos.com/v1"',
  ]),
  "needs-newer": chart(
    { name: "needs-newer", kubeVersion: ">=9.0.0" },
    { "templates/probe.yaml": probeTemplate },
  ),
  "needs-this": chart(
    { name: "needs-this", kubeVersion: ">=1.30.0-0 <2.0.0" },
    { "templates/probe.yaml": probeTemplate },
  ),
  "needs-exactly": chart(
    { name: "needs-exactly", kubeVersion: "1.36.x" },
    { "templates/probe.yaml": probeTemplate },
  ),
  "needs-nonsense": chart(
    { name: "needs-nonsense", kubeVersion: "newest" },
    { "templates/probe.yaml": probeTemplate },
  ),
  "subchart-needs-newer": chart(
    { name: "subchart-needs-newer" },
    {
      "templates/probe.yaml": probeTemplate,
      "charts/sub/Chart.yaml":
        "apiVersion: v2\nname: sub\nversion: 1.0.0\nkubeVersion: '>=9.0.0'\n",
    },
  ),
};

const widgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.test}
spec:
  group: example.test
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

export const scenario: Scenario = {
  about:
    "lookup of objects that are there, absent or unknown; Capabilities; kubeVersion constraints",
  cluster: [namespace("apps"), yaml(configMap("on-cluster", { where: "cluster" })), widgets].join(
    "---\n",
  ),
  tree: {
    "flux/inputs.yaml": yaml(
      configMap("from-git", { where: "git" }),
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "hidden", namespace: "apps" },
        data: { k: "c2VjcmV0" },
      },
      {
        apiVersion: "example.test/v1",
        kind: "Widget",
        metadata: { name: "w", namespace: "apps" },
        spec: { a: 1 },
      },
    ),
    ...Object.assign(
      {},
      ...Object.entries(charts).map(([name, files]) => below(`charts/${name}`, files)),
    ),
    ...releases(
      {},
      Object.fromEntries(Object.keys(charts).map((name) => [name, { chart: gitChart(name) }])),
    ),
  },
};
