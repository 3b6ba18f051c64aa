/** What is kept from the Red Hat YAML extension: manifests and files of kustomize, and nothing that merely looks like it. */
import { expect, test } from "vitest";

import { looksLikeManifest } from "../../../extension/model/manifest-look.ts";

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

test.each([
  ["an object", "a.yaml", configMap],
  ["after comments and empty documents", "a.yaml", `# words\n---\n# more\n---\n${configMap}`],
  ["with carriage returns", "a.yaml", configMap.replaceAll("\n", "\r\n")],
  ["in any order, with quoted keys", "a.yaml", '"kind": List\nitems: []\n"apiVersion": v1\n'],
  ["while a second document is typed", "a.yaml", `${configMap}---\napiV`],
  ["a kustomization.yaml without a kind", "apps/kustomization.yaml", "resources: []\n"],
  ["a Kustomization without an extension", "apps/Kustomization", ""],
])("a manifest: %s", (_, path, text) => {
  expect(looksLikeManifest(path, text)).toBe(true);
});

test.each([
  ["nothing", "a.yaml", ""],
  ["values", "values.yaml", "replicas: 1\n"],
  ["a value that holds a manifest", "a.yaml", `text: |\n  ${configMap.replaceAll("\n", "\n  ")}`],
  ["a list of manifests", "a.yaml", "- apiVersion: v1\n  kind: ConfigMap\n"],
  ["keys in comments", "a.yaml", "# apiVersion: v1\n# kind: ConfigMap\nname: a\n"],
  ["keys without values", "a.yaml", "apiVersion:\nkind:\n"],
  ["a template of a chart", "templates/a.yaml", `${configMap}data: {{ .Values.data }}\n`],
  ["another file with that name at its end", "my-kustomization.yaml", "resources: []\n"],
])("no manifest: %s", (_, path, text) => {
  expect(looksLikeManifest(path, text)).toBe(false);
});
