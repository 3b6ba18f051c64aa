/** The pages of docs/rules are what the rules say of themselves, and every rule has one with a note. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { expect, test } from "vitest";

import { ruleMetas } from "../../../language-server/lint.ts";
import { ruleDocs } from "../../support/rule-docs.ts";
import { ruleNotes } from "../../support/rule-notes.ts";

test("docs/rules is up to date; UPDATE=1 writes it", async () => {
  const pages = await ruleDocs();
  if (process.env["UPDATE"] === "1") for (const [path, text] of pages) writeFileSync(path, text);
  const stale = [...pages]
    .filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text)
    .map(([path]) => path);
  expect(stale).toEqual([]);
  const known = new Set([...pages.keys()].map((path) => path.replace("docs/rules/", "")));
  expect(readdirSync("docs/rules").filter((name) => !known.has(name))).toEqual([]);
});

test("every rule has a note, and every note a rule", () => {
  const codes = ruleMetas.map(({ code }) => code);
  expect(Object.keys(ruleNotes).sort()).toEqual(codes.toSorted());
  expect(new Set(codes).size).toBe(codes.length);
});
