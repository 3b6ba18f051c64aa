/** Where objects are written, by kind and name, out of the headlines of all files. Namespaces are decided when someone asks. */
import { Slot } from "../manifest/memory.ts";
import type { SourceFile } from "./source-file.ts";
import { lineOfPiece } from "./source-file.ts";

export interface Written {
  readonly path: string;
  /** Which document of the file it is; `lineOf` says where that stands. */
  readonly ordinal: number;
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** As written; empty when it is not. */
  readonly namespace: string;
}

export interface ObjectIndex {
  named(kind: string, name: string): readonly Written[];
  ofKind(kind: string): readonly Written[];
  readonly all: readonly Written[];
  /** Names that hold a variable or come from a template, by kind: they may become any name that fits. */
  mayBecome(kind: string, name: string): boolean;
}

const written = new Slot<SourceFile, readonly Written[]>();

function writtenIn(file: SourceFile): readonly Written[] {
  let known = written.get(file);
  if (!known) written.set(file, (known = readWritten(file)));
  return known;
}

function readWritten(file: SourceFile): readonly Written[] {
  // The quick scan does not follow aliases.
  if (hasAlias(file) && file.manifest)
    return file.manifest.parts.flatMap(({ document }, ordinal) =>
      document.kind === "" ? [] : [toWritten(file.path, ordinal, document)],
    );
  return file.headlines.flatMap((own, ordinal) =>
    own.map((one) => toWritten(file.path, ordinal, one)),
  );
}

const aliasing = new Slot<SourceFile, boolean>();

function hasAlias(file: SourceFile): boolean {
  let known = aliasing.get(file);
  if (known === undefined) aliasing.set(file, (known = file.headlines.some(namesAlias)));
  return known;
}

function namesAlias(own: readonly Pick<Written, "name" | "namespace">[]): boolean {
  return own.some(({ name, namespace }) => /^[*&]/.test(name + namespace));
}

/** Whether the same objects are written in both, in the same documents. Documents that were not edited need no look. */
export function sameWritten(old: SourceFile, file: SourceFile): boolean {
  const [before, after] = [old.headlines, file.headlines];
  const isSame =
    before.length === after.length &&
    before.every((own, at) => own === after[at] || areSame(own, after[at] ?? []));
  if (!isSame) return false;
  const hasAliases = hasAlias(old);
  aliasing.set(file, hasAliases);
  return !hasAliases || areSame(writtenIn(old), writtenIn(file));
}

type Named = Pick<Written, "kind" | "name" | "namespace" | "apiVersion"> & {
  readonly ordinal?: number;
};

function areSame(before: readonly Named[], after: readonly Named[]): boolean {
  return (
    before.length === after.length &&
    before.every((one, at) => {
      const other = after[at];
      return (
        one.ordinal === other?.ordinal &&
        one.name === other?.name &&
        one.kind === other.kind &&
        one.namespace === other.namespace &&
        one.apiVersion === other.apiVersion
      );
    })
  );
}

function toWritten(
  path: string,
  ordinal: number,
  { apiVersion, kind, name, namespace }: Omit<Written, "path" | "ordinal" | "group">,
): Written {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  return { path, ordinal, apiVersion, group, kind, name, namespace };
}

/** 0-based line of the name. Edits above move it, while the index stays the same. */
export function lineOf(
  { files }: { readonly files: ReadonlyMap<string, SourceFile> },
  { path, ordinal, name }: Pick<Written, "path" | "ordinal" | "name">,
): number {
  const file = files.get(path);
  if (!file) return 0;
  const line = file.headlines[ordinal]?.find((one) => one.name === name)?.nameLine ?? 1;
  return lineOfPiece(file, ordinal) + line - 1;
}

export function buildObjectIndex(files: Iterable<SourceFile>): ObjectIndex {
  const all: Written[] = [];
  const byKind = new Map<string, Written[]>();
  const byName = new Map<string, Written[]>();
  const templates = new Map<string, RegExp[]>();
  for (const file of files) {
    for (const one of writtenIn(file)) {
      if (one.kind === "") continue;
      all.push(one);
      append(byKind, one.kind, one);
      append(byName, `${one.kind}/${one.name}`, one);
      if (isTemplated(one.name)) append(templates, one.kind, patternOf(one.name));
    }
  }
  return {
    all,
    named: (kind, name) => byName.get(`${kind}/${name}`) ?? [],
    ofKind: (kind) => byKind.get(kind) ?? [],
    mayBecome: (kind, name) =>
      (templates.get(kind) ?? []).some((pattern) => pattern.test(name)) ||
      (templates.get("*") ?? []).some((pattern) => pattern.test(name)),
  };
}

/** Whether a text holds something that only a substitution or a template gives. */
export function isTemplated(text: string): boolean {
  return /\$\{|<<|\{\{|^ENC\[/.test(text);
}

/** `${APP}-config` fits `x-config`. Texts around variables are taken literally. */
function patternOf(name: string): RegExp {
  const literal = name
    .split(/\$\{[^}]*\}|<<.*?>>|\{\{.*?\}\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join("[^/]*")}$`);
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
