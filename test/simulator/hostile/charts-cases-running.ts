/** Charts that never end, and charts that call themselves. */
import { about, output, schema, stopped, template } from "./charts-case.ts";
import type { HostileChart } from "./charts-case.ts";

/** Definitions of which each includes the one before twice. */
const doubling = (levels: number): string =>
  [
    '{{ define "d0" }}x{{ end }}',
    ...Array.from(
      { length: levels },
      (_, at) =>
        `{{ define "d${at + 1}" }}{{ include "d${at}" . }}{{ include "d${at}" . }}{{ end }}`,
    ),
    `{{ include "d${levels}" . }}`,
  ].join("\n");

export const endless: readonly HostileChart[] = [
  {
    name: "loops in loops",
    files: template(
      "{{ range until 4000000 }}{{ range until 4000000 }}{{ end }}{{ end }}" + output("v"),
    ),
    expected: ["engine-timeout"],
    isEndless: true,
  },
  {
    name: "a loop over a number",
    files: template("{{ range 1000000000000 }}{{ end }}" + output("v")),
    expected: ["engine-timeout"],
    isEndless: true,
  },
  {
    name: "templates that include each other twice, forty levels deep",
    files: template(doubling(40)),
    expected: stopped,
    isEndless: true,
  },
  {
    name: "tpl of values that double, forty levels deep",
    files: template("{{ tpl .Values.t40 . }}", {
      "values.yaml": Array.from({ length: 41 }, (_, at) =>
        at === 0
          ? "t0: x"
          : `t${at}: "{{ tpl .Values.t${at - 1} . }}{{ tpl .Values.t${at - 1} . }}"`,
      ).join("\n"),
    }),
    expected: stopped,
    isEndless: true,
  },
  {
    name: "passwords derived in a loop",
    files: template(
      output('{{ range until 100000 }}{{ derivePassword 1 "long" "a" "b" "c" }}{{ end }}'),
    ),
    expected: ["engine-timeout"],
    isEndless: true,
  },
  {
    name: "digests of a large text in a loop",
    files: template(
      '{{ $x := repeat 60000000 "x" }}{{ range until 1000000 }}{{ $_ := sha512sum $x }}{{ end }}' +
        output("v"),
    ),
    expected: ["engine-timeout"],
    isEndless: true,
  },
  {
    name: "a schema whose parts refer to the next one twice, forty levels deep",
    files: schema({
      $ref: "#/$defs/d0",
      $defs: Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [
          `d${at}`,
          at === 39
            ? { type: "object" }
            : { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
        ]),
      ),
    }),
    expected: stopped,
    isEndless: true,
  },
  {
    name: "a dictionary in itself, printed",
    files: template('{{ $d := dict }}{{ $_ := set $d "self" $d }}' + output("{{ print $d }}")),
    expected: stopped,
    isEndless: true,
  },
  {
    name: "a post-renderer that copies an object into itself again and again",
    files: template(output("v")),
    spec: {
      postRenderers: [
        {
          kustomize: {
            patches: [
              {
                target: { kind: "ConfigMap" },
                patch: JSON.stringify(
                  Array.from({ length: 60 }, (_, at) => ({
                    op: "copy",
                    from: "/data",
                    path: `/data/k${at}`,
                  })),
                ),
              },
            ],
          },
        },
      ],
    },
    expected: stopped,
    isEndless: true,
  },
];

export const recursive: readonly HostileChart[] = [
  {
    name: "a template that includes itself",
    files: template('{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}'),
    expected: ["template-failed"],
  },
  {
    name: "two templates that include each other",
    files: template(
      '{{ define "x" }}{{ include "y" . }}{{ end }}{{ define "y" }}{{ include "x" . }}{{ end }}{{ include "x" . }}',
    ),
    expected: ["template-failed"],
  },
  {
    name: "a template action that calls itself",
    files: template('{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}'),
    expected: ["template-failed"],
  },
  {
    name: "tpl of a text that calls tpl of itself",
    files: template(
      '{{ define "x" }}{{ tpl "{{ include \\"x\\" . }}" . }}{{ end }}{{ include "x" . }}',
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "a value that is a template of itself",
    files: template(output("{{ tpl .Values.x . }}"), {
      "values.yaml": 'x: "{{ tpl .Values.x . }}"\n',
    }),
    expected: ["limit-exceeded"],
  },
  {
    name: "an expression in 100,000 parentheses",
    files: template(output(`{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`)),
    expected: ["template-failed"],
  },
  {
    name: "a schema that refers to itself",
    files: schema({ $ref: "#" }),
    expected: ["schema-failed"],
  },
  {
    name: "charts that depend on each other",
    files: {
      ...template(output("v"), {
        "Chart.yaml": `${about}dependencies: [{name: sub, version: "*", repository: "file://../sub"}]\n`,
      }),
      "sub/Chart.yaml":
        'apiVersion: v2\nname: sub\nversion: 1.0.0\ndependencies: [{name: app, version: "*", repository: "file://../chart"}]\n',
    },
    expected: "ready",
    value: "v",
  },
];
