/** A document that is parsed again block by block is the document parsed as a whole, and takes over what was not edited. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Document } from "yaml";
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from "yaml";

import { isEdited, parseEdited } from "../../../language-server/manifest/edited-block.ts";
import { parseOptions } from "../../../language-server/manifest/parse-options.ts";

const deployment = `---
# The one that serves.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  replicas: 2
  # Of the pods.
  template:
    spec:
      containers:
        - name: app
          args: [--listen, ":8080"]
          script: |
            first

            second
        -
          # Another.
          name: sidecar
          env:
          - name: A
            value: "1"
      volumes:
      - name: data
        emptyDir: {}
  # Nothing below.
`;

const parse = (text: string): Document => parseDocument(text, parseOptions);

function edited(before: string, from: string, to: string) {
  const yaml = parse(before);
  const text = before.replace(from, to);
  return { before: yaml, text, after: parseEdited(before, yaml, text)?.yaml };
}

/** The tree with the places of its nodes. */
function shapeOf(node: unknown): unknown {
  if (isPair(node)) return [shapeOf(node.key), shapeOf(node.value)];
  if (isAlias(node)) return { alias: node.source };
  if (isScalar(node)) {
    const { value, type, source, range } = node;
    return { value, type, source, range: range?.slice(0, 2) };
  }
  if (isMap(node) || isSeq(node))
    return {
      flow: node.flow,
      range: node.range?.slice(0, 2),
      items: (node.items as readonly unknown[]).map(shapeOf),
    };
  return node;
}

test.each([
  ["a scalar", "replicas: 2", "replicas: 12"],
  ["a number that becomes a text", "replicas: 2", "replicas: 2 a"],
  ["a text that becomes a number", "name: data", "name: 0x1F"],
  ["a text in quotes", '":8080"', '":80"'],
  ["a value in quotes", 'value: "1"', 'value: "1: #2"'],
  ["a key", "replicas:", "paused:"],
  ["an item of a list", 'value: "1"', 'value: "2"\n          - name: B'],
  ["a line above a key", "  replicas: 2", "  paused: true\n  replicas: 2"],
  ["a comment", "# Of the pods.", "# Of its pods."],
  ["comments and empty lines", "  # Of the pods.\n", "\n# One: [\n      # another\n"],
  ["a comment behind a value", "replicas: 2", "replicas: 2 # for now"],
  ["what is no comment", "replicas: 2", "replicas: 2#"],
  ["a text of several lines", "            second", "            second\n            third"],
  ["a whole block", "        emptyDir: {}\n", "        configMap:\n          name: a\n"],
  ["a key without a value", "  name: app\n", "  name:\n"],
])("an edit of %s gives what parsing the whole gives", (_, from, to) => {
  const { text, after } = edited(deployment, from, to);
  expect(shapeOf((after ?? parse(text)).contents)).toEqual(shapeOf(parse(text).contents));
});

test("what stands above the edit is taken over, and what stands below is moved", () => {
  const { before, text, after } = edited(deployment, "replicas: 2", "replicas: 200");
  expect(after && isEdited(after)).toBe(true);
  expect(isEdited(before)).toBe(false);
  expect(after?.get("metadata", true)).toBe(before.get("metadata", true));
  const [old, moved] = [before, after].map((yaml) => yaml?.getIn(["spec", "template"], true));
  expect(isMap(old) && isMap(moved) && (moved.range?.[0] ?? 0) - (old.range?.[0] ?? 0)).toBe(2);
  const name: unknown = after?.getIn(["spec", "template", "spec", "volumes", 0, "name"], true);
  const [start, end] = (isScalar(name) && name.range) || [0, 0];
  expect(text.slice(start, end)).toBe("data");
});

test.each([
  ["an anchor above", "name: app", "name: &a app"],
  ["a text that is not closed", 'value: "1"', 'value: "1'],
  ["a mark between documents", "  replicas: 2\n", "---\n  replicas: 2\n"],
  ["a key that is no longer one", "replicas: 2", "replicas 2"],
  ["fewer columns", "  replicas: 2", " replicas: 2"],
  ["more columns", "# Of the pods.\n  template:", "# Of\n   template:"],
  ["a key in a value", "replicas: 2", "replicas: 2: 3"],
  ["a tab", "replicas: 2", "replicas:\t2"],
])("%s asks for the whole", (_, from, to) => {
  expect(edited(deployment, from, to).after).toBeUndefined();
});

test("a comment below the last value may end collections further above, so they are parsed with it", () => {
  const metadata = "metadata:\n  annotations:\n    a: b\n";
  for (const comment of ["   # c\n", "    # c\n", "# c\n"]) {
    const { text, after } = edited(metadata, metadata, metadata + comment);
    expect(shapeOf((after ?? parse(text)).contents)).toEqual(shapeOf(parse(text).contents));
    const again = parseEdited(text, parse(text), metadata)?.yaml;
    expect(shapeOf((again ?? parse(metadata)).contents)).toEqual(shapeOf(parse(metadata).contents));
  }
});

test("where the only value that is another stands", () => {
  const path = (from: string, to: string): unknown =>
    parseEdited(deployment, parse(deployment), deployment.replace(from, to))?.path;
  expect(path("replicas: 2", "replicas: 3")).toEqual(["spec", "replicas"]);
  const name = ["spec", "template", "spec", "volumes", 0, "name"];
  expect(path("name: data", "name: other data")).toEqual(name);
  expect(path("# Of the pods.", "# Of its pods.\n")).toEqual([]);
  expect(path("replicas: 2", "paused: 2")).toBeUndefined();
  expect(path("replicas: 2", "replicas: [2]")).toBeUndefined();
});

test("a document with aliases or errors is parsed as a whole", () => {
  expect(edited("a: &x 1\nb: *x\nc: 2\n", "c: 2", "c: 3").after).toBeUndefined();
  expect(edited('a: "1\nc: 2\n', "c: 2", "c: 3").after).toBeUndefined();
});

const pieces = ["1", "a", " ", "\n", ": ", "- ", "#", "  a: 1\n", "- b\n", "k: |\n", "    d: 1\n"];
const insertions = [
  ...pieces,
  "   # c\n",
  "? a\n",
  "\n\n",
  "[a,\n",
  "}",
  ">-\n",
  "\r\n",
  "|+\n",
  "&a ",
  "---\n",
];

test("any edits, one after the other, give what parsing the whole gives", () => {
  const edit = fc.record({
    at: fc.noBias(fc.nat({ max: 999 })),
    remove: fc.oneof(fc.constant(0), fc.nat({ max: 12 })),
    insert: fc.constantFrom(...insertions),
    isLine: fc.boolean(),
  });
  let taken = 0;
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
      let [text, yaml] = [deployment, parse(deployment)];
      for (const { at, remove, insert, isLine } of edits) {
        const somewhere = Math.floor((at / 1000) * text.length);
        const start = isLine ? text.indexOf("\n", somewhere) + 1 : somewhere;
        const next = text.slice(0, start) + insert + text.slice(start + remove);
        const [whole, some] = [parse(next), parseEdited(text, yaml, next)?.yaml];
        if (some) {
          taken++;
          expect(whole.errors).toEqual([]);
          expect(shapeOf(some.contents)).toEqual(shapeOf(whole.contents));
        }
        // A mistake is taken back, so that what follows is an edit of a sound text again.
        if (whole.errors.length === 0) [text, yaml] = [next, some ?? whole];
      }
    }),
    { numRuns: 50, seed: 5 },
  );
  expect(taken).toBeGreaterThan(20);
});
