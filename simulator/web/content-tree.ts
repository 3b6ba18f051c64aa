/** Builds a tree from contents that are already in memory, with the same ids as Git gives them. */
import type { FileTree, TreeFile } from "../ports.ts";

/** `bytes` is absent for symlinks and for files that were too large to read. */
export interface ContentFile {
  readonly kind: "file" | "symlink";
  readonly size: number;
  readonly bytes?: Uint8Array;
}

/** There is no commit, so the revision is the digest of all ids. */
export async function createContentTree(
  label: string,
  contents: ReadonlyMap<string, TreeFile>,
): Promise<FileTree> {
  const files = new Map([...contents].sort(([a], [b]) => (a < b ? -1 : 1)));
  const list = [...files].map(([path, { id }]) => `${id} ${path}\n`).join("");
  return { label, revision: `sha1:${await sha1(new TextEncoder().encode(list))}`, files };
}

export async function toTreeFile({ kind, size, bytes }: ContentFile): Promise<TreeFile> {
  if (!bytes)
    return { id: await gitBlobId(new TextEncoder().encode(`${kind} ${size}`)), size, kind };
  return { id: await gitBlobId(bytes), size: bytes.byteLength, kind, bytes };
}

/** SHA-1 of `blob <size>\0<content>`. */
async function gitBlobId(bytes: Uint8Array): Promise<string> {
  const header = new TextEncoder().encode(`blob ${bytes.byteLength}\0`);
  const whole = new Uint8Array(header.byteLength + bytes.byteLength);
  whole.set(header);
  whole.set(bytes, header.byteLength);
  return sha1(whole);
}

async function sha1(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
