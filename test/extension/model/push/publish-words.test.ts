/** What the question before a publication says: what it is compared with, and what else there is to know. */
import { expect, test } from "vitest";

import { publishDetail, publishTitle } from "../../../../extension/model/push/publish-words.ts";
import type { PublicationBase } from "../../../../extension/model/push/publish-words.ts";
import { plan } from "../plan-builder.ts";

const commit = "4f2a9c1".padEnd(40, "0");

function detailOf(base: PublicationBase, rest: object = {}): readonly string[] {
  const facts = { commit, base, followers: ["OCIRepository/a/b"], uncommitted: 0, ...rest };
  return publishDetail(facts, plan([])).split("\n");
}

test("the folder and the address are named", () => {
  expect(publishTitle("apps", "oci://host/a:b")).toBe("Publish apps as oci://host/a:b?");
  expect(publishTitle("", "oci://host/a:b")).toBe("Publish the repository as oci://host/a:b?");
});

test.each<[PublicationBase, string]>([
  [
    { kind: "artifact", revision: `main@sha1:${"ab".repeat(20)}`, isSame: false },
    "Compared with the artifact that is there now, made of main@sha1:abababa.",
  ],
  [{ kind: "artifact", isSame: false }, "Compared with the artifact that is there now."],
  [{ kind: "artifact", isSame: true }, "The artifact that is there now has the same files."],
  [{ kind: "nothing" }, "There is no artifact yet, so everything is new."],
])("the first line is about the other side: %j", (base, line) => {
  expect(detailOf(base)[0]).toBe(line);
});

test("what could not be read is said with its reason", () => {
  const [first] = detailOf({ kind: "instead", why: "host wants credentials." });
  expect(first).toMatch(/can't be read, so this is compared with .+ instead\. host wants cred/);
});

test("what a registry says stays on its line", () => {
  const revision = `main\n\nNo changes in any cluster.\u202e`;
  const [first] = detailOf({ kind: "artifact", revision, isSame: false });
  expect(first).toBe(
    "Compared with the artifact that is there now, made of main No changes in any cluster. .",
  );
  const [other] = detailOf({ kind: "instead", why: "one\r\ntwo" });
  expect(other).toMatch(/one two$/);
});

test("files that are not committed, and a tag that nobody follows, are said at the end", () => {
  const base = { kind: "nothing" } as const;
  expect(detailOf(base, { uncommitted: 1, followers: [] }).slice(-2)).toEqual([
    "No OCIRepository of this repository follows that tag.",
    "1 file is not committed and will be published all the same.",
  ]);
  expect(detailOf(base).join()).not.toMatch(/follows|committed/);
  expect(detailOf(base, { followers: undefined }).join()).not.toMatch(/follows/);
});
