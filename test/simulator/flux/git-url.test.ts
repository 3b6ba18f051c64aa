/** Which URLs name the same repository. */
import { describe, expect, it } from "vitest";

import { normaliseGitUrl, sameRepository } from "../../../simulator/flux/git-url.ts";

describe("sameRepository", () => {
  it.each([
    ["https://example.test/org/fleet", "git@example.test:org/fleet.git"],
    ["ssh://git@example.test/org/fleet", "https://user:token@Example.test/org/Fleet/"],
    ["ssh://git@example.test:2222/org/fleet.git", "example.test:org/fleet"],
  ])("%s and %s are one", (a, b) => {
    expect(sameRepository(a, [b])).toBe(true);
  });

  it.each([
    ["https://example.test/org/fleet", "https://example.test/org/fleet2"],
    ["https://example.test/org/fleet", "https://other.test/org/fleet"],
    ["", ""],
    ["not a url", "not a url"],
  ])("%s and %s are not", (a, b) => {
    expect(sameRepository(a, [b])).toBe(false);
  });

  it("shows no credentials", () => {
    expect(normaliseGitUrl("https://user:token@example.test/org/fleet")).toBe(
      "example.test/org/fleet",
    );
  });
});
