/** Goes from the cursor of a template to the definition: the marked ranges are where it has to lead. */
import { expect } from "vitest";

import { definition } from "../../language-server/features/definition.ts";
import { cursorCase, root, shown } from "./cursor.ts";

export function checkDefinition(text: string): void {
  const { folder, path, position, marked } = cursorCase(text);
  const links = definition(folder, path, { textDocument: { uri: root }, position });
  const found = links.map(({ targetUri, targetRange }) => shown(targetUri, targetRange));
  expect(found.toSorted()).toEqual(marked.toSorted());
}
