/** Where objects are written, by kind and name, out of the headlines of all files. Namespaces are decided when someone asks. */
import type { SourceFile } from "./source-file.ts";

export interface Written {
  readonly path: string;
  /** 0-based line of the name. */
  readonly line: number;
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

const written = new WeakMap<SourceFile, readonly Written[]>();

export function writtenIn(file: SourceFile): readonly Written[] {
  let known = written.get(file);
  if (!known) written.set(file, (known = readWritten(file)));
  return known;
}

function readWritten(file: SourceFile): readonly Written[] {
  // The quick scan does not follow aliases.
  if (
    file.headlines.some(({ name, namespace }) => /^[*&]/.test(name + namespace)) &&
    file.manifest
  ) {
    const { parts, lines } = file.manifest;
    return parts.flatMap(({ start, document }) =>
      document.kind === ""
        ? []
        : [
            {
              path: file.path,
              line: lineOf(lines, start + (document.root?.at("metadata", "name")?.span[0] ?? 0)),
              apiVersion: document.apiVersion,
              group: document.group,
              kind: document.kind,
              name: document.name,
              namespace: document.namespace,
            },
          ],
    );
  }
  return file.headlines.map(({ apiVersion, kind, name, namespace, nameLine }) => ({
    path: file.path,
    line: nameLine - 1,
    apiVersion,
    group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
    kind,
    name,
    namespace,
  }));
}

function lineOf(lines: readonly number[], offset: number): number {
  return Math.max(
    0,
    lines.findLastIndex((start) => start <= offset),
  );
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
