/** A file of the workspace as the model sees it: its text when it can be one, and what is derived from it, once. */
import type { Headline } from "#simulator";
import { headlines } from "#simulator";

import { derived } from "../manifest/manifest-document.ts";
import type { ManifestFile } from "../manifest/manifest-file.ts";
import { parseManifestFile, positionAt } from "../manifest/manifest-file.ts";
import { slices } from "../manifest/slices.ts";

/** Longer texts are not looked into: an object in etcd is at most 1.5 MB. */
const maxTextLength = 10_000_000;

/** A document as text. One that was parsed before is the parsed one, so what is remembered of it is kept through edits. */
export interface Piece {
  /** Offset in the file. */
  readonly start: number;
  /** To remember things by. */
  readonly document: { readonly text: string };
}

export interface SourceFile {
  readonly path: string;
  /** Equal ids are equal contents. */
  readonly id: string;
  readonly size: number;
  /** `undefined` for what is no text, too large, a link or a submodule. */
  readonly text: string | undefined;
  /** Whether it is written in YAML by its name. */
  readonly isYaml: boolean;
  /** A text of which nothing is read. */
  readonly isTooLarge: boolean;
  /** Of each of the documents, with lines that count from its start. */
  readonly headlines: readonly (readonly Headline[])[];
  /** The documents, unparsed as long as nobody needed them parsed. */
  readonly pieces: readonly Piece[];
  /** Parsed when first asked for. */
  readonly manifest: ManifestFile | undefined;
  /** What was parsed last, of this text or of one before it: its documents are taken over. */
  readonly lastParsed: ManifestFile | undefined;
}

export function createSourceFile(
  path: string,
  id: string,
  content: Uint8Array | string | undefined,
  previous?: SourceFile,
): SourceFile {
  const isYaml = /\.ya?ml$/i.test(path) || /(^|\/)Kustomization$/.test(path);
  const size = content?.length ?? 0;
  let text: { readonly value: string | undefined } | undefined;
  let lines: SourceFile["headlines"] | undefined;
  let pieces: readonly Piece[] | undefined;
  let manifest: { readonly value: ManifestFile | undefined } | undefined;
  let before = previous?.lastParsed;
  const readText = () => (text ??= { value: toText(content, isYaml) }).value;
  const parse = (): ManifestFile | undefined => {
    const own = readText();
    if (own === undefined || !isYaml) return undefined;
    return parseManifestFile(path, own, before);
  };
  const file: SourceFile = {
    path,
    id,
    size,
    isYaml,
    isTooLarge: size > maxTextLength,
    get text() {
      return readText();
    },
    get headlines() {
      lines ??= file.pieces.map(({ document }) => headlinesOf(document));
      return lines;
    },
    get pieces() {
      pieces ??= isYaml ? piecesOf(readText(), file.lastParsed && file.manifest) : [];
      return pieces;
    },
    get manifest() {
      if (!manifest) {
        manifest = { value: parse() };
        before = undefined;
      }
      return manifest.value;
    },
    get lastParsed() {
      return manifest ? manifest.value : before;
    },
  };
  return file;
}

/** With lines that count from the start of the document. */
const headlinesOf = derived(({ text }: { readonly text: string }) => headlines(text));

function piecesOf(text: string | undefined, manifest: ManifestFile | undefined): readonly Piece[] {
  if (manifest) return manifest.parts;
  if (text === undefined) return [];
  return slices(text).map((slice) => ({ start: slice.start, document: slice }));
}

/** 0-based line that a document starts in. */
export function lineOfPiece(file: SourceFile, ordinal: number): number {
  const start = file.pieces[ordinal]?.start ?? 0;
  if (file.lastParsed && file.manifest) return positionAt(file.manifest, start).line;
  let line = 0;
  const text = file.text ?? "";
  for (let at = text.indexOf("\n"); at >= 0 && at < start; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function toText(content: Uint8Array | string | undefined, isYaml: boolean): string | undefined {
  if (content === undefined || content.length > maxTextLength) return undefined;
  if (typeof content === "string") return content;
  if (!isYaml && content.subarray(0, 8000).includes(0)) return undefined;
  return new TextDecoder().decode(content);
}
