/** An answer is remembered exactly as long as everything it read is the same. */
import { describe, expect, it } from "vitest";

import type { KustomizeResult } from "../../../simulator/engine/protocol.ts";
import { createBuildMemo } from "../../../simulator/render/build-memo.ts";
import { edited, treeOf } from "../../support/fixture.ts";

const tree = treeOf({ "app/kustomization.yaml": "a", "app/deep/cm.yaml": "b", "other.yaml": "c" });
const result: KustomizeResult = {
  objects: [],
  reads: {
    files: ["a1/app/kustomization.yaml"],
    listings: ["a1/app/"],
    absent: ["a1/app/kustomization.yml"],
  },
  needs: [],
  warnings: [],
  customSchema: false,
};

function remembered(now: typeof tree, key = "key"): boolean {
  const memo = createBuildMemo();
  memo.store("key", new Map([["a1", tree]]), result);
  return memo.find(key, new Map([["a1", now]])) === result;
}

describe("the memory of builds", () => {
  it("holds for the same tree and for changes of what was not read", () => {
    expect(remembered(tree)).toBe(true);
    expect(
      remembered(
        edited(tree, { "other.yaml": "changed", "app/deep/cm.yaml": "changed", "new.yaml": "x" }),
      ),
    ).toBe(true);
  });
  it("ends with a read file, a listing, an absence and the request", () => {
    expect(remembered(edited(tree, { "app/kustomization.yaml": "changed" }))).toBe(false);
    expect(remembered(edited(tree, { "app/kustomization.yaml": undefined }))).toBe(false);
    expect(remembered(edited(tree, { "app/new.yaml": "x" }))).toBe(false);
    expect(remembered(edited(tree, { "app/deep/cm.yaml": undefined }))).toBe(false);
    expect(remembered(edited(tree, { "app/kustomization.yml": "x" }))).toBe(false);
    expect(remembered(tree, "another key")).toBe(false);
  });
  it("keeps the answers of both sides of a plan", () => {
    const memo = createBuildMemo();
    const other = edited(tree, { "app/kustomization.yaml": "changed" });
    const second = { ...result };
    memo.store("key", new Map([["a1", tree]]), result);
    memo.store("key", new Map([["a1", other]]), second);
    expect(memo.find("key", new Map([["a1", tree]]))).toBe(result);
    expect(memo.find("key", new Map([["a1", other]]))).toBe(second);
  });
  it("forgets what was long not asked for", () => {
    const memo = createBuildMemo();
    memo.store("key", new Map([["a1", tree]]), result);
    for (let sweeps = 0; sweeps < 60; sweeps++) memo.sweep();
    expect(memo.find("key", new Map([["a1", tree]]))).toBeUndefined();
  });
});
