/** Every feature of navigation after each letter of a text that is being typed: it may know nothing, but it never fails. */
import { expect, test } from "vitest";

import { prepareCallHierarchy } from "../../../language-server/features/call-hierarchy.ts";
import { definition } from "../../../language-server/features/definition.ts";
import { documentLinks } from "../../../language-server/features/document-links.ts";
import { documentSymbols } from "../../../language-server/features/document-symbols.ts";
import { folding } from "../../../language-server/features/folding.ts";
import { hover } from "../../../language-server/features/hover.ts";
import { references } from "../../../language-server/features/references.ts";
import { rename } from "../../../language-server/features/rename.ts";
import { selectionRanges } from "../../../language-server/features/selection-ranges.ts";
import { semanticTokens } from "../../../language-server/features/semantic-tokens.ts";
import { positionAt, parseManifestFile } from "../../../language-server/manifest/manifest-file.ts";
import type { FolderModel } from "../../../language-server/workspace/folder-model.ts";
import { kustomization } from "../../support/flux.ts";
import { cursorCase } from "../../support/cursor.ts";

const path = "clusters/apps.yaml";
const text = `${kustomization("apps", "./apps", "  postBuild:\n    substitute: {A: 'b'}\n  dependsOn:\n    - name: *x\n", "&x fleet")}---
# {"$imagepolicy": "a:b"}
apiVersion: v1
kind: ConfigMap
metadata: {name: "settings", namespace: flux-system}
data:
  a: "\${A:=\${B}} # |"
  b: |
    \${C
  ? [complex]
  : <<: *x
`;

/** Counts what was found, so that a change that finds nothing is seen. */
function askEverything(folder: FolderModel, typed: string, offset: number): number {
  const position = positionAt(parseManifestFile(path, typed), offset);
  const at = { textDocument: { uri: "" }, position };
  const context = { includeDeclaration: true };
  const lists = [
    definition(folder, path, at),
    references(folder, path, { ...at, context }),
    documentSymbols(folder, path),
    documentLinks(folder, path),
    folding(folder, path),
    selectionRanges(folder, path, { ...at, positions: [position] }),
    prepareCallHierarchy(folder, path, at),
    semanticTokens(folder, path).data,
  ];
  const others = [hover(folder, path, at), rename(folder, path, { ...at, newName: "b" })];
  return lists.filter(({ length }) => length > 0).length + others.filter((one) => one).length;
}

test("nothing fails while a text grows, and most is found all the time", () => {
  const { folder } = cursorCase(`
#- clusters/other.yaml
${kustomization("fleet", "./fleet", "  dependsOn: [{name: apps}]\n")}
#- ${path}
a: 1`);
  let found = 0;
  for (let length = 0; length <= text.length; length++) {
    const typed = text.slice(0, length);
    folder.store.setText(path, typed);
    found += askEverything(folder, typed, length);
  }
  expect(found).toBeGreaterThan(text.length * 3);
});

test("nothing fails while lines are missing", () => {
  const { folder } = cursorCase(`\n#- ${path}\na: 1`);
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const typed = lines.toSpliced(at, 2).join("\n");
    folder.store.setText(path, typed);
    for (let offset = 0; offset < typed.length; offset += 61)
      expect(askEverything(folder, typed, offset)).toBeGreaterThan(0);
  }
});
