/** The schemas that a workspace brings itself: its CustomResourceDefinitions, read once for each file. */
import { parseAllDocuments } from "yaml";

import type { KindSchema, SchemaSource } from "../schema/catalog.ts";
import { crdSource, readCrd } from "../schema/crd.ts";
import type { SourceFile } from "./source-file.ts";
import { lineOfPiece } from "./source-file.ts";

const perFile = new WeakMap<SourceFile, readonly KindSchema[]>();
const perSource = new WeakMap<SchemaSource, readonly SourceFile[]>();

/** `previous` itself when no file with a CRD differs. */
export function workspaceSchemas(
  files: ReadonlyMap<string, SourceFile>,
  previous: SchemaSource | undefined,
): SchemaSource {
  const holding = [...files.values()].filter((file) => file.isYaml && holdsCrd(file));
  const before = previous && perSource.get(previous);
  const isSame =
    before?.length === holding.length && holding.every((file, at) => file === before[at]);
  if (previous && isSame) return previous;
  const source = crdSource(holding.flatMap(kindsIn));
  perSource.set(source, holding);
  return source;
}

function holdsCrd({ headlines }: SourceFile): boolean {
  return headlines.some((own) => own.some(({ kind }) => kind === "CustomResourceDefinition"));
}

function kindsIn(file: SourceFile): readonly KindSchema[] {
  let known = perFile.get(file);
  if (!known) perFile.set(file, (known = read(file)));
  return known;
}

/** Parsed apart from the file's documents, which need not be kept. */
function read(file: SourceFile): readonly KindSchema[] {
  const { path, text } = file;
  if (text === undefined) return [];
  const documents = parseAllDocuments(text, {
    uniqueKeys: false,
    logLevel: "silent",
    prettyErrors: false,
  });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const name: unknown = document.getIn(["metadata", "name"]);
    const line = lineOfName(file, name);
    if (document.errors.length > 0 || document.get("kind") !== "CustomResourceDefinition")
      return [];
    return readCrd(toPlain(document), { from: "workspace", path, line });
  });
}

function toPlain(document: { toJS(options: { maxAliasCount: number }): unknown }): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** 1-based. */
function lineOfName(file: SourceFile, name: unknown): number {
  for (const [ordinal, own] of file.headlines.entries()) {
    const found = own.find((one) => one.name === name);
    if (found) return lineOfPiece(file, ordinal) + found.line;
  }
  return 1;
}
