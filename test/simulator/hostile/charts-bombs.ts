/** What hostile charts are made of: texts that expand, and archives that no packer would write. */
import { gzipSync } from "node:zlib";

/** Ten aliases to ten aliases and so on: a kilobyte that stands for a thousand million values. */
export function aliasBomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level++)
    lines.push(
      `a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`,
    );
  return `${lines.join("\n")}\n`;
}

export function nestedLists(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

export interface TarEntry {
  readonly name: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** A symbolic link to this. */
  readonly link?: string;
}

const block = 512;

/** A packed tar archive with names as they are given, whatever they are. */
export function tarball(entries: readonly TarEntry[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    const content = entry.bytes ?? new TextEncoder().encode(entry.text ?? "");
    const padding = new Uint8Array((block - (content.length % block)) % block);
    return [header(entry, content.length), content, padding];
  });
  return new Uint8Array(gzipSync(Buffer.concat([...parts, new Uint8Array(2 * block)])));
}

function header({ name, link }: TarEntry, size: number): Uint8Array {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number): void => {
    bytes.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  };
  bytes.write(name, 0, 100, "utf8");
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write(link === undefined ? "0" : "2", 156, "latin1");
  if (link !== undefined) bytes.write(link, 157, 100, "utf8");
  bytes.write("ustar\u000000", 257, "latin1");
  bytes.fill(" ", 148, 156);
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return bytes;
}
