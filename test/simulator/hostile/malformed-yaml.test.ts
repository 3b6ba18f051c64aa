/** Files that are no YAML, or that a parser chokes on: a problem at the file and line, and nothing else suffers. */
import { configMap } from "../../support/flux.ts";
import { checkSideBySide } from "./side-by-side.ts";
import type { HostileCase } from "./side-by-side.ts";
import { aliasBomb, indented, latin1, utf16 } from "./texts.ts";

const cm = configMap("a", "1");
const file = (content: string | Uint8Array) => ({ "cm.yaml": content });
const built = (kustomization: string, patch = "") => ({
  "kustomization.yaml": kustomization,
  "cm.yaml": cm,
  "patch.yaml": patch,
});
const bad = (place: string) => ["failed", `error build-failed ${place}`];
const head = "apiVersion: v1\nkind: ConfigMap\n";

const cases: readonly HostileCase[] = [
  {
    name: "a tab as indentation",
    files: file(`${head}metadata:\n\tname: a\n`),
    expected: bad("./cm.yaml:4"),
  },
  {
    name: "an unclosed flow map",
    files: file(`${head}metadata: {name: a\n`),
    expected: bad("./cm.yaml:2"),
  },
  {
    name: "an unclosed quote",
    files: file(`${head}metadata: {name: "a}\n`),
    expected: bad("./cm.yaml:3"),
  },
  {
    name: "wrong indentation",
    files: file(`${head}metadata:\n    name: a\n  namespace: b\n`),
    expected: bad("./cm.yaml:4"),
  },
  { name: "a key twice", files: file(`${cm}data: {x: y}\n`), expected: bad("./cm.yaml:8") },
  {
    name: "a NUL byte",
    files: file(cm.replace(/1(?="\n)/, "\u00001")),
    expected: bad("./cm.yaml:7"),
  },
  {
    name: "control characters",
    files: file(cm.replace(/1(?="\n)/, "\u0007\u001b[31m")),
    expected: bad("./cm.yaml:7"),
  },
  {
    name: "invalid UTF-8",
    files: file(latin1(cm.replace(/1(?="\n)/, "\xff\xfe\xc3"))),
    expected: bad("./cm.yaml:7"),
  },
  {
    name: "a surrogate in UTF-8",
    files: file(latin1(cm.replace(/1(?="\n)/, "\xed\xa0\x80"))),
    expected: bad("./cm.yaml:7"),
  },
  {
    name: "an escaped lone surrogate",
    files: file(cm.replace(/1(?="\n)/, "\\ud800")),
    expected: bad("./cm.yaml:7"),
  },
  {
    name: "UTF-16 with a byte order mark, which is YAML",
    files: file(utf16(cm)),
    expected: ["ready"],
    objects: 1,
  },
  { name: "a byte order mark", files: file(`\ufeff${cm}`), expected: ["ready"], objects: 1 },
  {
    name: "100,000 brackets",
    files: file(`${cm}deep: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`),
    expected: bad("./cm.yaml:8"),
  },
  { name: "100,000 open brackets", files: file("[".repeat(100_000)), expected: bad("./cm.yaml:1") },
  {
    name: "20,000 maps in each other",
    files: file(`${cm}deep: ${"{a: ".repeat(20_000)}1${"}".repeat(20_000)}\n`),
    expected: bad("./cm.yaml:8"),
  },
  {
    name: "20,000 sequences in each other",
    files: file(`${cm}deep:\n  ${"- ".repeat(20_000)}x\n`),
    expected: bad("./cm.yaml:8"),
  },
  {
    name: "JSON of 100,000 levels",
    files: {
      "kustomization.yaml": "resources: [cm.json]\n",
      "cm.json": `{"a":${'{"a":'.repeat(100_000)}1${"}".repeat(100_001)}`,
    },
    expected: bad("./cm.json:1"),
  },
  {
    name: "a number of 10,000 digits",
    files: file(cm.replace("data:", `x: 1${"0".repeat(10_000)}\ndata:`)),
    expected: bad("./cm.yaml"),
  },
  {
    name: "a number that is no number",
    files: file(cm.replace("data:", "x: .nan\ndata:")),
    expected: bad("./cm.yaml"),
  },
  {
    name: "a merge of itself",
    files: file(`${cm}x: &x\n  <<: *x\n  a: 1\n`),
    expected: bad("./cm.yaml"),
  },
  { name: "a merge of a number", files: file(`${cm}x:\n  <<: 3\n`), expected: bad("./cm.yaml") },
  {
    name: "an alias inside its own anchor",
    files: file(`${cm}x: &x [*x]\n`),
    expected: bad("./cm.yaml"),
  },
  { name: "an unknown anchor", files: file(`${cm}x: *nothing\n`), expected: bad("./cm.yaml:8") },
  {
    name: "an alias bomb in a manifest",
    files: file(`${cm}${aliasBomb(9)}`),
    expected: bad("./cm.yaml"),
  },
  {
    name: "an alias bomb in a kustomization file",
    files: built(`resources: [cm.yaml]\n${aliasBomb(9)}`),
    expected: bad("./kustomization.yaml"),
  },
  {
    name: "an alias bomb in a patch file",
    files: built("resources: [cm.yaml]\npatches: [{path: patch.yaml}]\n", cm + aliasBomb(9)),
    expected: bad("./patch.yaml"),
  },
  {
    name: "an alias bomb in an inline patch",
    files: built(`resources: [cm.yaml]\npatches:\n  - patch: |\n${indented(cm + aliasBomb(9), 6)}`),
    expected: bad("./kustomization.yaml"),
  },
  {
    name: "an alias bomb in a patch of the Kustomization",
    files: file(cm),
    spec: `  patches:\n    - patch: |\n${indented(cm + aliasBomb(9), 8)}`,
    expected: bad("cluster/case.yaml:1"),
  },
  {
    name: "an alias bomb in a transformer",
    files: built("resources: [cm.yaml]\ntransformers: [patch.yaml]\n", aliasBomb(9)),
    expected: bad("./patch.yaml"),
  },
  {
    name: "keys that are collections",
    files: file(`${cm}? [a, b]\n: c\n`),
    expected: bad("./cm.yaml:8"),
  },
  {
    name: "tags of other languages, which mean nothing here",
    files: file(`${cm}x: !!python/object/apply:os.system [ls]\n`),
    expected: ["ready"],
    objects: 1,
  },
  {
    name: "a binary tag without base64",
    files: file(`${cm}x: !!binary '@@@@'\n`),
    expected: bad("./cm.yaml"),
  },
  {
    name: "a YAML version of the future",
    files: file(`%YAML 9.9\n---\n${cm}`),
    expected: bad("./cm.yaml:1"),
  },
  { name: "text without structure", files: file("just text\n"), expected: bad("./cm.yaml") },
  { name: "a list instead of an object", files: file("- 1\n- 2\n"), expected: bad("./cm.yaml") },
  {
    name: "documents without content",
    files: file("---\n---\n# c\n---\nnull\n---\n"),
    expected: ["ready"],
    objects: 0,
  },
  { name: "an empty file", files: file(""), expected: ["ready"], objects: 0 },
];

checkSideBySide(cases);
