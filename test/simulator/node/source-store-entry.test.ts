/** Entries of the store that somebody else may have written: a shared cache brings them in, and nothing of them may lead out of it. */
import { expect, it } from "vitest";

import { parseEntry, sha256 } from "../../../simulator/node/source-store-entry.ts";

/** An entry that is whole, whatever it says. */
function written(path: string, id: string, key = "key"): string {
  const body = { key, label: "", revision: "", files: [[path, id, 1, "file", true]] };
  const rest = `{}\n${JSON.stringify(body)}`;
  return `${sha256(rest)}\n${rest}`;
}

it("is taken when it is whole and its own", () => {
  expect(parseEntry(written("a/b", "00ff"), "key")?.files).toEqual([
    ["a/b", "00ff", 1, "file", true],
  ]);
});

it.each([
  ["a path that climbs", written("../../a", "00ff")],
  ["an absolute path", written("/a", "00ff")],
  ["a content that is elsewhere", written("a", "../../../a")],
  ["the entry of another request", written("a", "00ff", "other")],
  ["a changed one", written("a", "00ff").replace('"a"', '"b"')],
  ["a part", written("a", "00ff").slice(0, 70)],
  ["nothing", ""],
])("is none: %s", (_, text) => {
  expect(parseEntry(text, "key")).toBeUndefined();
});
