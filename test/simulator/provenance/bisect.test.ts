/** Group testing: the same as trying each alone, with fewer questions. */
import fc from "fast-check";
import { expect, test } from "vitest";

import { bisect } from "../../../simulator/provenance/bisect.ts";
import type { Verdict } from "../../../simulator/provenance/bisect.ts";

interface World {
  readonly deciding: ReadonlySet<number>;
  /** A group with one of these fails. */
  readonly failing?: ReadonlySet<number>;
  readonly most?: number;
}

async function search(
  count: number,
  { deciding, failing = new Set(), most = Number.POSITIVE_INFINITY }: World,
) {
  const items = [...Array(count).keys()];
  let asked = 0;
  const found = await bisect(items, (group): Promise<Verdict> => {
    if (asked >= most) return Promise.resolve("unknown");
    asked++;
    if (group.some((one) => failing.has(one))) return Promise.resolve("failed");
    return Promise.resolve(group.some((one) => deciding.has(one)) ? "changed" : "same");
  });
  return { ...found, asked };
}

test("nothing that matters takes one question, one of many a few", async () => {
  expect(await search(0, { deciding: new Set() })).toMatchObject({ deciding: [], asked: 0 });
  expect(await search(1000, { deciding: new Set() })).toMatchObject({ deciding: [], asked: 1 });
  const { deciding, asked } = await search(1000, { deciding: new Set([617]) });
  expect(deciding).toEqual([617]);
  expect(asked).toBeLessThanOrEqual(21);
});

test("what fails hides nothing", async () => {
  const world = { deciding: new Set([3, 40]), failing: new Set([2, 41, 7]) };
  expect(await search(64, world)).toMatchObject({ deciding: [3, 40], isComplete: true });
});

test("any set is found, in its order", async () => {
  const sets = fc.tuple(
    fc.integer({ min: 1, max: 60 }),
    fc.array(fc.nat(59)),
    fc.array(fc.nat(59)),
  );
  await fc.assert(
    fc.asyncProperty(sets, async ([count, some, others]) => {
      const failing = new Set(others.filter((one) => !some.includes(one)));
      const { deciding, isComplete } = await search(count, { deciding: new Set(some), failing });
      const expected = [...new Set(some)].filter((one) => one < count).toSorted((a, b) => a - b);
      expect(deciding).toEqual(expected);
      expect(isComplete).toBe(true);
    }),
  );
});

test("an answer that is cut short says so", async () => {
  const world = { deciding: new Set([1, 50]), most: 9 };
  const { deciding, isComplete } = await search(64, world);
  expect(isComplete).toBe(false);
  expect([1, 50]).toEqual(expect.arrayContaining([...deciding]));
});
