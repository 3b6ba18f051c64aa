// YAML as Go prints it. The expectations were printed by sigs.k8s.io/yaml.
import { describe, expect, it } from "vitest";

import { goYaml, goYamlDocuments } from "../../../simulator/distribution/go-yaml.ts";

const long =
  "Branch to check out, defaults to 'master' if no other reference is defined in this place.";

describe("YAML as Go prints it", () => {
  it.each([
    [{ b: 1, a: { d: [], c: {} } }, "a:\n  c: {}\n  d: []\nb: 1\n"],
    [{ l: [{ a: 1, b: [[2, 3]] }, "x"] }, "l:\n- a: 1\n  b:\n  - - 2\n    - 3\n- x\n"],
    [
      { v10: 1, v2: 2, Key: 3, "a-b": 4, "a.b": 5, a1b: 6 },
      "Key: 3\na-b: 4\na.b: 5\na1b: 6\nv2: 2\nv10: 1\n",
    ],
    [
      { a: "yes", b: "1e3", c: "12:30", d: "2024-01-02", e: "", f: "~" },
      'a: "yes"\nb: "1e3"\nc: "12:30"\nd: "2024-01-02"\ne: ""\nf: "~"\n',
    ],
    [
      { a: "- x", b: "a: b", c: "a #b", d: " a", e: "it's", f: "'" },
      "a: '- x'\nb: 'a: b'\nc: 'a #b'\nd: ' a'\ne: it's\nf: ''''\n",
    ],
    [
      { a: "one\ntwo\n", b: "one\n\n two", c: "\nx", d: "a \nb" },
      'a: |\n  one\n  two\nb: |-\n  one\n\n   two\nc: |2-\n\n  x\nd: "a \\nb"\n',
    ],
    [{ a: "tab\there", b: "é", c: "\u0007" }, 'a: "tab\\there"\nb: é\nc: "\\a"\n'],
    [
      { a: { b: { description: long } } },
      "a:\n  b:\n    description: Branch to check out, defaults to 'master' if no other reference is\n      defined in this place.\n",
    ],
  ])("%j", (value, text) => {
    expect(goYaml(value)).toBe(text);
  });

  it("joins documents as kustomize does", () => {
    expect(goYamlDocuments([{ a: 1 }, { b: 2 }])).toBe("a: 1\n---\nb: 2\n");
  });
});
