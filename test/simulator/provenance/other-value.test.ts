/** Other values keep their form, and are other values. */
import fc from "fast-check";
import { expect, test } from "vitest";

import { otherText, otherValue } from "../../../simulator/provenance/other-value.ts";

test.each([
  [true, false],
  [3, 4],
  [null, "q7"],
  ["", "q7"],
  ["10Gi", "11Gi"],
  ["v1.2.9", "v1.2.0"],
  ["0 3 * * *", "0 4 * * *"],
  ["ClusterIP", "q7ClusterIP"],
  ["oci://host", "oci://hostq7"],
  ["{{ index .Values.list 0 }}", "{{ index .Values.list 0 }}q7"],
  ["a=1\n\nb\n", "a=2\n\nq7b\n"],
])("%j becomes %j", (value, other) => {
  expect(otherValue(value)).toEqual(other);
});

test("every line of every text changes, and none is added", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const other = otherText(text);
      expect(other).not.toBe(text);
      expect(other.split("\n")).toHaveLength(text.split("\n").length);
    }),
  );
});
