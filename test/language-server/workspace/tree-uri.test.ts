/** Paths and URIs, as clients and Node spell them. */
import { expect, test } from "vitest";

import { canonicalRoot, toPath, toUri } from "../../../language-server/workspace/tree-uri.ts";

test.each([
  ["file:///repo", "file:///repo/a%20b/c.yaml", "a b/c.yaml"],
  ["file:///my repo", "file:///my%20repo/%C3%BC.yaml", "ü.yaml"],
  ["file:///c%3A/repo", "file:///c:/repo/x.yaml", "x.yaml"],
  ["vscode-vfs://github/", "vscode-vfs://github/x.yaml", "x.yaml"],
  ["file:///repo", "file:///repository/x.yaml", undefined],
  ["file:///repo", "file:///repo", undefined],
  ["file:///repo", "untitled:Untitled-1", undefined],
  ["file:///repo", "file:///repo/100%.yaml", "100%.yaml"],
])("in %s, %s is %s", (root, uri, path) => {
  expect(toPath(root, uri)).toBe(path);
});

test("a path becomes a URI that leads back to it", () => {
  const path = "a b/#1?/ü%20.yaml";
  expect(toPath("file:///repo", toUri("file:///repo", path))).toBe(path);
  expect(toUri("vscode-vfs://github/", "x.yaml")).toBe("vscode-vfs://github/x.yaml");
});

test("one spelling for each folder", () => {
  expect(canonicalRoot("file:///repo/")).toBe("file:///repo");
  expect(canonicalRoot("file:///")).toBe("file:///");
  expect(canonicalRoot("vscode-vfs://github/")).toBe("vscode-vfs://github/");
});
