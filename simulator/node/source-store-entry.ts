/**
 * One entry of the store as text: the digest of the rest, a short head that lists can be made from, and the body with
 * the files. Credentials are no part of it; the key, which holds their digest, is only there as a digest itself.
 */
import { createHash } from "node:crypto";

import type { SourceRequest, TreeFile } from "#simulator";

import { isTreePath } from "./read-tree.ts";
import type { StoredName, StoredSource } from "./source-store.ts";

export interface EntryHead {
  readonly kind: SourceRequest["kind"];
  /** Without credentials. */
  readonly address: string;
  /** Branch, range, digest …, as it was asked for. */
  readonly version: string;
  readonly revision: string;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
  /** Of all files. */
  readonly bytes: number;
  readonly files: number;
}

export interface Entry {
  readonly head: EntryHead;
  readonly label: string;
  readonly revision: string;
  readonly digest?: string;
  readonly remarks?: readonly string[];
  /** Path, id, size, kind, and whether the content is kept. */
  readonly files: readonly (readonly [string, string, number, TreeFile["kind"], boolean])[];
}

type Body = Omit<Entry, "head"> & { readonly key: string };

export function writeEntry(key: string, name: StoredName, source: StoredSource): string {
  const { tree, fetchedAt, digest, remarks } = source;
  const files = [...tree.files].map(
    ([path, file]): Entry["files"][number] =>
      [
        ...[path, file.id, file.size, file.kind, file.bytes !== undefined],
      ] as unknown as Entry["files"][number],
  );
  const bytes = [...tree.files.values()].reduce(
    (sum, file) => sum + (file.bytes?.byteLength ?? 0),
    0,
  );
  const { kind, address, version } = name;
  const { label, revision } = tree;
  const head: EntryHead = {
    kind,
    address,
    version,
    revision,
    fetchedAt,
    bytes,
    files: files.length,
  };
  const body: Body = {
    ...{ key, label, revision, files },
    ...(digest !== undefined && { digest }),
    ...(remarks !== undefined && { remarks }),
  };
  const rest = `${JSON.stringify(head)}\n${JSON.stringify(body)}`;
  return `${sha256(rest)}\n${rest}`;
}

/** `undefined` for what is not whole, or not the entry of that key. */
export function parseEntry(text: string, key: string): Entry | undefined {
  const [digest = "", head, body] = text.split("\n", 3);
  if (head === undefined || body === undefined || sha256(`${head}\n${body}`) !== digest)
    return undefined;
  const { key: ownKey, ...entry } = JSON.parse(body) as Body;
  const isGood =
    ownKey === key && entry.files.every(([path, id]) => isTreePath(path) && /^[0-9a-f]+$/.test(id));
  return isGood ? { ...entry, head: JSON.parse(head) as EntryHead } : undefined;
}

/** The head alone, from the beginning of the text; not checked against the digest. */
export function parseHead(text: string): EntryHead | undefined {
  const [, head = "", more] = text.split("\n", 3);
  if (more === undefined) return undefined;
  try {
    return JSON.parse(head) as EntryHead;
  } catch {
    return undefined;
  }
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
