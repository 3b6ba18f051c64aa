// The YAML printer against a YAML parser: whatever JSON goes in, the same value comes out, under YAML 1.1 and 1.2.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";

import { yamlFromJson } from "../../../cli/print/yaml-from-json.ts";

const awkward = [
  "yes",
  "No",
  "on",
  "OFF",
  "y",
  "null",
  "~",
  "true",
  "1",
  "1.0",
  "0x1f",
  "1e3",
  "1_000",
  "12:30:45",
  "2001-01-01",
  "-",
  "- a",
  "a: b",
  "a #b",
  "a:",
  " a",
  "a ",
  "",
  "#",
  "&a",
  "*a",
  "!t",
  "|",
  ">",
  "@x",
  "`x",
  "%d",
  "{}",
  "[a]",
  "=",
  "<<",
  "?",
  "100m",
  "1Gi",
  "a\nb",
  "a\nb\n",
  "a\n\n\nb\n\n",
  "\na\n",
  " a\nb",
  "\ta\nb",
  "a\n  b\n \n",
  "a\r\nb",
  "\u001b[31m",
  "\u0085",
  "\u2028",
  "\u202e",
  "\ufeff",
  "é",
  "日本",
  "😀",
  "---",
  "...",
  "a\n---\nb",
  "'",
  '"',
  "\\",
  "it's",
  "/a/b",
  "_x",
  ".inf",
  ".nan",
  "+1",
  "0o7",
  "null\n",
  "# no\nyes\n",
];

describe("yamlFromJson", () => {
  test.each(awkward)("keeps the string %j as value, key and item", (text) => {
    for (const value of [
      text,
      { [text]: text },
      [text, [text]],
      { a: [{ [text]: text, b: text }] },
    ]) {
      for (const version of ["1.1", "1.2"] as const) {
        expect(parse(yamlFromJson(JSON.stringify(value)), { version })).toEqual(value);
      }
    }
  });

  test("any JSON comes back from a YAML parser, without raw control characters", () => {
    const string = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "binary-ascii" }),
      fc.constantFrom(...awkward),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        string,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        tie("array"),
        tie("object"),
      ),
      array: fc.array(tie("value"), { maxLength: 4 }),
      object: fc.dictionary(
        string.filter((key) => key !== "__proto__"),
        tie("value"),
        { maxKeys: 4 },
      ),
    }));
    fc.assert(
      fc.property(value, (input) => {
        const text = yamlFromJson(JSON.stringify(input));
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        const document = parseDocument(text, { version: "1.1", merge: false });
        expect(document.errors).toEqual([]);
        expect(document.toJS()).toEqual(input);
      }),
      { numRuns: 500 },
    );
  });

  test("looks like kubectl's YAML", () => {
    const json = JSON.stringify({
      apiVersion: "v1",
      data: { empty: {}, none: [], script: "a\nb\n", n: 1 },
      spec: {
        containers: [{ args: ["--x", "y"], image: "nginx:1.29", ports: [{ containerPort: 80 }] }],
        m: [[1], []],
      },
    });
    expect(yamlFromJson(json)).toMatchInlineSnapshot(`
      "apiVersion: v1
      data:
        empty: {}
        none: []
        script: |
          a
          b
        "n": 1
      spec:
        containers:
        - args:
          - "--x"
          - "y"
          image: nginx:1.29
          ports:
          - containerPort: 80
        m:
        - - 1
        - []
      "
    `);
  });

  test("numbers keep their digits, and too deep collections stay JSON", () => {
    expect(yamlFromJson('{"a":9007199254740993,"b":1e+06,"c":-0.10}')).toBe(
      "a: 9007199254740993\nb: 1e+06\nc: -0.10\n",
    );
    const deep = "[".repeat(5000) + '"]"' + "]".repeat(5000);
    expect(JSON.stringify(yamlFromJson(deep)).length).toBeGreaterThan(9000);
    expect(yamlFromJson(`{"a":${"[".repeat(150)}"x ]\\""${"]".repeat(150)},"b":1}`)).toMatch(
      /"x \]\\""\]+\nb: 1\n$/,
    );
  });
});
