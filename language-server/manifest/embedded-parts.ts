/**
 * YAML inside of block scalars of a document: inline patches, templates of a ResourceSet, manifests in a ConfigMap. The lines keep
 * their indentation, which YAML allows at the top of a document too, so that offsets need no map: each is a part of the file like
 * any other, which begins where the block does.
 */
import { isScalar } from "yaml";

import { fluxKindOf } from "#simulator";

import { flux, kustomizeGroup } from "./flux-names.ts";
import type { ManifestDocument } from "./manifest-document.ts";
import { derived, parseManifestDocument } from "./manifest-document.ts";
import type { FilePart } from "./manifest-file.ts";
import { Slot } from "./memory.ts";
import type { Span, Value } from "./value.ts";

export type EmbeddedLanguage =
  /** A part of an object, or operations of a JSON patch. */
  | "patch"
  /** Whole objects, with templates in them. */
  | "manifests"
  /** Whatever a ConfigMap or a Secret keeps under the name of a YAML file. */
  | "data";

export interface EmbeddedBlock {
  readonly language: EmbeddedLanguage;
  /** The scalar around. */
  readonly holder: Value;
  /** Which objects a patch is for, when that stands beside it. */
  readonly target: Value | undefined;
  /** Of the text without its header, in the document. */
  readonly span: Span;
  /** Its documents, parsed when first asked for. `start` counts from the start of the document around. */
  readonly parts: readonly FilePart[];
}

export const embeddedBlocks = derived((document: ManifestDocument): readonly EmbeddedBlock[] =>
  document.root ? [...blocksIn(document, document.root)] : [],
);

export interface EmbeddedPart {
  readonly block: EmbeddedBlock;
  /** `start` counts as that of the part around does. */
  readonly part: FilePart;
}

/** The innermost document in a document of a file, at an offset of the file. */
export function embeddedAt(around: FilePart, offset: number): EmbeddedPart | undefined {
  const inside = offset - around.start;
  const block = embeddedBlocks(around.document).find(
    ({ span: [start, end] }) => start <= inside && inside <= end,
  );
  const found = block?.parts.findLast(({ start }) => start <= inside);
  if (!block || !found) return undefined;
  const part = { start: around.start + found.start, document: found.document };
  return embeddedAt(part, offset) ?? { block, part };
}

/**
 * Patches and templates in a document, in the order of the text, those inside of them behind them. What a ConfigMap keeps is
 * nobody's object, and is left out.
 */
export function* embeddedParts(around: FilePart): Generator<EmbeddedPart> {
  for (const block of embeddedBlocks(around.document)) {
    if (block.language === "data") continue;
    for (const { start, document } of block.parts) {
      const part = { start: around.start + start, document };
      yield { block, part };
      yield* embeddedParts(part);
    }
  }
}

const roles = new Slot<ManifestDocument, "patch" | "manifest">();

/** What an embedded document is by its place; `undefined` for those that are none. */
export function embeddedRole(document: ManifestDocument): "patch" | "manifest" | undefined {
  return roles.get(document);
}

function* blocksIn(document: ManifestDocument, root: Value): Generator<EmbeddedBlock> {
  const isBuild = document.group === kustomizeGroup || document.kind === "";
  const spec = root.get("spec");
  const isFlux = document.apiVersion.includes("/") && fluxKindOf(document) !== undefined;
  const patched = [
    ...(isBuild ? [root] : []),
    ...(isFlux ? [spec, spec?.get("kustomize")] : []),
    ...(isFlux ? (spec?.get("postRenderers")?.items ?? []).map((one) => one.get("kustomize")) : []),
  ];
  for (const holder of patched) yield* patchesIn(document, holder);
  const template = isFlux ? spec?.get("resourcesTemplate") : undefined;
  if (template && document.kind === flux.ResourceSet)
    yield* blockAt(document, template, "manifests");
  if (document.group !== "" || (document.kind !== "ConfigMap" && document.kind !== "Secret"))
    return;
  for (const field of ["data", "stringData"])
    for (const { key, value } of root.get(field)?.entries ?? [])
      if (/\.ya?ml$/.test(key)) yield* blockAt(document, value, "data");
}

function* patchesIn(
  document: ManifestDocument,
  holder: Value | undefined,
): Generator<EmbeddedBlock> {
  for (const field of ["patches", "patchesJson6902"]) {
    for (const item of holder?.get(field)?.items ?? []) {
      const patch = item.get("patch");
      if (patch) yield* blockAt(document, patch, "patch", item.get("target"));
    }
  }
  for (const patch of holder?.get("patchesStrategicMerge")?.items ?? [])
    yield* blockAt(document, patch, "patch");
}

function* blockAt(
  document: ManifestDocument,
  holder: Value,
  language: EmbeddedLanguage,
  target?: Value,
): Generator<EmbeddedBlock> {
  const span = bodyOf(document, holder);
  if (!span) return;
  let parts: readonly FilePart[] | undefined;
  yield {
    language,
    holder,
    target,
    span,
    get parts() {
      parts ??= partsOf(document.text.slice(...span), span[0], language);
      return parts;
    },
  };
}

/** Only where each character of the text is one of the value: no folding, no escapes. */
function bodyOf({ text }: ManifestDocument, { node, span: [start, end] }: Value): Span | undefined {
  // An alias repeats what stands elsewhere.
  if (!isScalar(node) || node.range?.[0] !== start) return undefined;
  const source = text.slice(start, end);
  if (node.type === "BLOCK_LITERAL") {
    const body = source.indexOf("\n") + 1;
    return body === 0 ? undefined : [start + body, end];
  }
  const isQuoted = node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE";
  return isQuoted && !/[\n\\]|.''/.test(source) ? [start + 1, end - 1] : undefined;
}

function partsOf(text: string, start: number, language: EmbeddedLanguage): readonly FilePart[] {
  const indent = / *(?=\S)/.exec(text)?.[0].length ?? 0;
  const marks = text.matchAll(new RegExp(`^ {${indent}}---(?:[ \\t].*)?$`, "gm"));
  const cuts = [...marks].map(({ index, 0: mark }) => [index, index + mark.length] as const);
  const from = [0, ...cuts.map(([, end]) => end)];
  const to = [...cuts.map(([begin]) => begin), text.length];
  return from.flatMap((begin, at) => {
    const own = text.slice(begin, to[at]);
    if (own.trim() === "") return [];
    const document = parseManifestDocument(own);
    roles.set(document, language === "patch" ? "patch" : "manifest");
    return [{ start: start + begin, document }];
  });
}
