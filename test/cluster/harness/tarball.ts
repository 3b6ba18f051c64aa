/** Packs files into a `.tgz`, the same bytes for the same files everywhere: charts, and layers of OCI artifacts. */
import { createHash } from "node:crypto";
import { deflateRawSync, crc32 } from "node:zlib";

export type Files = Readonly<Record<string, string | Uint8Array>>;

const block = 512;

/** A gzip stream whose header has neither a time nor an operating system. */
export function packTarball(files: Files): Uint8Array {
  const tar = Buffer.concat([
    ...Object.keys(files)
      .sort()
      .flatMap((path) => entry(path, Buffer.from(files[path] ?? ""))),
    Buffer.alloc(2 * block),
  ]);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(tar), 0);
  tail.writeUInt32LE(tar.length % 2 ** 32, 4);
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  return Buffer.concat([head, deflateRawSync(tar, { level: 9 }), tail]);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function entry(path: string, content: Buffer): readonly Buffer[] {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for a test archive`);
  const header = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number): void =>
    void header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at);
  header.write(path, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(0, 136, 12);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  header.write(" ", 155);
  return [header, content, Buffer.alloc((block - (content.length % block)) % block)];
}
