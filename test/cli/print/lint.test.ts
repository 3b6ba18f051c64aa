/** The formats of `sluice lint`, each checked with what reads it: SARIF with the official schema, JUnit with an XML reader. */
import { readFileSync } from "node:fs";

import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";

import type { Diagnosis } from "#language-server/lint";

import { githubText } from "../../../cli/print/lint-github.ts";
import { junitText } from "../../../cli/print/lint-junit.ts";
import { sarifText } from "../../../cli/print/lint-sarif.ts";
import { lintText } from "../../../cli/print/lint-text.ts";
import { chooseStyle } from "../../../cli/print/style.ts";

const plain = chooseStyle("never", {}, false);

function diagnosis(more: Partial<Diagnosis> = {}): Diagnosis {
  return {
    code: "flux/ref-not-found",
    rule: "flux/ref-not-found",
    path: "apps/a b.yaml",
    range: { start: { line: 2, character: 4 }, end: { line: 2, character: 9 } },
    severity: "warning",
    message: "There is no GitRepository <fleet> & more.\nSecond line.",
    related: [],
    fixes: [],
    tags: [],
    ...more,
  };
}

const everything: readonly Diagnosis[] = [
  diagnosis(),
  diagnosis({
    code: "k8s/schema/type",
    rule: "k8s/schema",
    severity: "error",
    message: "50% is no number",
    related: [
      {
        path: "other.yaml",
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 10_000 } },
        message: "here",
      },
    ],
    fixes: [
      {
        title: "Change it",
        preferred: true,
        changes: [
          {
            path: "apps/a b.yaml",
            range: { start: { line: 2, character: 4 }, end: { line: 2, character: 9 } },
            text: "5",
          },
          {
            path: "other.yaml",
            range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
            text: "a\n",
          },
        ],
      },
    ],
  }),
  diagnosis({
    code: "simulation/build-failed",
    rule: "simulation/build-failed",
    severity: "information",
  }),
  diagnosis({ code: "flux/modeline-redundant", rule: "flux/modeline-redundant", severity: "hint" }),
];

const schema = JSON.parse(
  readFileSync("node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json", "utf8"),
) as Record<string, unknown>;
// Draft 4 calls its address `id`; but for that it reads the same here.
delete schema["$schema"];
delete schema["id"];
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(schema);

test.each([
  ["nothing", []],
  ["everything", everything],
])("SARIF of %s is valid", (_name, diagnoses) => {
  isSarif(JSON.parse(sarifText(diagnoses)));
  expect(isSarif.errors ?? []).toEqual([]);
});

test("the schema refuses what is no SARIF", () => {
  expect(isSarif({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
});

test("SARIF says rule, level, place and fixes", () => {
  const log = JSON.parse(sarifText(everything)) as {
    runs: [{ tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }];
  };
  const [run] = log.runs;
  expect(run.tool.driver.rules.map(({ id }) => id)).toEqual([
    "flux/modeline-redundant",
    "flux/ref-not-found",
    "k8s/schema",
    "simulation/build-failed",
  ]);
  expect(run.results.map(({ ruleIndex, level }) => [ruleIndex, level])).toEqual([
    [1, "warning"],
    [2, "error"],
    [3, "note"],
    [0, "note"],
  ]);
  expect(run.results[1]).toMatchObject({
    ruleId: "k8s/schema",
    properties: { code: "k8s/schema/type" },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: "apps/a%20b.yaml", uriBaseId: "ROOT" },
          region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 10 },
        },
      },
    ],
    fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: "5" } }] }, {}] }],
  });
});

test("JUnit lists errors and warnings by file, with what XML needs escaped", () => {
  const text = junitText(everything);
  expect(text).toContain('<testsuites name="sluice lint" tests="2" failures="2">');
  expect(text).toContain('<testsuite name="apps/a b.yaml" tests="2" failures="2">');
  expect(text).toContain('message="There is no GitRepository &lt;fleet&gt; &amp; more."');
  expect(text).not.toContain("modeline");
  expect(junitText([])).toContain('tests="1" failures="0"');
});

test("GitHub gets one command for each diagnosis, with what has a meaning escaped", () => {
  const lines = [...githubText(everything)];
  expect(lines).toEqual([
    "::warning file=apps/a b.yaml,line=3,endLine=3,col=5,endColumn=9,title=flux/ref-not-found::There is no GitRepository <fleet> & more.%0ASecond line.\n",
    "::error file=apps/a b.yaml,line=3,endLine=3,col=5,endColumn=9,title=k8s/schema/type::50%25 is no number\n",
    "::notice file=apps/a b.yaml,line=3,endLine=3,col=5,endColumn=9,title=simulation/build-failed::There is no GitRepository <fleet> & more.%0ASecond line.\n",
  ]);
  const forged = [...githubText([diagnosis({ path: "a,title=x.yaml\n::error::b", message: "m" })])];
  expect(forged).toHaveLength(1);
  expect(forged[0]).toMatch(/^::warning file=a%2Ctitle=x\.yaml[^\n]*::m\n$/);
});

test("text is one line for each, hints counted", () => {
  const lines = [...lintText(everything, 7, plain)];
  expect(lines[1]).toBe("apps/a b.yaml:3:5: error: 50% is no number [k8s/schema/type]\n");
  expect(lines.at(-1)).toBe("1 error, 1 warning, 1 note, 1 hint in 7 files.\n");
  expect([...lintText([], 1, plain)]).toEqual(["Nothing found in 1 file.\n"]);
  const [line] = lintText([diagnosis({ path: "a\u001b[31m.yaml", message: "x\u0007" })], 1, plain);
  // eslint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(line).not.toMatch(/[\u0007\u001b]/);
});
