// Formats, patterns, scalars and misspellings, one by one.
import { describe, expect, test } from "vitest";

import { formatProblem, isGoDuration } from "../../../language-server/schema/formats.ts";
import { compilePattern } from "../../../language-server/schema/re2.ts";
import { readScalar } from "../../../language-server/schema/scalar.ts";
import { closest } from "../../../language-server/schema/similar.ts";

describe("formats", () => {
  test.each([
    ["date-time", "2025-01-31T12:00:00Z", "2025-02-30T12:00:00Z"],
    ["date", "2024-02-29", "2025-02-29"],
    ["duration", "1h30m", "1 fortnight"],
    ["byte", "aGVsbG8=", "aGVsbG8"],
    ["ipv4", "10.0.0.1", "10.0.0.256"],
    ["ipv6", "2001:db8::1", "2001:db8"],
    ["cidr", "10.0.0.0/8", "10.0.0.0/33"],
    ["mac", "00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d"],
    ["uuid", "123e4567-e89b-12d3-a456-426614174000", "123"],
    ["hostname", "app.example.com", "-app"],
    ["uri", "https://example.com/a b", "example"],
    ["quantity", "1.5Gi", "1.5GB"],
  ])("%s: %s, but not %s", (format, right, wrong) => {
    expect(formatProblem(format, right)).toBeUndefined();
    expect(formatProblem(format, wrong)).toBeDefined();
  });

  test("a format that nobody checks", () => {
    expect(formatProblem("int32", "x")).toBeUndefined();
  });

  test.each([
    ["0", true],
    ["-1.5h", true],
    ["1d", false],
    ["5", false],
    ["", false],
  ])("the duration %j", (text, expected) => {
    expect(isGoDuration(text)).toBe(expected);
  });
});

describe("patterns", () => {
  test("are RE2: what Go refuses is no pattern, and nothing takes for ever", () => {
    expect(compilePattern("a(?=b)").outcome).toBe("invalid");
    const pattern = compilePattern("^(a+)+$");
    expect(pattern.outcome === "pattern" && pattern.test(`${"a".repeat(10_000)}!`)).toBe(false);
  });
});

describe("scalars", () => {
  test("differ between a Flux build and kubectl", () => {
    expect(readScalar("on")).toEqual({ type: "string", value: "on" });
    expect(readScalar("on", "kubectl")).toEqual({ type: "boolean", value: true });
    expect(readScalar("0644")).toEqual({ type: "number", value: 420, isWhole: true });
    expect(readScalar("12:30:00").type).toBe("string");
  });
});

describe("misspellings", () => {
  test("swapped letters, wrong case, nothing at all", () => {
    expect(closest("intreval", ["interval", "retryInterval"])).toEqual(["interval"]);
    expect(closest("TargetNamespace", ["targetNamespace"])).toEqual(["targetNamespace"]);
    expect(closest("x", ["interval"])).toEqual([]);
  });
});
