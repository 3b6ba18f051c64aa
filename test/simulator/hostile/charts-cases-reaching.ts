/** Charts that reach for what is not theirs, archives that no packer would write, and odd bytes. */
import { tarball } from "./charts-bombs.ts";
import { about, archive, chart, output, schema, template } from "./charts-case.ts";
import type { HostileChart } from "./charts-case.ts";

export const curious: readonly HostileChart[] = [
  {
    name: "getHostByName",
    files: template(output("'{{ getHostByName \"localhost\" }}.'")),
    expected: "ready",
    value: ".",
  },
  {
    name: "env",
    files: template(output('{{ env "HOME" }}')),
    expected: ["template-failed"],
  },
  {
    name: "expandenv",
    files: template(output('{{ expandenv "$HOME" }}')),
    expected: ["template-failed"],
  },
  {
    name: "files outside of the chart",
    files: {
      ...template(
        output(
          '\'{{ .Files.Get "../../../../etc/passwd" }}{{ .Files.Get "/etc/passwd" }}{{ .Files.Get "../beside.txt" }}{{ len (.Files.Glob "../**") }}\'',
        ),
      ),
      "beside.txt": "not for charts",
    },
    expected: "ready",
    value: "0",
  },
  {
    name: "values files outside of the repository",
    files: template(output("v")),
    valuesFiles: ["../../../../../../etc/hostname"],
    expected: ["chart-failed"],
  },
  {
    name: "a dependency outside of the repository",
    files: template(output("v"), {
      "Chart.yaml": `${about}dependencies: [{name: up, version: "*", repository: "file://../../../../../../etc"}]\n`,
    }),
    expected: ["chart-failed"],
  },
  {
    name: "a schema that refers to a file of the machine",
    files: schema({ $ref: "file:///etc/passwd" }),
    expected: ["schema-failed"],
  },
  {
    name: "a release name that climbs",
    files: template(output("v")),
    spec: { releaseName: "../../kube-system" },
    expected: ["template-failed"],
  },
];

export const archives: readonly HostileChart[] = [
  {
    name: "an archive with a path that climbs",
    files: archive([{ name: "app/../../etc/passwd", text: "x" }]),
    expected: ["chart-failed"],
  },
  {
    name: "an archive with an absolute path",
    files: archive([{ name: "app//etc/passwd", text: "x" }]),
    expected: ["chart-failed"],
  },
  {
    name: "an archive with a path of Windows",
    files: archive([{ name: "app\\c:\\windows\\x", text: "x" }]),
    expected: ["chart-failed"],
  },
  {
    name: "an archive with a link to a file of the machine",
    files: archive([
      { name: "app/secret.txt", link: "/etc/passwd" },
      { name: "app/templates/out.yaml", text: output("'{{ .Files.Get \"secret.txt\" }}.'") },
    ]),
    expected: "ready",
    value: ".",
  },
  {
    name: "an archive that unpacks to more than 100 MiB",
    files: archive(
      Array.from({ length: 30 }, (_, at) => ({ name: `app/f${at}`, text: "\0".repeat(4 << 20) })),
    ),
    expected: ["chart-failed"],
  },
  {
    name: "an archive with a file of 6 MiB",
    files: archive([{ name: "app/big", text: "\0".repeat(6 << 20) }]),
    expected: ["chart-failed"],
  },
  {
    name: "an archive of 20,000 files",
    files: archive([
      ...Array.from({ length: 20_000 }, (_, at) => ({ name: `app/f${at}` })),
      { name: "app/templates/out.yaml", text: output("v") },
    ]),
    expected: "ready",
    value: "v",
  },
  {
    name: "an archive that ends too early",
    files: {
      "app.tgz": tarball([{ name: "app/Chart.yaml", text: about }]).slice(0, 60),
    },
    expected: ["chart-failed"],
  },
  {
    name: "no archive at all",
    files: { "app.tgz": "<html>not found</html>" },
    expected: ["chart-failed"],
  },
  {
    name: "archives in archives, thirty levels deep",
    files: { "app.tgz": nestedCharts(30) },
    expected: "ready",
  },
];

/** Charts of which each holds the next one packed in its `charts/`. */
function nestedCharts(levels: number): Uint8Array {
  let inner = tarball([{ name: "app/Chart.yaml", text: about }]);
  for (let level = 0; level < levels; level++)
    inner = tarball([
      { name: "app/Chart.yaml", text: about },
      { name: "app/charts/app.tgz", bytes: inner },
    ]);
  return inner;
}

export const odd: readonly HostileChart[] = [
  {
    name: "bytes that are no UTF-8 in a template",
    files: {
      ...chart({}),
      "chart/templates/out.yaml": new Uint8Array([...new TextEncoder().encode(output("a")), 0xff]),
    },
    expected: ["post-render-failed"],
  },
  {
    name: "a null character in the output",
    files: template(output('"{{ "\\x00" }}"')),
    expected: ["post-render-failed"],
  },
  {
    name: "a Chart.yaml of 6 MiB",
    files: template(output("v"), {
      "Chart.yaml": `${about}description: ${"x".repeat(6 << 20)}\n`,
    }),
    expected: ["chart-failed"],
  },
  {
    name: "values of 6 MiB",
    files: template(output("v"), { "values.yaml": `a: ${"x".repeat(6 << 20)}\n` }),
    expected: ["chart-failed"],
  },
  {
    name: "CustomResourceDefinitions of 6 MiB",
    files: template(output("v"), { "crds/crd.yaml": `# ${"x".repeat(6 << 20)}\n` }),
    expected: ["chart-failed"],
  },
  {
    name: "keys such as __proto__",
    files: template(output("{{ .Values.__proto__.polluted }}"), {
      "values.yaml": "__proto__: {polluted: v}\nconstructor: {prototype: {polluted: w}}\n",
    }),
    spec: { values: JSON.parse('{"__proto__": {"polluted": "mine"}}') as object },
    expected: "ready",
    value: "mine",
  },
  {
    name: "weights and policies of hooks that are none",
    files: template(
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: out\n  annotations:\n    helm.sh/hook: pre-install,pre-install,nobody\n    helm.sh/hook-weight: '99999999999999999999'\n    helm.sh/hook-delete-policy: everything\n",
    ),
    expected: "ready",
  },
];
