/** What opens with a click. */
import { expect, test } from "vitest";

import { documentLinks } from "../../../language-server/features/document-links.ts";
import { kustomization } from "../../support/flux.ts";
import { cursorCase, root, shown } from "../../support/cursor.ts";

/** Marked ranges of the first file are the links. */
function checkLinks(text: string): readonly (string | undefined)[] {
  const { folder, path, marked } = cursorCase(text);
  const links = documentLinks(folder, path);
  expect(links.map(({ range }) => shown(`${root}/${path}`, range))).toEqual(marked);
  return links.map(({ target }) => target);
}

test("entries of a kustomization.yaml: files, folders, generated files, repositories", () => {
  const targets = checkLinks(`
#- kustomization.yaml
resources:
  - «web.yaml»
  - "«./base»"
  - missing.yaml
  - «github.com/org/repo//folder?ref=v1»
patches:
  - path: «patch.yaml»
  - patch: "[]"
configMapGenerator:
  - name: a
    files: [key=«data/values.yaml»]
#- web.yaml
a: 1
#- base/kustomization.yaml
resources: []
#- patch.yaml
a: 1
#- data/values.yaml
a: 1`);
  expect(targets).toEqual([
    `${root}/web.yaml`,
    `${root}/base/kustomization.yaml`,
    "https://github.com/org/repo",
    `${root}/patch.yaml`,
    `${root}/data/values.yaml`,
  ]);
});

test("paths of Kustomizations in each document, and charts of this repository", () => {
  const targets = checkLinks(`
#- a.yaml
${kustomization("apps", "«./apps»")}---
${kustomization("other", "./apps", "", "elsewhere")}---
${kustomization("gone", "./gone", "", "elsewhere")}---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: a}
spec:
  chart:
    spec:
      chart: «charts/a»
      valuesFiles: [«charts/a/values.yaml»]
      sourceRef: {kind: GitRepository, name: flux-system}
#- apps/kustomization.yaml
resources: []
#- charts/a/Chart.yaml
name: a
#- charts/a/values.yaml
a: 1`);
  expect(targets).toEqual([
    `${root}/apps/kustomization.yaml`,
    `${root}/charts/a/Chart.yaml`,
    `${root}/charts/a/values.yaml`,
  ]);
});

test.each([
  ["ssh://git@github.com/org/repo.git", "https://github.com/org/repo"],
  ["git@gitlab.test:org/repo.git", "https://gitlab.test/org/repo"],
  ["oci://ghcr.io/org/charts", "https://ghcr.io/org/charts"],
  ["https://charts.example.test", "https://charts.example.test"],
])("the address %s", (url, target) => {
  const source = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: a}
spec:
  url: «${url}»`;
  expect(checkLinks(`\n#- a.yaml\n${source}`)).toEqual([target]);
});

test.each([
  "oci://registry.example.test/a",
  "https://${HOST}/a",
  "file:///etc/passwd",
  "javascript:a",
])("not: the address %s", (url) => {
  const source = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: a}
spec:
  url: ${url}`;
  expect(checkLinks(`\n#- a.yaml\n${source}`)).toEqual([]);
});

test("no link leaves the repository", () => {
  checkLinks("\n#- kustomization.yaml\nresources: [../outside.yaml, /etc/passwd]\n");
});
