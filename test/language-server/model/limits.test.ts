/** Texts that are larger than they look, or simply too large, are refused politely and cost little. */
import { expect, test } from "vitest";

import { createSourceFile } from "../../../language-server/model/source-file.ts";
import { lintFiles } from "../../support/lint.ts";

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: b\n";

test("a bomb of aliases is one diagnosis", async () => {
  const levels = Array.from({ length: 20 }, (_, at) =>
    at === 0
      ? "l0: &l0 [x, x, x, x, x, x, x, x]"
      : `l${at}: &l${at} [${Array(8)
          .fill(`*l${at - 1}`)
          .join(", ")}]`,
  );
  const found = await lintFiles({ "a.yaml": `${head}data:\n  ${levels.join("\n  ")}\n` });
  expect(found.map(({ code }) => code)).toEqual(["yaml/syntax"]);
  expect(found[0]?.message).toContain("aliases");
});

test("an anchor that contains its own alias is refused, and others are not", async () => {
  const own = await lintFiles({ "a.yaml": `${head}data: &d\n  a: *d\n` });
  expect(own.map(({ code }) => code)).toEqual(["yaml/syntax"]);
  const fine = await lintFiles({ "a.yaml": `${head}data:\n  a: &x text\n  b: *x\n` });
  expect(fine).toEqual([]);
});

test("a text nested without end is refused at its line", async () => {
  const found = await lintFiles({ "a.yaml": `${head}data: ${"[".repeat(20_000)}\n` });
  expect(found.map(({ code, range }) => [code, range.start.line])).toEqual([["yaml/syntax", 5]]);
});

test("a file of 100 MB is not looked into", () => {
  const file = createSourceFile("a.yaml", "1", new Uint8Array(100_000_000));
  expect([file.text, file.headlines, file.manifest]).toEqual([undefined, [], undefined]);
  expect(file.size).toBe(100_000_000);
});

test("binary files have no text", () => {
  expect(createSourceFile("a.png", "1", new Uint8Array([1, 0, 2])).text).toBeUndefined();
});
