/** Charts that make much of little: texts, lists, aliases, patterns. */
import { aliasBomb, nestedLists } from "./charts-bombs.ts";
import { about, output, schema, template } from "./charts-case.ts";
import type { HostileChart } from "./charts-case.ts";

export const growing: readonly HostileChart[] = [
  {
    name: "a text repeated a thousand million times",
    files: template(output('{{ repeat 1000000000 "x" }}')),
    expected: ["limit-exceeded"],
  },
  {
    name: "a text indented by a thousand million spaces",
    files: template(output('{{ nindent 1000000000 "x" }}')),
    expected: ["limit-exceeded"],
  },
  {
    name: "a list of a thousand million numbers",
    files: template(output("{{ until 1000000000 | len }}")),
    expected: ["limit-exceeded"],
  },
  {
    name: "a list of a thousand million numbers in steps",
    files: template(output("{{ untilStep 0 1000000000 1 | len }}")),
    expected: ["limit-exceeded"],
  },
  {
    name: "a row of a thousand million numbers",
    files: template(output("{{ seq 1000000000 | len }}")),
    expected: ["limit-exceeded"],
  },
  {
    name: "a thousand million random letters",
    files: template(output("{{ randAlphaNum 1000000000 | len }}")),
    expected: ["limit-exceeded"],
  },
  {
    name: "a thousand million random bytes",
    files: template(output("{{ randBytes 1000000000 | len }}")),
    expected: ["limit-exceeded"],
  },
  {
    name: "a gigabyte of output in nested loops",
    files: template(
      '{{ $x := repeat 1000000 "x" }}{{ range until 32 }}{{ range until 32 }}{{ $x }}{{ end }}{{ end }}',
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "a gigabyte of notes",
    files: template(output("v"), {
      "templates/NOTES.txt":
        '{{ $x := repeat 1000000 "x" }}{{ range until 1024 }}{{ $x }}{{ end }}',
    }),
    expected: ["limit-exceeded"],
  },
  {
    name: "a text that doubles forty times by printf",
    files: template(
      '{{ $x := "x" }}{{ range until 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}' + output("v"),
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "a text that doubles forty times by print, cat and join",
    files: template(
      '{{ $x := "x" }}{{ range until 14 }}{{ $x = print $x $x }}{{ $x = cat $x $x }}{{ $x = join "" (list $x $x) }}{{ end }}' +
        output("v"),
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "a text that squares itself by replace",
    files: template(
      '{{ $x := repeat 1000 "x" }}{{ range until 4 }}{{ $x = replace "x" $x $x }}{{ end }}' +
        output("v"),
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "a list that doubles forty times",
    files: template(
      "{{ $x := list 1 }}{{ range until 40 }}{{ $x = concat $x $x }}{{ end }}" + output("v"),
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "a width of a thousand million in printf",
    files: template(output('{{ printf "%1000000000d" 1 | len }}')),
    expected: "ready",
  },
  {
    name: "60,000 documents",
    files: template(
      "{{ range until 60000 }}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a{{ . }}}}{{ end }}",
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "100,000 lookups",
    files: template(
      '{{ range until 100000 }}{{ $_ := lookup "v1" "ConfigMap" "apps" (print "n" .) }}{{ end }}' +
        output("v"),
    ),
    expected: ["limit-exceeded"],
  },
  {
    name: "a message of ten megabytes",
    files: template('{{ fail (repeat 10000000 "x") }}'),
    expected: ["template-failed"],
  },
];

export const bombs: readonly HostileChart[] = [
  {
    name: "aliases of aliases in the output",
    files: template(`{{ "" }}${output("v")}${aliasBomb()}`),
    expected: ["limit-exceeded"],
  },
  {
    name: "aliases of aliases in the chart's values",
    files: template(output("v"), { "values.yaml": aliasBomb() }),
    expected: ["chart-failed"],
  },
  {
    name: "aliases of aliases in Chart.yaml",
    files: template(output("v"), { "Chart.yaml": `${about}${aliasBomb()}` }),
    expected: ["chart-failed"],
  },
  {
    name: "aliases of aliases in a patch of a post-renderer",
    files: template(output("v")),
    spec: {
      postRenderers: [
        {
          kustomize: {
            patches: [{ target: { kind: "ConfigMap" }, patch: `${output("v")}${aliasBomb()}` }],
          },
        },
      ],
    },
    expected: ["limit-exceeded"],
  },
  {
    name: "aliases of aliases in values from a ConfigMap",
    files: template(output("v")),
    data: { bomb: aliasBomb() },
    spec: { valuesFrom: [{ kind: "ConfigMap", name: "bomb" }] },
    expected: ["values-failed"],
  },
  {
    name: "aliases of aliases for fromYaml",
    files: template(output('{{ hasKey (fromYaml .Values.bomb) "Error" | quote }}'), {
      "values.yaml": `bomb: |\n${aliasBomb().replaceAll(/^/gm, "  ")}`,
    }),
    expected: "ready",
    value: "true",
  },
  {
    name: "20,000 levels in the output",
    files: template(output(nestedLists(20_000))),
    expected: ["post-render-failed"],
  },
  {
    name: "20,000 levels in the chart's values",
    files: template(output("v"), { "values.yaml": `a: ${nestedLists(20_000)}\n` }),
    expected: ["chart-failed"],
  },
  {
    name: "100,000 levels for fromJson",
    files: template(output('{{ hasKey (fromJson (repeat 100000 "[")) "Error" | quote }}')),
    expected: "ready",
    value: "true",
  },
  {
    name: "patterns that backtrack elsewhere",
    files: template(output('{{ regexMatch "^(a+)+$" (print (repeat 100000 "a") "!") | quote }}')),
    expected: "ready",
    value: "false",
  },
  {
    name: "a pattern that is too large to compile",
    files: template(output('{{ mustRegexMatch "((a{1000}){1000}){1000}" "a" }}')),
    expected: ["template-failed"],
  },
  {
    name: "a pattern of a schema that backtracks elsewhere",
    files: schema({ properties: { text: { pattern: "^(a+)+$" } } }),
    expected: ["schema-failed"],
  },
  {
    name: "a pattern of a schema that Go does not know",
    files: schema({ properties: { text: { pattern: "^(?=a)" } } }),
    expected: ["schema-failed"],
  },
  {
    name: "keys of the largest size and many of them",
    files: template(
      output(
        '{{ range until 50 }}{{ $_ := genPrivateKey "rsa" }}{{ $_ := genCA "a" 1 }}{{ $_ := bcrypt "x" }}{{ $_ := htpasswd "a" "b" }}{{ end }}v',
      ),
    ),
    expected: "ready",
    value: "v",
  },
  {
    name: "an index of two thousand million in targetPath",
    files: template(output("v")),
    data: { one: "x" },
    spec: {
      valuesFrom: [
        { kind: "ConfigMap", name: "one", valuesKey: "values.yaml", targetPath: "a[2000000000]" },
      ],
    },
    expected: ["values-failed"],
  },
  {
    name: "a pattern of files with many alternatives",
    files: template(output(`'{{ len (.Files.Glob "${"{a,b,c,d}*".repeat(12)}") }}'`), {
      [`${"a".repeat(200)}.txt`]: "x",
    }),
    expected: "ready",
    value: "1",
  },
];
