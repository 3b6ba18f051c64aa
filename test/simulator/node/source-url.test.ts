/** The addresses and names that are let through to whatever fetches, one rule at a time. */
import { describe, expect, it } from "vitest";

import { RefusedError } from "../../../simulator/node/network-guard.ts";
import {
  gitUrl,
  httpUrl,
  isSafeRef,
  withoutCredentials,
} from "../../../simulator/node/source-url.ts";

describe("the address of a repository", () => {
  it.each([
    ["https://example.test/a", "https://example.test/a"],
    ["http://[::1]:8080/a", "http://[::1]:8080/a"],
    ["git@example.test:me/repo", "ssh://git@example.test/me/repo"],
    ["example.test:repo", "ssh://git@example.test/repo"],
    ["git::https://example.test/a", "https://example.test/a"],
    ["git+ssh://example.test/a", "ssh://example.test/a"],
    ["git://example.test/a", "git://example.test/a"],
  ])("%s", (text, href) => {
    expect(gitUrl(text).href).toBe(href);
  });

  it.each([
    "file:///etc",
    "ext::sh -c id",
    "ftp://example.test/a",
    "/etc",
    "",
    // What ssh and git would take for an option.
    "ssh://-v/a",
    "git://-v/a",
    "-v:a",
    "ssh://-oProxyCommand=id/a",
    "ssh://a%20b/a",
    "ssh://a$(id)/a",
  ])("is none: %j", (text) => {
    expect(() => gitUrl(text)).toThrow(RefusedError);
  });
});

describe("the address of a file", () => {
  it("is http or https", () => {
    expect(httpUrl("http://example.test/a").href).toBe("http://example.test/a");
    expect(httpUrl("https://example.test/a").href).toBe("https://example.test/a");
  });

  it.each(["file:///etc/passwd", "ftp://example.test/a", "data:,a", "ssh://a/b", "a b"])(
    "is none: %j",
    (text) => {
      expect(() => httpUrl(text)).toThrow(RefusedError);
    },
  );
});

describe("the name of a revision", () => {
  it.each(["main", "v1.2.3", "refs/pull/1/head", "feature/a+b", "a@b", "release-1.0"])(
    "%s",
    (ref) => {
      expect(isSafeRef(ref)).toBe(true);
    },
  );

  it.each([
    "--upload-pack=id",
    "-v",
    "+refs/heads/*",
    "a..b",
    "HEAD@{1}",
    "a:b",
    "a b",
    "a\nb",
    "a\0",
    "a*",
    "^a",
    "a~1",
    "$(id)",
    "",
  ])("is none: %j", (ref) => {
    expect(isSafeRef(ref)).toBe(false);
  });
});

it("an address is shown without its password", () => {
  expect(withoutCredentials("https://me:secret@example.test/a")).toBe("https://example.test/a");
  expect(withoutCredentials("ssh://git:secret@example.test/a")).toBe("ssh://git@example.test/a");
  expect(withoutCredentials("no address")).not.toContain("no address");
});
