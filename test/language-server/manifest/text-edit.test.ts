/** The smallest edit between two texts, also where they are longer than what is compared at once. */
import { expect, test } from "vitest";

import { textEdit } from "../../../language-server/manifest/text-edit.ts";

test.each([
  ["", "", { start: 0, end: 0, shift: 0 }],
  ["abc", "abc", { start: 3, end: 3, shift: 0 }],
  ["abc", "abxc", { start: 2, end: 2, shift: 1 }],
  ["abc", "ac", { start: 1, end: 2, shift: -1 }],
  ["aaa", "aaaa", { start: 3, end: 3, shift: 1 }],
  ["abc", "", { start: 0, end: 3, shift: -3 }],
])("%j to %j", (before, text, edit) => {
  expect(textEdit(before, text)).toEqual(edit);
});

test("in the middle of a long text", () => {
  const [above, below] = ["above\n".repeat(400), "below\n".repeat(400)];
  const edit = textEdit(`${above}old${below}`, `${above}newer${below}`);
  expect(edit).toEqual({ start: above.length, end: above.length + 3, shift: 2 });
});
