/** Durations in Go's notation. */
import { expect, test } from "vitest";

import { formatDuration, parseDuration } from "../../../simulator/flux/duration.ts";

test.each([
  ["1h", 3_600_000, "1h0m0s"],
  ["90s", 90_000, "1m30s"],
  ["1h30m", 5_400_000, "1h30m0s"],
  ["250ms", 250, "250ms"],
  ["1.5m", 90_000, "1m30s"],
  ["0", 0, "0s"],
  ["59s", 59_000, "59s"],
])("%s is %d ms and printed as %s", (text, milliseconds, printed) => {
  expect(parseDuration(text)).toBe(milliseconds);
  expect(formatDuration(milliseconds)).toBe(printed);
});

test.each(["", "5", "1 h", "h", "1x", undefined])("%s is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
