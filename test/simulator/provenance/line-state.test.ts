/** Whether a line of an object is the same in another render. */
import { describe, expect, test } from "vitest";

import { lineState } from "../../../simulator/provenance/line-state.ts";
import type { FieldPath } from "../../../simulator/provenance/site.ts";

const before = {
  spec: {
    replicas: 2,
    containers: [{ name: "a", image: "one" }, { name: "b" }],
    args: ["--x", "--y"],
    empty: {},
  },
  data: { text: "first\nsecond\nthird\n" },
};

function state(path: FieldPath, after: object, row?: number): string {
  return lineState(before, { ...before, ...after }, { path, ...(row !== undefined && { row }) });
}

describe("a field", () => {
  test("that is the same, differs, or is gone", () => {
    expect(state(["spec", "replicas"], {})).toBe("same");
    expect(state(["spec", "replicas"], { spec: { replicas: 3 } })).toBe("differs");
    expect(state(["spec", "replicas"], { spec: {} })).toBe("gone");
    expect(state(["spec", "replicas"], { spec: null })).toBe("gone");
  });

  test("that holds others only says that it does", () => {
    expect(state(["spec"], { spec: { replicas: 3 } })).toBe("same");
    expect(state(["spec", "containers"], { spec: { containers: [] } })).toBe("differs");
    expect(state(["spec", "empty"], { spec: { empty: {} } })).toBe("same");
  });
});

describe("an element of a list", () => {
  test("is found by its name, wherever it stands", () => {
    const moved = { spec: { containers: [{ name: "new" }, { name: "a", image: "one" }] } };
    expect(state(["spec", "containers", 0, "image"], moved)).toBe("same");
    const renamed = { spec: { containers: [{ name: "c", image: "one" }, { name: "b" }] } };
    expect(state(["spec", "containers", 0, "name"], renamed)).toBe("differs");
    const left = { spec: { containers: [{ name: "b" }] } };
    expect(state(["spec", "containers", 0, "name"], left)).toBe("gone");
  });

  test("is found by equality, else by its position in a list as long", () => {
    expect(state(["spec", "args", 1], { spec: { args: ["--y"] } })).toBe("same");
    expect(state(["spec", "args", 1], { spec: { args: ["--x", "--z"] } })).toBe("differs");
    expect(state(["spec", "args", 1], { spec: { args: ["--x"] } })).toBe("gone");
  });
});

test("a row of a text", () => {
  const text = (value: string): object => ({ data: { text: value } });
  const row = (value: string, at: number): string => state(["data", "text"], text(value), at);
  expect(row("first\nother\nthird\n", 0)).toBe("same");
  expect(row("first\nother\nthird\n", 1)).toBe("differs");
  expect(row("first\nother\nthird\n", 2)).toBe("same");
  expect(row("zero\nfirst\nsecond\nthird\n", 1)).toBe("same");
  expect(row("first\nthird\n", 1)).toBe("differs");
});
