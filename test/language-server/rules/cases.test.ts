/**
 * Small broken manifests, and traps that only look broken. Every diagnosis of every file is expected, exact to code, severity
 * and range; quick fixes are applied and have to mend what they belong to. `UPDATE=1` rewrites the marks; review them.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import { afterAll, describe, expect, test } from "vitest";

import type { Diagnosis } from "../../../language-server/lint.ts";
import { ruleMetas } from "../../../language-server/lint.ts";
import { lintFiles, toMark } from "../../support/lint.ts";
import type { MarkedCase } from "../../support/markers.ts";
import { parseCases, writeCases, writeMarks } from "../../support/markers.ts";

const folder = "test/language-server/rules/cases";
const sheets = readdirSync(folder).map((name) => ({
  name,
  cases: parseCases(readFileSync(`${folder}/${name}`, "utf8")),
}));

function filesOf({ files }: MarkedCase): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

describe.each(sheets)("$name", ({ name, cases }) => {
  const code = name.replace(".cases", "").replace("-", "/");

  test.each(cases)("$title", async (one) => {
    const found = await lintFiles(filesOf(one));
    const actual: MarkedCase = { ...one, files: one.files.map((file) => marked(file, found)) };
    if (process.env["UPDATE"] !== "1")
      for (const [at, file] of one.files.entries())
        expect(`#- ${file.path}\n${writeMarks(actual.files[at] ?? file)}`).toBe(
          `#- ${file.path}\n${writeMarks(file)}`,
        );
    const own = found.filter((diagnosis) => diagnosis.rule === code);
    expect(own.length > 0, "the rule of the sheet has to speak, except in traps").toBe(
      !one.title.startsWith("not:"),
    );
    Object.assign(one, actual);
  });

  afterAll(() => {
    if (process.env["UPDATE"] === "1") writeFileSync(`${folder}/${name}`, writeCases(cases));
  });

  test("quick fixes mend what they belong to", async () => {
    for (const one of cases) {
      const before = filesOf(one);
      const found = await lintFiles(before);
      for (const diagnosis of found) {
        if (diagnosis.rule !== code) continue;
        for (const fix of diagnosis.fixes) {
          const after = await lintFiles(applied(before, fix));
          const same = (all: readonly Diagnosis[]): number =>
            all.filter(({ rule, message }) => rule === code && message === diagnosis.message)
              .length;
          expect(same(after), `${one.title}: ${fix.title}`).toBeLessThan(same(found));
          expect(after.filter(({ rule }) => rule === "yaml/syntax" && code !== rule)).toEqual([]);
        }
      }
    }
  });
});

function marked(file: MarkedCase["files"][number], found: readonly Diagnosis[]) {
  const own = found.filter(({ path }) => path === file.path);
  return { ...file, marks: own.map((diagnosis) => toMark(diagnosis, file.text)) };
}

function applied(
  files: Readonly<Record<string, string>>,
  { changes }: Diagnosis["fixes"][number],
): Readonly<Record<string, string>> {
  const next: Record<string, string> = { ...files };
  const fromTheEnd = changes.toSorted(
    (a, b) =>
      b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
  );
  for (const { path, range, text } of fromTheEnd) {
    const lines = (next[path] ?? "").split("\n");
    const offset = ({ line, character }: typeof range.start) =>
      lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + character;
    const content = lines.join("\n");
    next[path] = content.slice(0, offset(range.start)) + text + content.slice(offset(range.end));
  }
  return next;
}

test("every rule has at least two cases, and there are many", () => {
  // These need what only a simulation knows; simulation.test.ts has their cases.
  const simulated = ["helm/values-schema", "helm/values-unknown-key", "flux/prune-risk"];
  const counts = new Map(
    sheets.map(({ name, cases }) => [
      name.replace(".cases", "").replace("-", "/"),
      cases.filter(({ title }) => !title.startsWith("not:")).length,
    ]),
  );
  const few = ruleMetas
    .map(({ code }) => code)
    .filter((code) => !simulated.includes(code) && (counts.get(code) ?? 0) < 2);
  expect(few).toEqual([]);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(150);
});
