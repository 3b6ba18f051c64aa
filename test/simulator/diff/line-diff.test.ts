// Which lines of two texts differ, and what is left out of them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { lineDiff } from "../../../simulator/diff/line-diff.ts";

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `line ${index}`);

describe("lines that differ", () => {
  test("stand with what is around them, and what is left out is counted", () => {
    const old = numbered(20);
    const now = old.map((line, index) => (index === 10 ? "other" : line));
    expect(lineDiff(old.join("\n"), now.join("\n"))).toEqual([
      "@ 8 lines",
      " line 8",
      " line 9",
      "-line 10",
      "+other",
      " line 11",
      " line 12",
      "@ 7 lines",
    ]);
  });

  test("are removed and added where they are", () => {
    expect(lineDiff("a\nb\nc\n", "a\nc\nd\n")).toEqual([" a", "-b", " c", "+d", " "]);
  });

  test("are none in texts of one line, equal ones and such that are too large", () => {
    expect(lineDiff("a\n", "b\n")).toEqual([]);
    expect(lineDiff("a\nb", "a\nb")).toEqual([]);
    const large = (word: string): string => numbered(600).join(`${word}\n`);
    expect(lineDiff(large("x"), large("y"))).toEqual([]);
  });

  test("are not more than fit, and none is endless", () => {
    const lines = lineDiff(numbered(200).join("\n"), `${"x".repeat(1000)}\n`);
    expect(lines).toHaveLength(41);
    expect(lines.at(-1)).toBe("@ 162 lines");
    expect(lineDiff("a\nb", "x".repeat(1000)).at(-1)).toHaveLength(202);
  });
});

test("without what is left out they are the two texts", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 9 });
  fc.assert(
    fc.property(text, text, (old, now) => {
      const lines = lineDiff(old.join("\n"), now.join("\n"));
      if (lines.length === 0 || lines.some((line) => line.startsWith("@"))) return;
      const side = (sign: string): string =>
        lines
          .filter((line) => line.startsWith(sign) || line.startsWith(" "))
          .map((line) => line.slice(1))
          .join("\n");
      expect([side("-"), side("+")]).toEqual([old.join("\n"), now.join("\n")]);
    }),
  );
});
