/** A long mapping that is parsed in groups is the same as parsed whole, after any edits. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Node } from "yaml";
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from "yaml";

import type { Groups } from "../../../language-server/manifest/long-mapping.ts";
import { parseLongMapping } from "../../../language-server/manifest/long-mapping.ts";
import { parseOptions } from "../../../language-server/manifest/parse-options.ts";
import { insertions, longMapping } from "../../support/lint-edits.ts";

const text = `${longMapping(600)}immutable: true\nbinaryData: { a: b }\n`;

/** What the rules look at. */
function plain(node: unknown): unknown {
  if (isPair(node)) return [plain(node.key), plain(node.value)];
  if (node === null || node === undefined) return null;
  const { range } = node as Node;
  const at = range?.slice(0, 2);
  if (isScalar(node)) return { at, value: node.value, source: node.source, type: node.type };
  if (isMap(node) || isSeq(node)) return { at, items: node.items.map(plain) };
  return { at, alias: isAlias(node) && node.source };
}

function whole(of: string): { readonly tree: unknown; readonly isFine: boolean } {
  const { contents, errors } = parseDocument(of, parseOptions);
  return { tree: plain(contents), isFine: errors.length === 0 };
}

test("the tree is that of the whole text", () => {
  const parsed = parseLongMapping(text);
  expect(parsed?.faults).toEqual([]);
  expect(plain(parsed?.yaml.contents)).toEqual(whole(text).tree);
});

test("short texts, and mappings that may be something else, are left to be parsed whole", () => {
  expect(parseLongMapping(longMapping(20))).toBeUndefined();
  expect(parseLongMapping(text.replace("  some-key-300.conf: text", "  ? a"))).toBeUndefined();
  expect(parseLongMapping(text.replace("'single'", "'open"))).toBeUndefined();
  expect(parseLongMapping(text.replace("'single'", "[\n  a\n  ]"))).toBeUndefined();
});

test("a key without a colon yet is a fault at its line, and costs the rest nothing", () => {
  const half = text.replace("  some-key-300.conf: text\n", "  some\n  some-key-300.conf: text\n");
  const parsed = parseLongMapping(half);
  expect(parsed?.faults.map(({ span }) => half.slice(...span))).toEqual(["some"]);
  expect(whole(half).isFine).toBe(false);
});

test("edits one after another give the tree of the whole text", () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 8 }),
    insert: fc.constantFrom(...insertions),
  });
  let inGroups = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      let next = text;
      let known: Groups | undefined;
      for (const { at, remove, insert } of edits) {
        const offset = Math.floor(at * next.length);
        next = next.slice(0, offset) + insert + next.slice(offset + remove);
        const parsed = parseLongMapping(next, known);
        known = parsed?.groups ?? known;
        const { tree, isFine } = whole(next);
        if (!parsed) continue;
        inGroups++;
        expect(parsed.faults.length === 0).toBe(isFine);
        if (isFine) expect(plain(parsed.yaml.contents)).toEqual(tree);
      }
    }),
    { numRuns: 12, seed: 20261121 },
  );
  expect(inGroups).toBeGreaterThan(10);
});
