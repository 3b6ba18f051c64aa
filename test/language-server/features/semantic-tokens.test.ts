/** Which words get a colour. */
import { expect, test } from "vitest";

import {
  semanticLegend,
  semanticTokens,
} from "../../../language-server/features/semantic-tokens.ts";
import { kustomization } from "../../support/flux.ts";
import { cursorCase, root, shown } from "../../support/cursor.ts";

/** Marked ranges are the tokens, in the order of the text; gives their types. */
function checkTokens(text: string): readonly string[] {
  const { folder, path, marked } = cursorCase(`\n#- a.yaml\n${text}`);
  const { data } = semanticTokens(folder, path);
  const found: string[] = [];
  const types: string[] = [];
  let [line, character] = [0, 0];
  for (let at = 0; at < data.length; at += 5) {
    const [down = 0, right = 0, length = 0, type = 0, modifiers = 0] = data.slice(at, at + 5);
    character = down === 0 ? character + right : right;
    line += down;
    const range = { start: { line, character }, end: { line, character: character + length } };
    found.push(shown(`${root}/${path}`, range));
    types.push(`${semanticLegend.tokenTypes[type] ?? ""}${modifiers === 1 ? " declared" : ""}`);
  }
  expect(found).toEqual(marked);
  return types;
}

test("names, references and variables, in every document", () => {
  const types =
    checkTokens(`${kustomization("«apps»", "./apps", '  dependsOn: [{name: "«infra»"}]\n', "«fleet»")}---
apiVersion: v1
kind: ConfigMap
metadata: {name: «a»}
data:
  host: \${«DOMAIN»:=\${«OTHER»}}.test
  "\${«KEY»}": a
  none: $\${DOMAIN}`);
  expect(types).toEqual([
    "class declared",
    "class",
    "class",
    "class declared",
    "variable",
    "variable",
    "variable",
  ]);
});

test("markers of image automation", () => {
  const types = checkTokens(`apiVersion: v1
kind: Pod
metadata: {name: «a»}
spec:
  image: a # «{"$imagepolicy": "flux-system:a"}»`);
  expect(types).toEqual(["class declared", "macro"]);
});

test("not where nothing is substituted, and not in values files", () => {
  checkTokens(`apiVersion: v1
kind: ConfigMap
metadata:
  name: «a»
  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}
data: {a: "\${A}"}`);
  checkTokens("a: ${A}\n");
});
