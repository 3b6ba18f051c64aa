/** New names in every file, and where renaming is refused. */
import { describe, expect, test } from "vitest";

import type { ClientCapabilities, TextDocumentEdit } from "vscode-languageserver";

import { prepareRename, rename, renameFor } from "../../../language-server/features/rename.ts";
import { kustomization } from "../../support/flux.ts";
import type { CursorCase } from "../../support/cursor.ts";
import { cursorCase, root, shown } from "../../support/cursor.ts";

const at = ({ position }: CursorCase) => ({ textDocument: { uri: root }, position });

/** Marked ranges are those to be edited. */
function checkRename(text: string): readonly unknown[] {
  const one = cursorCase(text);
  expect(prepareRename(one.folder, one.path, at(one))).not.toBeNull();
  const edit = rename(one.folder, one.path, { ...at(one), newName: "new-name" });
  const documents = (edit?.documentChanges ?? []) as readonly TextDocumentEdit[];
  const found = documents.flatMap(({ textDocument, edits }) =>
    edits.map(({ range }) => shown(textDocument.uri, range)),
  );
  expect(found.toSorted()).toEqual(one.marked.toSorted());
  const edits = documents.flatMap((document) => document.edits);
  expect(edits.every((each) => "newText" in each && each.newText === "new-name")).toBe(true);
  return [...new Set(edits.flatMap((each) => ("annotationId" in each ? [each.annotationId] : [])))];
}

const map = (name: string, namespace: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: ${namespace}
`;

describe("everywhere it is named", () => {
  test("a Kustomization: dependsOn of others, health checks, in other files and documents", () => {
    const ids = checkRename(`
#- clusters/infra.yaml
${kustomization('"«in█fra»"', "./infra")}
#- clusters/apps.yaml
${kustomization("apps", "./apps", "  dependsOn:\n    - name: «infra»\n")}---
${kustomization("more", "./infra", "  dependsOn: [{name: '«infra»', namespace: flux-system}]\n")}---
${kustomization("else", "./infra", "  dependsOn: [{name: infra, namespace: elsewhere}]\n")}`);
    expect(ids).toEqual(["sure"]);
  });

  test("from a reference; quotes stay", () => {
    checkRename(`
#- a.yaml
${map("«settings»", "flux-system")}
#- b.yaml
${kustomization("apps", "./apps", '  postBuild:\n    substituteFrom:\n      - {kind: ConfigMap, name: "«set█tings»"}\n')}`);
  });

  test("a generator and what uses it", () => {
    checkRename(`
#- kustomization.yaml
namespace: web
resources: [pod.yaml]
configMapGenerator:
  - name: «ma█p»
#- pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec: {volumes: [{configMap: {name: «map»}}]}`);
  });

  test("what is not sure asks for confirmation", () => {
    const ids = checkRename(`
#- a.yaml
${map("«m█ap»", "web")}
#- b.yaml
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec: {volumes: [{configMap: {name: «map»}}]}`);
    expect(new Set(ids)).toEqual(new Set(["check", "sure"]));
  });
});

describe("clients", () => {
  const one = cursorCase(`
#- a.yaml
${map("m█ap", "web")}
#- b.yaml
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec: {volumes: [{configMap: {name: map}}]}`);
  const ask = (client: ClientCapabilities) => {
    const params = { ...at(one), newName: "new-name" };
    return renameFor({ client })(one.folder, one.path, params, new AbortController().signal);
  };

  test("one that shows annotations gets everything", () => {
    const can = { documentChanges: true, changeAnnotationSupport: {} };
    expect(ask({ workspace: { workspaceEdit: can } })?.documentChanges).toHaveLength(2);
  });

  test("another gets what is sure", () => {
    expect(ask({})).toEqual({
      changes: {
        [`${root}/a.yaml`]: [
          {
            range: { start: { line: 3, character: 8 }, end: { line: 3, character: 11 } },
            newText: "new-name",
          },
        ],
      },
    });
  });
});

describe("refused", () => {
  test.each([
    [
      "other kinds",
      map("a", "b").replace("ConfigMap", "Deployment").replace("name: a", "name: █a"),
    ],
    ["names that hold a variable", map("a-${b█}", "b")],
    ["fields that are no name", map("a", "█b")],
    ["texts that are no manifest", "name: a█"],
  ])("%s", (_title, text) => {
    const one = cursorCase(`\n#- a.yaml\n${text}`);
    expect(prepareRename(one.folder, one.path, at(one))).toBeNull();
    expect(rename(one.folder, one.path, { ...at(one), newName: "x" })).toBeNull();
  });

  test.each(["", "Upper", "with space", "-a", "a/b", "a".repeat(254)])("the name %j", (newName) => {
    const one = cursorCase(`\n#- a.yaml\n${map("a█", "b")}`);
    expect(rename(one.folder, one.path, { ...at(one), newName })).toBeNull();
  });
});
