// Which files source-controller leaves out of an artifact (fluxcd/pkg sourceignore).
import { describe, expect, it } from "vitest";

import { startEngine } from "./fixture.ts";

const engine = startEngine();
const paths = [
  ".github/ci.yaml",
  ".gitignore",
  ".sourceignore",
  "a/.sops.yaml",
  "a/cm.yaml",
  "a/logo.png",
  "a/sub/cm.yaml",
  "b/cm.yaml",
];
const excluded = (
  ignoreFiles: Record<string, string>,
  ignore: string | null = null,
): readonly string[] => engine.excluded({ paths, ignoreFiles, ignore });

describe("defaults", () => {
  it("leave out version control, pictures, CI and tool files", () => {
    expect(excluded({})).toEqual([".github/ci.yaml", ".gitignore", "a/.sops.yaml", "a/logo.png"]);
  });
  it("are down to version control as soon as there is any pattern of the user's", () => {
    expect(excluded({ ".sourceignore": "b/\n" })).toEqual([".gitignore", "b/cm.yaml"]);
    expect(excluded({ "b/.sourceignore": "# nothing\nnope\n" })).toEqual([".gitignore"]);
    expect(excluded({}, "nope")).toEqual([".gitignore"]);
  });
  it("stay when the user's file has no pattern", () => {
    expect(excluded({ ".sourceignore": "# only a comment\n" }, "")).toHaveLength(4);
  });
});

describe("patterns", () => {
  it("of a folder hold below it only", () => {
    expect(excluded({ "a/.sourceignore": "cm.yaml\n" })).toEqual([
      ".gitignore",
      "a/cm.yaml",
      "a/sub/cm.yaml",
    ]);
    expect(excluded({ "a/.sourceignore": "/cm.yaml\n" })).toEqual([".gitignore", "a/cm.yaml"]);
  });
  it("of spec.ignore come last", () => {
    expect(excluded({ ".sourceignore": "*.yaml\n" }, "!a/cm.yaml")).not.toContain("a/cm.yaml");
  });
  it("can bring back files below a folder that is left out", () => {
    expect(excluded({}, "/*\n!/a")).toEqual([
      ".github/ci.yaml",
      ".gitignore",
      ".sourceignore",
      "b/cm.yaml",
    ]);
  });
});
