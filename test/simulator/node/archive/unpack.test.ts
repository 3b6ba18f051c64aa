/** Archives that honest programs make, and others. */
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import type { SourceAnswer } from "#simulator";

import { unpackTarGzip } from "../../../../simulator/node/archive/unpack.ts";
import { defaultLimits, type TreeLimits } from "../../../../simulator/node/read-tree.ts";
import { type ArchiveEntry, tarGzip } from "../../../support/archives.ts";
import { failureOf } from "../../../support/fetch-context.ts";

const signal = new AbortController().signal;

async function unpacked(
  content: Parameters<typeof tarGzip>[0],
  limits: Partial<TreeLimits> = {},
): Promise<readonly (readonly [string, string | undefined])[]> {
  const all = { ...defaultLimits, ...limits };
  const { files } = await unpackTarGzip(await tarGzip(content), all, "The archive", signal);
  return [...files].map(([path, { bytes }]) => [path, bytes && new TextDecoder().decode(bytes)]);
}

function refusal(packed: Uint8Array, limits: Partial<TreeLimits> = {}): Promise<string> {
  const all = { ...defaultLimits, ...limits };
  const result = unpackTarGzip(packed, all, "The archive", signal);
  return failureOf(
    result.then(({ files }): SourceAnswer => {
      return { outcome: "available", tree: { label: "", revision: "", files } };
    }),
  );
}

describe("takes", () => {
  it("files by their cleaned path, the last of the same name", async () => {
    const entries: readonly ArchiveEntry[] = [
      { name: "./", type: "directory" },
      { name: "./a/b.yaml", body: "first" },
      { name: "a//b.yaml", body: "second" },
      { name: `${"deep/".repeat(40)}end.yaml`, body: "long name" },
    ];
    expect(await unpacked(entries)).toEqual([
      ["a/b.yaml", "second"],
      [`${"deep/".repeat(40)}end.yaml`, "long name"],
    ]);
  });

  it("nothing of symbolic links, and the empty entry of a hard link", async () => {
    const entries: readonly ArchiveEntry[] = [
      { name: "real.yaml", body: "real" },
      { name: "outside.yaml", type: "symlink", linkname: "/etc/passwd" },
      { name: "same.yaml", type: "link", linkname: "real.yaml" },
    ];
    expect(await unpacked(entries)).toEqual([
      ["real.yaml", "real"],
      ["same.yaml", ""],
    ]);
  });

  it("a large file without its content", async () => {
    const limits = { maxFileBytes: 3 };
    expect(await unpacked({ "large.bin": "four", "small.txt": "3 b" }, limits)).toEqual([
      ["large.bin", undefined],
      ["small.txt", "3 b"],
    ]);
  });

  it("a small archive, however repetitive", async () => {
    const { files } = await unpackTarGzip(
      await tarGzip({ "a.txt": "x".repeat(8_000_000) }),
      defaultLimits,
      "it",
      new AbortController().signal,
    );
    expect(files.get("a.txt")?.size).toBe(8_000_000);
  });

  it("bytes that own their memory, so that handing them on copies nothing else", async () => {
    const packed = await tarGzip({ "a.yaml": "a", "b.yaml": "b".repeat(100_000) });
    const { files } = await unpackTarGzip(packed, defaultLimits, "The archive", signal);
    const bytes = files.get("a.yaml")?.bytes;
    expect([bytes?.constructor, bytes?.buffer.byteLength]).toEqual([Uint8Array, 1]);
  });
});

describe("refuses", () => {
  it.each<readonly [string, ArchiveEntry]>([
    ["a path upwards", { name: "../evil.yaml", body: "x" }],
    ["a path upwards in the middle", { name: "a/../../evil.yaml", body: "x" }],
    ["a path that ends upwards", { name: "a/..", body: "x" }],
    ["an absolute path", { name: "/etc/passwd", body: "x" }],
    ["a path of Windows", { name: "a\\..\\b", body: "x" }],
    ["a character device", { name: "null", type: "character-device" }],
    ["a block device", { name: "disk", type: "block-device" }],
    ["a named pipe", { name: "pipe", type: "fifo" }],
    [
      "a path upwards in a symbolic link's own name",
      { name: "../l", type: "symlink", linkname: "x" },
    ],
  ])("%s", async (_, entry) => {
    expect(await refusal(await tarGzip([{ name: "ok.yaml", body: "ok" }, entry]))).toBe("invalid");
  });

  it("a file that is also a folder", async () => {
    const asFolder = [
      { name: "a", body: "x" },
      { name: "a/b", body: "x" },
    ];
    expect(await refusal(await tarGzip(asFolder))).toBe("invalid");
    expect(await refusal(await tarGzip([...asFolder].reverse()))).toBe("invalid");
  });

  it("what unpacks to more than is allowed, or to two hundred times its size", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    expect(await refusal(bomb)).toBe("too-large");
    const large = await tarGzip({ "a.txt": "x".repeat(2_000_000) });
    expect(await refusal(large, { maxTotalBytes: 1_000_000 })).toBe("too-large");
  });

  it("more entries than are allowed", async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, ""]));
    expect(await refusal(await tarGzip(many), { maxFiles: 19 })).toBe("too-large");
  });

  it("what is cut off, damaged or no archive at all", async () => {
    const whole = await tarGzip({ "a.txt": "content ".repeat(1000) });
    expect(await refusal(whole.subarray(0, whole.byteLength - 20))).toBe("invalid");
    expect(await refusal(gzipSync("no archive ".repeat(100)))).toBe("invalid");
    expect(await refusal(new TextEncoder().encode("<html>not found</html>"))).toBe("invalid");
    expect(await refusal(new Uint8Array())).toBe("invalid");
    const tar = gzipSync(Buffer.concat([Buffer.from("a.txt"), Buffer.alloc(2000, 1)]));
    expect(await refusal(tar)).toBe("invalid");
  });

  it("an entry that says it has more than there is", async () => {
    const { gunzipSync } = await import("node:zlib");
    const tar = gunzipSync(await tarGzip({ "a.txt": "x".repeat(5000) }));
    expect(await refusal(gzipSync(tar.subarray(0, 2048)))).toBe("invalid");
  });
});
