/** Hover, definition, references, rename, outline, links and selection in texts inside of texts. */
import { describe, expect, test } from "vitest";

import type { DocumentSymbol, SelectionRange, TextDocumentEdit } from "vscode-languageserver";

import { documentLinks } from "../../../language-server/features/document-links.ts";
import { documentSymbols } from "../../../language-server/features/document-symbols.ts";
import { hover } from "../../../language-server/features/hover.ts";
import { references } from "../../../language-server/features/references.ts";
import { rename } from "../../../language-server/features/rename.ts";
import { selectionRanges } from "../../../language-server/features/selection-ranges.ts";
import { cursorCase, root, shown } from "../../support/cursor.ts";
import { checkDefinition } from "../../support/definition.ts";
import { shippedPacks } from "../../support/lint.ts";

const packs = await shippedPacks();

/** The Markdown; its range has to be the marked one. */
function checkHover(text: string): string {
  const { folder, path, position, marked } = cursorCase(text, packs);
  const found = hover(folder, path, { textDocument: { uri: root }, position });
  if (found?.range && marked.length > 0)
    expect(shown(`${root}/${path}`, found.range)).toBe(marked[0]);
  const contents = found?.contents;
  return contents && typeof contents === "object" && "value" in contents ? contents.value : "";
}

const inKustomization = (patch: string, target = "") => `
#- kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
  - patch: |-
${patch}${target}
`;

const resourceSet = (template: string) => `
#- set.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata:
  name: apps
  namespace: flux-system
spec:
  resourcesTemplate: |
${template}
`;

const web = `      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
`;

describe("hover", () => {
  test("a field of a strategic merge patch", () => {
    const found = checkHover(inKustomization(`${web}        «repl█icas»: 2`));
    expect(found).toContain("**spec.replicas** · integer");
  });

  test("the second document of a patch, by its target where it names no kind itself", () => {
    const target = "\n    target:\n      group: apps\n      version: v1\n      kind: Deployment";
    const patch = `${web}        replicas: 2\n      ---\n      spec:\n        «pau█sed»: true`;
    expect(checkHover(inKustomization(patch, target))).toContain("**spec.paused** · boolean");
  });

  test("the path of a JSON6902 operation", () => {
    const target = "\n    target:\n      kind: Deployment\n      name: web";
    const operation =
      "      - op: replace\n        path: «/spec/template/spec/containers/0/ima█ge»\n";
    expect(checkHover(inKustomization(`${operation}        value: a`, target))).toContain(
      "**spec.template.spec.containers\\[0\\].image**",
    );
  });

  test("a field in a template of a ResourceSet, and in a patch of it", () => {
    const inner = `    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata:
      name: << inputs.tenant >>
    spec:
      «pru█ne»: true`;
    expect(checkHover(resourceSet(inner))).toContain("**spec.prune** · boolean · required");
    const deeper = `${inner.replace("«pru█ne»", "prune")}
      patches:
        - patch: |
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              «repl█icas»: 2`;
    expect(checkHover(resourceSet(deeper))).toContain("**spec.replicas** · integer");
  });

  test("a manifest in a ConfigMap", () => {
    const text = `
#- a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  other.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    spec:
      «repl█icas»: 1
`;
    expect(checkHover(text)).toContain("**spec.replicas**");
  });

  test("a name in a CEL expression, and one that a macro binds", () => {
    const release = (expression: string) => `
#- a.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: a
spec:
  healthCheckExprs:
    - apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      current: ${expression}
`;
    expect(checkHover(release("«status.observedGen█eration» == metadata.generation"))).toContain(
      "**status.observedGeneration** · `integer (int64)`",
    );
    expect(checkHover(release(`"status.conditions.exists(c, «c.ty█pe» == 'Ready')"`))).toContain(
      "**c.type** · `string`",
    );
    expect(checkHover(release(`"status.conditions.exists(c, c.type == 'Re█ady')"`))).not.toContain(
      "Ready",
    );
  });
});

const source = (name: string) => `
#- sources.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: ${name}
  namespace: flux-system
`;

