/** Answers of a person to the questions of setting up Flux. */
import { expect, test } from "vitest";

import { bootstrapSource, checkUrl } from "../../../extension/model/bootstrap-answers.ts";

test.each(["https://host/org/fleet", "ssh://git@host/org/fleet", "oci://host/org/fleet"])(
  "%s is an address",
  (url) => expect(checkUrl(url)).toBeUndefined(),
);

test.each(["", "fleet", "http://host/org", "https://host", "https://host/a b"])(
  "%j is none",
  (url) => expect(checkUrl(url)).toMatch(/^It begins with https/),
);

test("a branch belongs to Git, a tag to an artifact, and neither has to be said", () => {
  expect(bootstrapSource("https://h/r", " main ")).toEqual({
    kind: "git",
    url: "https://h/r",
    branch: "main",
  });
  expect(bootstrapSource("oci://h/r", "v1")).toEqual({ kind: "oci", url: "oci://h/r", tag: "v1" });
  expect(bootstrapSource("oci://h/r", "")).toEqual({ kind: "oci", url: "oci://h/r" });
});
