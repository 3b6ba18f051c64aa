/** Packs that anybody may have made: nothing of them lands where the cache itself would not have written it. */
import { createHash } from "node:crypto";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { bringPacks } from "../../../../simulator/node/shared-cache/bring-packs.ts";
import { makePack, merged, readPack } from "../../../../simulator/node/shared-cache/pack.ts";
import { maxPackBytes, packRef } from "../../../../simulator/node/shared-cache/pack-store.ts";
import type { PackRef, PackStore } from "../../../../simulator/node/shared-cache/pack-store.ts";
import { tarGzip } from "../../../support/archives.ts";
import type { ArchiveEntry } from "../../../support/archives.ts";
import { filesBelow } from "../../../support/shared-cache.ts";
import { temporaryFolder } from "../../../support/temporary-repository.ts";

const signal = new AbortController().signal;
const hex = (text: string): string => createHash("sha256").update(text).digest("hex");
const answer = `answers-1/${hex("build")}/${hex("question")}.json`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const blobOf = (text: string): string =>
  createHash("sha1").update(`blob ${text.length}\0${text}`).digest("hex");

async function namesIn(content: readonly ArchiveEntry[]): Promise<readonly string[]> {
  const files = await readPack(await tarGzip(content), "the pack", signal);
  return files.map(({ path }) => path);
}

/** A store that holds these packs. */
function storeOf(packs: readonly Uint8Array[]): PackStore {
  const refs = packs.map((bytes, at) => ({
    ...{ digest: `sha256:${hex(String(at))}`, size: bytes.byteLength },
    ...{ made: "2026-01-01T00:00:00Z", used: "2026-01-01" },
  }));
  return {
    shown: "the store",
    indexes: () => Promise.resolve([refs]),
    ownIndex: () => Promise.resolve(refs),
    read: (ref) => Promise.resolve(packs[refs.indexOf(ref as (typeof refs)[0])] ?? bytesOf("")),
    write: () => Promise.resolve(),
  };
}

describe("a pack", () => {
  test("is the same for the same files in any order", async () => {
    const files = [
      { path: answer, bytes: bytesOf("[1]") },
      { path: answer.replace(/.\.json/, "0.json"), bytes: bytesOf("[2]") },
    ];
    expect((await makePack(files)).digest).toBe((await makePack(files.toReversed())).digest);
  });

  test("gives files that the cache writes, whose contents are what their names say", async () => {
    const id = blobOf("content");
    const good = { name: `sources-2/blobs/${id.slice(0, 2)}/${id}`, body: "content" };
    expect(await namesIn([good, { name: answer, body: "[1]" }])).toEqual([good.name, answer]);
    const other = blobOf("other");
    expect(
      await namesIn([
        { name: `sources-2/blobs/${other.slice(0, 2)}/${other}`, body: "content" },
        { name: `sources-2/blobs/00/${id}`, body: "content" },
        { name: `sources-2/entries/${hex("key")}`, body: `${hex("x")}\n{}\n{}` },
        { name: answer, body: "no list" },
        { name: answer.replace(".json", ".js"), body: "[1]" },
        { name: "answers-1/swept", body: "" },
        { name: "sources-2/locks/a", body: "a" },
        { name: ".bashrc", body: "a" },
      ]),
    ).toEqual([]);
  });
});

test.each<readonly [string, readonly ArchiveEntry[] | string]>([
  ["a path that leads out", [{ name: `../${answer}`, body: "[1]" }]],
  ["an absolute path", [{ name: "/etc/passwd", body: "a" }]],
  ["a bomb", [{ name: answer, body: new Uint8Array(64 * 1024 * 1024) }]],
  ["no archive", "garbage"],
])("of a pack with %s nothing is kept, and the others are", async (_, content) => {
  const cacheDir = temporaryFolder();
  const hostile = typeof content === "string" ? bytesOf(content) : await tarGzip(content);
  const good = await makePack([{ path: answer, bytes: bytesOf("[1]") }]);
  const brought = await bringPacks(storeOf([hostile, good.bytes]), cacheDir, signal);
  expect(brought.notes).toHaveLength(1);
  expect([...brought.broken]).toEqual([`sha256:${hex("0")}`]);
  expect(filesBelow(cacheDir)).toEqual([join(cacheDir, answer)]);
});

test("a gigabyte of packs is brought, the newest, and no more", async () => {
  const refs = Array.from({ length: 6 }, (_, at) => ({
    ...{ digest: `sha256:${hex(String(at))}`, size: maxPackBytes },
    ...{ made: `2026-01-0${at + 1}T00:00:00Z`, used: "2026-01-01" },
  }));
  const read: PackRef[] = [];
  const store: PackStore = {
    ...storeOf([]),
    indexes: () => Promise.resolve([refs.slice(0, 3), refs.slice(2)]),
    read: (ref) => {
      read.push(ref);
      return Promise.resolve(bytesOf(""));
    },
  };
  await bringPacks(store, temporaryFolder(), signal);
  expect(read).toEqual(refs.slice(2).toReversed());
});

test("a symbolic link is not followed and not made", async () => {
  const name = `answers-1/${hex("build")}`;
  const link = { name, type: "symlink", linkname: "/tmp" } as const;
  expect(await namesIn([link])).toEqual([]);
});

test("answers of several packs to one question come together", () => {
  const file = (text: string): { path: string; bytes: Uint8Array } => ({
    path: answer,
    bytes: bytesOf(text),
  });
  const text = (one: string, other: string): string | undefined => {
    const both = merged(file(one), file(other));
    return both && new TextDecoder().decode(both.bytes);
  };
  expect(text("[1,2]", "[2,3]")).toBe("[1,2,3]");
  expect(text("[1,2]", "[2]")).toBeUndefined();
  expect(text("[1,2,3,4,5,6,7]", "[8,9]")).toBe("[1,2,3,4,5,6,7,8]");
  expect(text("[1,2,3,4,5,6,7,8]", "[9]")).toBeUndefined();
});

test.each([
  { digest: "sha256:../../x", size: 1 },
  { digest: `sha512:${hex("a")}`, size: 1 },
  { digest: `sha256:${hex("a")}`, size: -1 },
  { digest: `sha256:${hex("a")}`, size: 1e12 },
  { digest: `sha256:${hex("a")}`, size: 1, used: "never" },
])("an index may not lead to %j", (ref) => {
  expect(packRef({ made: "2026-01-01T00:00:00Z", used: "2026-01-01", ...ref })).toBeUndefined();
});
