/** How a selection grows. */
import { expect, test } from "vitest";

import type { SelectionRange } from "vscode-languageserver";

import { offsetAt, parseManifestFile } from "../../../language-server/manifest/manifest-file.ts";
import { selectionRanges } from "../../../language-server/features/selection-ranges.ts";
import { cursorCase, root } from "../../support/cursor.ts";

/** The texts that are selected one after the other. */
function checkSelection(text: string): readonly string[] {
  const { folder, path, position } = cursorCase(`\n#- a.yaml\n${text}`);
  const whole = folder.model.files.get(path)?.text ?? "";
  const file = parseManifestFile(path, whole);
  const found: string[] = [];
  const params = { textDocument: { uri: root }, positions: [position] };
  let next: SelectionRange | undefined = selectionRanges(folder, path, params)[0];
  for (; next; next = next.parent) {
    const { start, end } = next.range;
    found.push(whole.slice(offsetAt(file, start), offsetAt(file, end)));
  }
  return found;
}

test("from the text in quotes to the file", () => {
  const [word, quoted, field, mapping, outer, ...rest] = checkSelection(
    'a:\n  b: "wo█rd"\n  c: 1\n---\nd: 1\n',
  );
  expect([word, quoted, field]).toEqual(["word", '"word"', 'b: "word"']);
  expect(mapping).toBe('b: "word"\n  c: 1\n');
  expect(outer).toMatch(/^a:\n/);
  expect(rest.at(-1)).toBe('a:\n  b: "word"\n  c: 1\n---\nd: 1\n\n');
});

test("from a key, and from an element of a list", () => {
  expect(checkSelection("a: {ke█y: 1}").slice(0, 3)).toEqual(["key", "key: 1", "{key: 1}"]);
  expect(checkSelection("a: [x, y█]").slice(0, 3)).toEqual(["y", "[x, y]", "a: [x, y]"]);
});

test("each range holds the one before, whatever the text", () => {
  for (const text of ["a: &x {b: 1}\nc: *█x\n", "a: [\n b: █", "█", "\t- █a", "a: |\n  te█xt\n"]) {
    const found = checkSelection(text);
    for (const [at, inner] of found.entries())
      if (at > 0)
        expect(found[at]?.length).toBeGreaterThanOrEqual(found[at - 1]?.length ?? inner.length);
    expect(found.length).toBeGreaterThan(0);
  }
});
