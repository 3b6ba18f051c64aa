/** The ways in which releases fail, with the reasons and the words of helm-controller. */
import {
  below,
  chart,
  gitChart,
  namespace,
  probeChart,
  releases,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const template = (text: string) => chart({ name: "bad" }, { "templates/a.yaml": text });
const config = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\n${data}`;

const charts: Readonly<Record<string, ReturnType<typeof chart>>> = {
  "fail-function": template('{{ fail "told to fail" }}'),
  "required-value": template(
    config('data: {k: {{ required "k is required" .Values.k | quote }}}\n'),
  ),
  "parse-error": template("{{ if }}"),
  "unknown-function": template('{{ nobody "x" }}'),
  "nil-pointer": template(config("data: {k: {{ .Values.a.b.c }}}\n")),
  "unknown-template": template('{{ include "nobody" . }}'),
  "wrong-argument": template(config("data: {k: {{ atoi 5 }}}\n")),
  "not-yaml": template("a: b: c\n"),
  "no-kind": template("apiVersion: v1\nmetadata: {name: x}\n"),
  "no-name": template("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n"),
  "list-document": template("- a\n- b\n"),
  "text-document": template("just text\n"),
  "unknown-kind": template(
    'apiVersion: nobody.test/v1\nkind: Nobody\nmetadata: {name: "{{ .Release.Name }}"}\n',
  ),
  "unknown-field": template(config("nobody: 1\n")),
  "wrong-type": template(config("data: {k: 5}\n")),
  "invalid-name": template("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_Valid}\n"),
  "same-object-twice": template(`${config("data: {a: '1'}\n")}---\n${config("data: {b: '2'}\n")}`),
  "duplicate-key": template(config('data: {a: "1", a: "2"}\n')),
  "templates-in-notes": chart(
    { name: "bad" },
    { "templates/NOTES.txt": "{{ .Values.x.y }}", "templates/a.yaml": config("") },
  ),
  "no-templates": chart({ name: "bad" }),
  "list-kind": template(`apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: "{{ .Release.Name }}-a"}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: "{{ .Release.Name }}-b"}}
`),
  "env-function": template(config('data: {k: "{{ env "HOME" }}"}\n')),
  "dns-function": template(config('data: {k: "{{ getHostByName "localhost" }}"}\n')),
  "no-version": { "Chart.yaml": "apiVersion: v2\nname: bad\n" },
  "bad-version": { "Chart.yaml": "apiVersion: v2\nname: bad\nversion: one\n" },
  "no-api-version": { "Chart.yaml": "name: bad\nversion: 1.0.0\n" },
  "bad-chart-file": { "Chart.yaml": "a: [\n" },
  "bad-values-file": { ...chart({ name: "bad" }), "values.yaml": "a: [\n" },
  "deprecated-chart": chart({ name: "bad", deprecated: true }, { "templates/a.yaml": config("") }),
  "library-chart": chart({ name: "bad", type: "library" }, { "templates/a.yaml": config("") }),
};

export const scenario: Scenario = {
  about: "Failures of templates, manifests, chart files and dependencies between releases",
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    ...Object.assign(
      {},
      ...Object.entries(charts).map(([name, files]) => below(`charts/${name}`, files)),
    ),
    ...below("charts/good", probeChart({ name: "good" })),
    ...releases(
      {},
      Object.fromEntries(Object.keys(charts).map((name) => [name, { chart: gitChart(name) }])),
    ),
    ...releases(
      { chart: gitChart("good") },
      {
        good: {},
        "depends-on-good": { dependsOn: [{ name: "good" }] },
        "depends-on-failed": { dependsOn: [{ name: "fail-function" }] },
        "depends-on-nobody": { dependsOn: [{ name: "nobody" }] },
        "depends-on-itself": { dependsOn: [{ name: "depends-on-itself" }] },
        "ready-expression": {
          dependsOn: [{ name: "good", readyExpr: "dep.status.history[0].status == 'deployed'" }],
        },
        "ready-expression-false": {
          dependsOn: [{ name: "good", readyExpr: "dep.spec.suspend == true" }],
        },
        suspended: { suspend: true },
        "no-such-source": {
          chart: { spec: { chart: "x", sourceRef: { kind: "HelmRepository", name: "nobody" } } },
        },
        "no-such-git": {
          chart: { spec: { chart: "./x", sourceRef: { kind: "GitRepository", name: "nobody" } } },
        },
      },
    ),
  },
};