describe("names", () => {
  test("definition from a template and from an inline patch", () => {
    const template = (name: string) => `    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata:
      name: << inputs.tenant >>
    spec:
      chartRef:
        kind: OCIRepository
        name: ${name}`;
    checkDefinition(`${source("«podinfo»")}${resourceSet(template("pod█info"))}`);
    const patch = `      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata:
        name: apps
      spec:
        sourceRef:
          kind: OCIRepository
          name: pod█info
          namespace: flux-system`;
    checkDefinition(`${source("«podinfo»")}${inKustomization(patch)}`);
  });

  const uses = (mark: (name: string) => string) => `${source(mark("podinfo"))}${resourceSet(`    ---
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata:
      name: one
    spec:
      chartRef:
        kind: OCIRepository
        name: ${mark("podinfo")}
    ---
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata:
      name: two
    spec:
      chartRef: {kind: OCIRepository, name: "${mark("podinfo")}", namespace: flux-system}`)}
#- kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
  - patch: |-
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: OCIRepository
      metadata:
        name: ${mark("podinfo")}
      spec:
        interval: 1h
  - target: {kind: OCIRepository, name: other}
    patch: |-
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: OCIRepository
      metadata:
        name: podinfo
`;

  test("references, all of them from each of them; a name beside a target is none", () => {
    const text = uses((name) => `«${name}»`);
    for (const at of text.matchAll(/«podinfo/g)) {
      const here = `${text.slice(0, at.index + 4)}█${text.slice(at.index + 4)}`;
      const { folder, path, position, marked } = cursorCase(here);
      const found = references(folder, path, {
        textDocument: { uri: root },
        position,
        context: { includeDeclaration: true },
      });
      expect(found.map(({ uri, range }) => shown(uri, range)).toSorted()).toEqual(
        marked.toSorted(),
      );
    }
  });

  test("rename edits them in place", () => {
    const text = uses((name) => `«${name}»`).replace("«pod", "«po█d");
    const { folder, path, position, marked } = cursorCase(text);
    const edit = rename(folder, path, { textDocument: { uri: root }, position, newName: "web" });
    const changes = (edit?.documentChanges ?? []) as readonly TextDocumentEdit[];
    const found = changes.flatMap(({ textDocument, edits }) =>
      edits.map(({ range }) => shown(textDocument.uri, range)),
    );
    expect(found.toSorted()).toEqual(marked.toSorted());
  });
});

describe("structure", () => {
  test("objects in texts are in the outline, below the field that holds them", () => {
    const { folder, path } = cursorCase(
      inKustomization(
        `${web}        replicas: 2\n      ---\n      kind: Service\n      metadata: {name: web}`,
      ),
    );
    const lines = (symbols: readonly DocumentSymbol[], indent: string): readonly string[] =>
      symbols.flatMap(({ name, range, children }) => [
        `${indent}${name} ${range.start.line + 1}-${range.end.line + 1}`,
        ...lines(children ?? [], `${indent}  `),
      ]);
    const found = lines(documentSymbols(folder, path), "");
    expect(found.filter((line) => /Kustomization|patches|web/.test(line))).toEqual([
      "Kustomization 1-14",
      "  patches 3-14",
      "    Deployment web 5-11",
      "    Service web 12-14",
    ]);
  });

  test("addresses in a template are links", () => {
    const template = `    apiVersion: source.toolkit.fluxcd.io/v1
    kind: GitRepository
    metadata:
      name: << inputs.name >>
    spec:
      url: «https://git.example.test/app»`;
    const { folder, path, marked } = cursorCase(resourceSet(template));
    const found = documentLinks(folder, path);
    expect(found.map(({ range }) => shown(`${root}/${path}`, range))).toEqual(marked);
  });

  test("a selection grows inside of the text, then out of it", () => {
    const { folder, path, position } = cursorCase(inKustomization(`${web}        repl█icas: 2`));
    const [found] = selectionRanges(folder, path, {
      textDocument: { uri: root },
      positions: [position],
    });
    const texts: string[] = [];
    for (let at: SelectionRange | undefined = found; at; at = at.parent)
      texts.push(`${at.range.start.line + 1}:${at.range.start.character}`);
    expect(texts.slice(0, 4)).toEqual(["10:8", "10:8", "10:8", "9:6"]);
  });
});
