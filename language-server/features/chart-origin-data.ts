/** A value in a key of a ConfigMap or Secret: in its manifest, or in the file that a generator puts there. */
import type { Document } from "yaml";
import { LineCounter, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";

import type { FieldPath, Place } from "#simulator";

import { folderOf, joinPath } from "../model/kustomization-file.ts";
import { fieldIn, toStep } from "./line-origin.ts";

export interface DataSite {
  readonly key: string;
  readonly name: string;
  /** In the YAML of the key; empty for all of its text. */
  readonly path: FieldPath;
}

/** `declared` is where the object is named in `text`; `read` gives the text of another file. */
export function dataIn(
  text: string,
  declared: Place,
  site: DataSite,
  read: (path: string) => string | undefined,
): Place | undefined {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter, logLevel: "silent" });
  const offset = counter.lineStarts[(declared.line ?? 1) - 1] ?? 0;
  const document =
    "empty" in documents ? undefined : documents.find(({ range }) => range[2] > offset);
  if (!document) return undefined;
  const file = filesOf(document).find(
    (one) => one.key === site.key && isNamed(one.name, site.name),
  )?.file;
  if (file !== undefined) {
    const path = joinPath(folderOf(declared.path), file);
    const content = path === undefined ? undefined : read(path);
    if (path === undefined || content === undefined) return undefined;
    return fieldIn(content, { path, line: 1 }, site.path.map(toStep))?.place ?? { path, line: 1 };
  }
  for (const field of ["data", "stringData"]) {
    const steps = [field, site.key].map(toStep);
    const found = fieldIn(text, declared, steps);
    if (found?.isWhole !== true) continue;
    return inBlock(document, field, found.place, site);
  }
  return undefined;
}

/** A block begins on the line behind its key. */
function inBlock(
  { contents }: Document.Parsed,
  field: string,
  place: Place,
  { key, path }: DataSite,
): Place {
  const node: unknown = isMap(contents) ? contents.getIn([field, key], true) : undefined;
  if (!isScalar(node) || node.type !== "BLOCK_LITERAL" || path.length === 0) return place;
  const inner = fieldIn(String(node.value), { path: place.path, line: 1 }, path.map(toStep));
  return inner ? { path: place.path, line: (place.line ?? 1) + (inner.place.line ?? 0) } : place;
}

/** A file that a generator makes a key from. */
export interface GeneratedFile {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly key: string;
  /** As it is written in `files: [key=path]`; the key is the name of the file when it is left out. */
  readonly file: string;
}

export function generatedFiles(text: string): readonly GeneratedFile[] {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  return "empty" in documents ? [] : documents.flatMap(filesOf);
}

function filesOf({ contents }: Document.Parsed): readonly GeneratedFile[] {
  if (!isMap(contents)) return [];
  return generators.flatMap(([field, kind]) =>
    itemsOf(contents.get(field)).flatMap((item) => {
      if (!isMap(item)) return [];
      const name = String(item.get("name"));
      return itemsOf(item.get("files")).map((one) => {
        const written = isScalar(one) ? String(one.value) : "";
        const file = written.slice(written.indexOf("=") + 1);
        const key = written.includes("=")
          ? written.slice(0, written.indexOf("="))
          : file.slice(file.lastIndexOf("/") + 1);
        return { kind, name, key, file };
      });
    }),
  );
}

const generators = [
  ["configMapGenerator", "ConfigMap"],
  ["secretGenerator", "Secret"],
] as const;

function itemsOf(list: unknown): readonly unknown[] {
  return isSeq(list) ? list.items : [];
}

/** A generator adds a hash to the name. */
export function isNamed(written: string, name: string): boolean {
  return name.startsWith(written) && /^(?:-[a-z0-9]{10})?$/.test(name.slice(written.length));
}
