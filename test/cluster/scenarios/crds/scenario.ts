/** CRDs in `crds/`: policies for install and upgrade, subcharts, what is no CRD, and metadata. */
import {
  below,
  chart,
  gitChart,
  namespace,
  probeTemplate,
  releases,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const crd = (kind: string, note: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${kind.toLowerCase()}s.crds.test
  annotations: {note: "${note}"}
spec:
  group: crds.test
  scope: Namespaced
  names: {kind: ${kind}, plural: ${kind.toLowerCase()}s}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

/** One chart for each case, because CRDs belong to nobody and would meet. */
const withCrd = (
  name: string,
  kind: string,
  note: string,
  more: Readonly<Record<string, string>> = {},
) =>
  below(
    `charts/${name}`,
    chart(
      { name },
      { "templates/probe.yaml": probeTemplate, "crds/crd.yaml": crd(kind, note), ...more },
    ),
  );

const policies = {
  default: {},
  create: { install: { crds: "Create" }, upgrade: { crds: "Create" } },
  replace: { install: { crds: "CreateReplace" }, upgrade: { crds: "CreateReplace" } },
  skip: { install: { crds: "Skip" }, upgrade: { crds: "Skip" } },
  "skip-then-create": { install: { crds: "Skip" }, upgrade: { crds: "Create" } },
  "create-then-skip": { install: { crds: "Create" }, upgrade: { crds: "Skip" } },
};
const kinds: Readonly<Record<string, string>> = {
  default: "Apple",
  create: "Banana",
  replace: "Cherry",
  skip: "Date",
  "skip-then-create": "Elder",
  "create-then-skip": "Fig",
};

export const scenario: Scenario = {
  about:
    "CRD policies at install and upgrade, CRDs of subcharts, other objects in crds/, commonMetadata and templates there",
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    ...Object.assign(
      {},
      ...Object.entries(kinds).map(([name, kind]) => withCrd(name, kind, "first")),
    ),
    ...withCrd("used-by-template", "Grape", "first", {
      "templates/grape.yaml": `apiVersion: crds.test/v1
kind: Grape
metadata: {name: "{{ .Release.Name }}"}
spec: {has: '{{ .Capabilities.APIVersions.Has "crds.test/v1/Grape" }}'}
`,
    }),
    ...withCrd("with-metadata", "Honeydew", "first"),
    ...withCrd("not-a-crd", "Imbe", "first", {
      "crds/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: in-crds}\n",
      "crds/readme.txt": "text\n",
      "crds/deep/er.yaml": crd("Jackfruit", "deep"),
      "crds/template.yaml": crd("Kiwi", "{{ .Release.Name }}"),
    }),
    ...withCrd("parent", "Lemon", "first", {
      "Chart.yaml":
        "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n  - {name: on, version: 1.0.0}\n  - {name: off, version: 1.0.0, condition: off.enabled}\n",
      "values.yaml": "off: {enabled: false}\n",
      "charts/on/Chart.yaml": "apiVersion: v2\nname: on\nversion: 1.0.0\n",
      "charts/on/crds/crd.yaml": crd("Mango", "subchart"),
      "charts/off/Chart.yaml": "apiVersion: v2\nname: off\nversion: 1.0.0\n",
      "charts/off/crds/crd.yaml": crd("Nectarine", "disabled subchart"),
    }),
    ...releases(
      {},
      Object.fromEntries(
        Object.entries(policies).map(([name, spec]) => [name, { chart: gitChart(name), ...spec }]),
      ),
    ),
    ...releases(
      {},
      {
        "used-by-template": { chart: gitChart("used-by-template") },
        "with-metadata": {
          chart: gitChart("with-metadata"),
          commonMetadata: { labels: { team: "a" }, annotations: { note: "common" } },
          postRenderers: [
            {
              kustomize: {
                patches: [
                  {
                    target: { kind: "CustomResourceDefinition" },
                    patch: '[{"op":"add","path":"/metadata/labels/patched","value":"yes"}]',
                  },
                ],
              },
            },
          ],
        },
        "not-a-crd": { chart: gitChart("not-a-crd") },
        parent: { chart: gitChart("parent") },
      },
    ),
  },
  later: [
    {
      ...Object.assign(
        {},
        ...Object.entries(kinds).map(([name, kind]) => ({
          [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.1.0\n`,
          [`charts/${name}/crds/crd.yaml`]: crd(kind, "second"),
          [`charts/${name}/crds/new.yaml`]: crd(`${kind}Tree`, "new"),
        })),
      ),
    },
  ],
};
