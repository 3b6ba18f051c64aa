/** What folds, also while text is half typed. */
import { expect, test } from "vitest";

import { foldingOf } from "../../../language-server/features/folding.ts";

/** `first-last`, 1-based; comments and documents with their kind. */
function checkFolding(text: string): readonly string[] {
  return foldingOf(text).map(
    ({ startLine, endLine, kind }) => `${startLine + 1}-${endLine + 1}${kind ? ` ${kind}` : ""}`,
  );
}

test("fields, lists as far left as their key, and their elements", () => {
  expect(
    checkFolding(`a:
  b: 1
  c:
  - d: 1
    e: 2
  - f: 1
g: 1`),
  ).toEqual(["1-6", "3-6", "4-5"]);
});

test("documents without their empty last lines, comments, blocks of text", () => {
  expect(
    checkFolding(`# one
# two
a: |
  text

  more: text
---
b: 1

---
c: 1
`),
  ).toEqual(["1-2 comment", "3-6", "7-8 region", "10-11 region"]);
});

test("an element in an element", () => {
  expect(checkFolding("a:\n- - b\n  - c\n- d")).toEqual(["1-4", "2-3"]);
});

test("half-typed text folds by its indentation", () => {
  expect(checkFolding('a:\n  b: "open\n  c: [\n  d\ne:\n  f')).toEqual(["1-4", "5-6"]);
  expect(checkFolding("")).toEqual([]);
  expect(checkFolding("a: 1\r\nb:\r\n  c: 1\r\n")).toEqual(["2-3"]);
});
