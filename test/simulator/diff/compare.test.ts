/** Differences by pointer, and the property that equal values have none. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compareValues, valueAtPointer } from "../../../simulator/diff/compare.ts";

describe("compareValues", () => {
  it("names changed, added and removed fields by pointer", () => {
    expect(
      compareValues({ a: 1, b: { "x/y": 1 }, c: 1 }, { a: 2, b: { "x/y": 1, "~": 3 } }),
    ).toEqual([
      { path: "/a", kind: "changed", before: 1, after: 2 },
      { path: "/b/~0", kind: "added", after: 3 },
      { path: "/c", kind: "removed", before: 1 },
    ]);
  });

  it("matches items of a list by their name", () => {
    const before = [
      { name: "web", image: "a:1" },
      { name: "side", image: "b:1" },
    ];
    const after = [
      { name: "side", image: "b:1" },
      { name: "web", image: "a:2" },
    ];
    expect(compareValues(before, after)).toEqual([
      { path: "/1/image", basePath: "/0/image", kind: "changed", before: "a:1", after: "a:2" },
    ]);
  });

  it("reports a new order of equal items, because the API server keeps the order of most lists", () => {
    const one = { name: "one" };
    const two = { name: "two" };
    expect(compareValues([one, two], [two, one])).toMatchObject([{ path: "", kind: "changed" }]);
  });

  it("compares other lists by position", () => {
    expect(compareValues(["a", "b"], ["a", "c", "d"])).toMatchObject([
      { path: "/1", kind: "changed" },
      { path: "/2", kind: "added" },
    ]);
  });

  it("finds nothing between a value and itself", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => compareValues(value, structuredClone(value)).length === 0,
      ),
    );
  });

  it("gives pointers that lead to the values it shows", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        for (const found of compareValues(before, after)) {
          if (found.kind !== "removed")
            expect(valueAtPointer(after, found.path)).toEqual(found.after);
          if (found.kind !== "added")
            expect(valueAtPointer(before, found.basePath ?? found.path)).toEqual(found.before);
        }
      }),
    );
  });
});
