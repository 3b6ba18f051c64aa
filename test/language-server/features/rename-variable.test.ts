/** New names of variables: where they are set and used, and where that is refused or asked about. */
import { describe, expect, test } from "vitest";

import type { TextDocumentEdit } from "vscode-languageserver";

import { prepareRename, rename } from "../../../language-server/features/rename.ts";
import { kustomization } from "../../support/flux.ts";
import { cursorCase, root, shown } from "../../support/cursor.ts";

/** Edits of a rename at the cursor, by annotation; `undefined` when it is refused. */
function edits(text: string, newName = "HOST_NAME") {
  const { folder, path, position, marked } = cursorCase(text);
  const at = { textDocument: { uri: root }, position };
  const edit = rename(folder, path, { ...at, newName });
  if (!edit) return undefined;
  const found: Record<string, string[]> = { sure: [], check: [] };
  for (const { textDocument, edits: all } of edit.documentChanges as readonly TextDocumentEdit[])
    for (const one of all) {
      if (!("newText" in one) || !("annotationId" in one)) continue;
      expect(one.newText).toBe(newName);
      found[one.annotationId]?.push(shown(textDocument.uri, one.range));
    }
  const check = [...(edit.documentChanges as readonly TextDocumentEdit[])].length > 0;
  expect(check).toBe(true);
  return {
    sure: found["sure"]?.toSorted(),
    check: found["check"]?.toSorted(),
    marked: marked.toSorted(),
  };
}

const from = (name: string, kind = "ConfigMap") =>
  `  postBuild:\n    substituteFrom:\n      - kind: ${kind}\n        name: ${name}\n`;

/** Two Kustomizations that take variables from one ConfigMap. */
const shared = (mark: (name: string) => string) => `
#- clusters/apps.yaml
${kustomization("apps", "./apps", from("settings"))}---
${kustomization("more", "./more", from("settings"))}---
${kustomization("own", "./own", "  postBuild:\n    substitute:\n      HOST: other\n")}
#- clusters/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: flux-system
data:
  ${mark("HOST")}: example.org
  HOSTNAME: other
#- apps/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  url: https://\${${mark("HOST")}}/\${HOSTNAME}/\${${mark("HOST")}:=example}
#- more/b.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: b
data:
  text: |
    a \${${mark("HOST")}/a/b} b
#- own/c.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: c
data:
  url: \${HOST}
`;

describe("a variable of a ConfigMap", () => {
  const text = shared((name) => `«${name}»`);
  test.each([...text.matchAll(/«HOST/g)].map(({ index }) => index))(
    "is renamed for all that share it, from place %i",
    (index) => {
      const found = edits(`${text.slice(0, index + 3)}█${text.slice(index + 3)}`);
      expect(found?.sure).toEqual(found?.marked);
      expect(found?.check).toEqual([]);
    },
  );

  test("is offered with its name", () => {
    const { folder, path, position } = cursorCase(
      shared((name) => name).replace("${HOST}/", "${HO█ST}/"),
    );
    expect(prepareRename(folder, path, { textDocument: { uri: root }, position })).toMatchObject({
      placeholder: "HOST",
    });
  });

  test("is not given a name that is taken, nor one that is none", () => {
    const at = shared((name) => name).replace("${HOST}/", "${HO█ST}/");
    expect(edits(at, "HOSTNAME")).toBeUndefined();
    expect(edits(at, "host-name")).toBeUndefined();
    expect(edits(at, "9")).toBeUndefined();
  });
});

test("a variable of the Kustomization itself, in its own files only", () => {
  const text = shared((name) => name)
    .replace("      HOST: other", "      «HOST»: other")
    .replace("url: ${HOST}\n", "url: ${«HO█ST»}\n");
  const found = edits(text);
  expect(found?.sure).toEqual(found?.marked);
});

test("a literal of a generator", () => {
  const found = edits(`
#- clusters/kustomization.yaml
resources: [apps.yaml]
configMapGenerator:
  - name: settings
    namespace: flux-system
    literals:
      - «HOST»=example.org
#- clusters/apps.yaml
${kustomization("apps", "./apps", from("settings"))}
#- apps/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  url: \${«HO█ST»}
`);
  expect(found?.sure).toEqual(found?.marked);
});

test("in an encrypted Secret it is asked about first", () => {
  const found = edits(`
#- clusters/apps.yaml
${kustomization("apps", "./apps", from("tokens", "Secret"))}
#- clusters/tokens.yaml
apiVersion: v1
kind: Secret
metadata:
  name: tokens
  namespace: flux-system
stringData:
  «HOST»: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]
sops:
  mac: ENC[x]
  version: 3.9.0
#- apps/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  url: \${HO█ST}
`);
  expect(found?.check).toEqual(found?.marked);
  expect(found?.sure).toEqual(["apps/a.yaml:6:9-13"]);
});
