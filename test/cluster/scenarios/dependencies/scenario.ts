/** Subcharts: conditions, tags, aliases, imported values, globals, library charts, dependencies that must be fetched. */
import {
  below,
  chart,
  gitChart,
  helmRepositoryUrl,
  namespace,
  probeChart,
  probeTemplate,
  releases,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const subTemplate = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-{{ .Chart.Name }}"}
data:
  values: {{ .Values | toJson | quote }}
  chart: "{{ .Chart.Name }} {{ .Chart.Version }} {{ .Template.Name }}"
`;
const sub = (name: string, values = "", more: Readonly<Record<string, string>> = {}) =>
  below(`charts/${name}`, {
    "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    "values.yaml": values,
    "templates/sub.yaml": subTemplate,
    ...more,
  });
const parent = (
  name: string,
  dependencies: readonly object[],
  files: Readonly<Record<string, string | Uint8Array>>,
  values = "",
) =>
  below(
    `charts/${name}`,
    chart(
      { name, dependencies },
      { "values.yaml": values, "templates/probe.yaml": probeTemplate, ...files },
    ),
  );
const v = { version: "1.x" };

const charts = {
  ...parent(
    "toggles",
    [
      { name: "by-condition", ...v, condition: "by-condition.enabled" },
      { name: "by-two", ...v, condition: "first.enabled,by-two.enabled" },
      { name: "by-tag", ...v, tags: ["front"] },
      { name: "by-both", ...v, tags: ["front"], condition: "by-both.enabled" },
      { name: "always", ...v },
    ],
    {
      ...sub("by-condition"),
      ...sub("by-two"),
      ...sub("by-tag"),
      ...sub("by-both"),
      ...sub("always", "own: default\nn: {a: 1}\n"),
    },
    "always: {n: {b: 2}}\n",
  ),
  ...parent(
    "aliases",
    [
      { name: "thing", ...v, alias: "first" },
      { name: "thing", ...v, alias: "second", condition: "second.enabled" },
      { name: "thing", ...v },
    ],
    { ...sub("thing", "who: thing\n") },
    "first: {who: first}\n",
  ),
  ...parent(
    "imports",
    [
      {
        name: "exporting",
        ...v,
        "import-values": [
          "data",
          { child: "inner.map", parent: "taken" },
          { child: "inner.nobody", parent: "nobody" },
        ],
      },
    ],
    { ...sub("exporting", "exports: {data: {exported: 1, over: child}}\ninner: {map: {x: 1}}\n") },
    "over: parent\n",
  ),
  ...parent(
    "globals",
    [{ name: "global-user", ...v }],
    {
      ...sub("global-user", "global: {from: sub, only: sub}\n", {
        "charts/deep/Chart.yaml": "apiVersion: v2\nname: deep\nversion: 1.0.0\n",
        "charts/deep/templates/deep.yaml": subTemplate,
      }),
    },
    "global: {from: parent, n: {a: 1}}\n",
  ),
  ...parent("library", [{ name: "lib", ...v }], {
    "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "charts/lib/templates/_lib.tpl":
      '{{- define "lib.name" -}}lib-{{ .Release.Name }}{{- end -}}\n',
    "charts/lib/templates/not-rendered.yaml": subTemplate,
    "templates/uses.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ include "lib.name" . }}"}\n',
  }),
  ...parent("undeclared", [], { ...sub("vendored") }),
  ...parent("missing", [{ name: "nobody", ...v, repository: "" }], {}),
  ...parent("by-file", [{ name: "neighbour", ...v, repository: "file://../neighbour" }], {}),
  ...below(
    "charts/neighbour",
    probeChart(
      { name: "neighbour", version: "1.5.0" },
      { n: 1 },
      { "templates/probe.yaml": subTemplate },
    ),
  ),
  ...parent(
    "by-repository",
    [{ name: "remote", version: "^1.0.0", repository: helmRepositoryUrl }],
    {},
  ),
  ...parent(
    "by-repository-missing",
    [{ name: "remote", version: ">=9", repository: helmRepositoryUrl }],
    {},
  ),
  ...parent("wrong-vendored", [{ name: "thing", version: "2.x", repository: "" }], {
    ...sub("thing"),
  }),
};

export const scenario: Scenario = {
  about:
    "Conditions, tags, aliases, import-values, globals, library charts, and dependencies that are vendored, local, remote or missing",
  helmRepository: ["1.0.0", "1.4.0", "2.0.0"].map((version) =>
    probeChart({ name: "remote", version }, { version }, { "templates/probe.yaml": subTemplate }),
  ),
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    ...charts,
    ...releases(
      {},
      {
        toggles: { chart: gitChart("toggles") },
        "toggles-off": {
          chart: gitChart("toggles"),
          values: {
            "by-condition": { enabled: false },
            "by-two": { enabled: false },
            tags: { front: false },
            "by-both": { enabled: true },
          },
        },
        "toggles-first-wins": {
          chart: gitChart("toggles"),
          values: {
            first: { enabled: true },
            "by-two": { enabled: false },
            tags: { front: true },
            "by-both": { enabled: false },
          },
        },
        "toggles-no-boolean": {
          chart: gitChart("toggles"),
          values: { "by-condition": { enabled: "false" } },
        },
        "parent-gives-values": {
          chart: gitChart("toggles"),
          values: { always: { own: "given", n: { a: null } } },
        },
        aliases: {
          chart: gitChart("aliases"),
          values: { second: { enabled: true, who: "second" } },
        },
        "aliases-off": { chart: gitChart("aliases"), values: { second: { enabled: false } } },
        imports: { chart: gitChart("imports") },
        "imports-overridden": {
          chart: gitChart("imports"),
          values: { exported: 2, taken: { x: 2, y: 3 }, exporting: { inner: { map: { x: 9 } } } },
        },
        globals: { chart: gitChart("globals"), values: { global: { n: { b: 2 } } } },
        library: { chart: gitChart("library") },
        undeclared: { chart: gitChart("undeclared") },
        missing: { chart: gitChart("missing") },
        "by-file": { chart: gitChart("by-file"), values: { neighbour: { n: 2 } } },
        "by-repository": { chart: gitChart("by-repository") },
        "by-repository-missing": { chart: gitChart("by-repository-missing") },
        "wrong-vendored": { chart: gitChart("wrong-vendored") },
      },
    ),
  },
};
