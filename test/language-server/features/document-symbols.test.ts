/** Outlines. */
import { expect, test } from "vitest";

import type { DocumentSymbol } from "vscode-languageserver";

import { documentSymbols } from "../../../language-server/features/document-symbols.ts";
import { cursorCase } from "../../support/cursor.ts";

function checkSymbols(text: string): readonly string[] {
  const { folder, path } = cursorCase(`\n#- a.yaml\n${text}`);
  const lines = (symbols: readonly DocumentSymbol[], indent: string): readonly string[] =>
    symbols.flatMap(({ name, range, children }) => [
      `${indent}${name} ${range.start.line + 1}-${range.end.line + 1}`,
      ...lines(children ?? [], `${indent}  `),
    ]);
  return lines(documentSymbols(folder, path), "");
}

test("each document by kind, namespace and name, with two levels of fields", () => {
  expect(
    checkSymbols(`apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: b}
data:
  key: value
---
kind: Namespace
metadata:
  name: c`),
  ).toEqual([
    "ConfigMap b/a 1-6",
    "  apiVersion 1-1",
    "  kind 2-2",
    "  metadata 3-3",
    "    name 3-3",
    "    namespace 3-3",
    "  data 4-6",
    "    key 5-5",
    "Namespace c 7-10",
    "  kind 7-7",
    "  metadata 8-10",
    "    name 9-9",
  ]);
});

test("without a kind the fields are the outline", () => {
  expect(checkSymbols("a: 1\nb: {c: 1}\n")).toEqual(["a 1-1", "b 2-2", "  c 2-2"]);
});

test("half-typed text, aliases and empty documents", () => {
  expect(checkSymbols("kind: A\nmetadata:\n  name: b\n  na\nspec: [")[0]).toMatch(/^A b 1-/);
  expect(checkSymbols("a: &x {b: 1}\nc: *x\n")).toContain("c 2-2");
  expect(checkSymbols("---\n---\n# nothing\n")).toEqual([]);
  expect(checkSymbols("- a\n- b\n")).toEqual([]);
});

test("a selection lies inside of its symbol", () => {
  const { folder, path } = cursorCase(`
#- a.yaml
kind: A
x: &n {name: a}
metadata: *n
`);
  const inside = ({ range, selectionRange, children }: DocumentSymbol): boolean =>
    range.start.line <= selectionRange.start.line &&
    range.end.line >= selectionRange.end.line &&
    (children ?? []).every(inside);
  expect(documentSymbols(folder, path).every(inside)).toBe(true);
});
