/** The objects of a file as `Kind namespace/name`, with their fields two levels down. */
import type { DocumentSymbol, Range } from "vscode-languageserver";
import { SymbolKind } from "vscode-languageserver";

import { fluxKinds } from "#simulator";

import type { EmbeddedBlock } from "../manifest/embedded-parts.ts";
import { embeddedBlocks } from "../manifest/embedded-parts.ts";
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import { rangeOf } from "../manifest/manifest-file.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Span, Value } from "../manifest/value.ts";
import type { FolderModel } from "../workspace/folder-model.ts";

export function documentSymbols({ model }: FolderModel, path: string): readonly DocumentSymbol[] {
  const file = model.manifest(path);
  return file?.parts.flatMap((part) => ofDocument(file, part)) ?? [];
}

/** Names of an object, as every symbol writes it. */
export function symbolName(object: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  const { kind, namespace, name } = object;
  const full = namespace === "" ? name : `${namespace}/${name}`;
  return [kind, full].filter((part) => part !== "").join(" ");
}

export function symbolKind(kind: string): SymbolKind {
  const role = fluxKinds.find((row) => row.kind === kind)?.role;
  switch (role) {
    case "source":
      return SymbolKind.Package;
    case "applier":
    case "generator":
    case "instance":
      return SymbolKind.Module;
    case "automation":
    case "notification":
    case "report":
      return SymbolKind.Event;
    case undefined:
      return kind === "Namespace" ? SymbolKind.Namespace : SymbolKind.Object;
  }
}

const maxDepth = 2;

function ofDocument(file: ManifestFile, part: FilePart): readonly DocumentSymbol[] {
  const { document } = part;
  const { root } = document;
  if (!root) return [];
  const fields = ofFields(file, part, root, 1, embeddedBlocks(document));
  // Values files and the like have no name of their own: their fields are their outline.
  if (document.kind === "") return fields;
  const whole = rangeOf(file, part, root.span);
  const at = root.at("metadata", "name")?.span ?? root.get("kind")?.span ?? root.span;
  return [
    {
      name: symbolName(document),
      kind: symbolKind(document.kind),
      range: whole,
      selectionRange: within(whole, rangeOf(file, part, at)),
      children: [...fields],
      ...detailOf(document),
    },
  ];
}

function detailOf({ apiVersion }: ManifestDocument): Pick<DocumentSymbol, "detail"> {
  return apiVersion === "" ? {} : { detail: apiVersion };
}

function ofFields(
  file: ManifestFile,
  part: FilePart,
  value: Value,
  depth: number,
  blocks: readonly EmbeddedBlock[],
): readonly DocumentSymbol[] {
  return value.entries
    .filter(({ key }) => key !== "")
    .map(({ key, keySpan, value: child }) => {
      const end = Math.max(keySpan[1], child.span[1]);
      const span: Span = [keySpan[0], end];
      const range = rangeOf(file, part, span);
      const inside = blocks.filter(({ span: [from] }) => keySpan[0] <= from && from <= end);
      const below =
        depth < maxDepth && child.isMap
          ? ofFields(file, part, child, depth + 1, inside)
          : ofBlocks(file, part, inside);
      return {
        name: key,
        kind: child.isMap || child.items.length > 0 ? SymbolKind.Struct : SymbolKind.Field,
        range,
        selectionRange: within(range, rangeOf(file, part, keySpan)),
        ...(below.length > 0 && { children: [...below] }),
      };
    });
}

/** Objects in texts inside of the text: patches, templates, manifests in a ConfigMap. */
function ofBlocks(
  file: ManifestFile,
  part: FilePart,
  blocks: readonly EmbeddedBlock[],
): readonly DocumentSymbol[] {
  return blocks.flatMap((block) =>
    block.parts.flatMap(({ start, document }) =>
      ofDocument(file, { start: part.start + start, document }),
    ),
  );
}

/** Clients refuse a selection outside of its symbol; an alias can be written before what it stands for. */
function within(outer: Range, inner: Range): Range {
  const isInside =
    (inner.start.line > outer.start.line ||
      (inner.start.line === outer.start.line && inner.start.character >= outer.start.character)) &&
    (inner.end.line < outer.end.line ||
      (inner.end.line === outer.end.line && inner.end.character <= outer.end.character));
  return isInside ? inner : { start: outer.start, end: outer.start };
}
