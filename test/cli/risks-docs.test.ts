// docs/risks against the table of risks: each has a row, a section, and a file of its own.
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

import { riskRules } from "#simulator";

const text = readFileSync("docs/risks/README.md", "utf8");
const codes = riskRules.map(({ code }) => code);

test("docs/risks has a row and a section for each risk, in the order of the table", () => {
  const rows = [
    ...text.matchAll(/^\| \[`(risk\/[a-z-]+)`\]\(#([a-z-]+)\)\s*\|[^|]*\| (.*?)\s*\|$/gm),
  ];
  expect(rows.map(([, code, anchor, summary]) => [code, anchor, summary])).toEqual(
    riskRules.map(({ code, summary }) => [code, code.replace("/", ""), summary]),
  );
  const sections = [...text.matchAll(/^## (risk\/[a-z-]+)$/gm)].map(([, code]) => code);
  expect(sections).toEqual(codes);
});

test("each risk is a file", () => {
  const files = readdirSync("simulator/plan/risks");
  for (const code of codes) expect(files).toContain(`${code.replace("risk/", "")}.ts`);
});
