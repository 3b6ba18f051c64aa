/** A file of the workspace as the model sees it: its text when it can be one, and what is derived from it, once. */
import type { Headline } from "#simulator";
import { headlines } from "#simulator";

import { derived } from "../manifest/manifest-document.ts";
import type { ManifestFile } from "../manifest/manifest-file.ts";
import { parseManifestFile, positionAt } from "../manifest/manifest-file.ts";
import type { Memory, Remembering } from "../manifest/memory.ts";
import { slices } from "../manifest/slices.ts";

/** Longer texts are not looked into: an object in etcd is at most 1.5 MB. */
const maxTextLength = 10_000_000;

/** A document as text. One that was parsed before is the parsed one, so what is remembered of it is kept through edits. */
export interface Piece {
  /** Offset in the file. */
  readonly start: number;
  /** To remember things by. */
  readonly document: PieceText;
}

export interface PieceText extends Remembering {
  readonly text: string;
}

export interface SourceFile extends Remembering {
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
  return new LazyFile({ path, id }, content, previous?.lastParsed);
}

class LazyFile implements SourceFile {
  readonly path: string;
  readonly id: string;
  readonly size: number;
  readonly isYaml: boolean;
  readonly isTooLarge: boolean;
  readonly memory: Memory = [];
  readonly #content: Uint8Array | string | undefined;
  #before: ManifestFile | undefined;
  #text: { readonly value: string | undefined } | undefined;
  #headlines: SourceFile["headlines"] | undefined;
  #pieces: readonly Piece[] | undefined;
  #manifest: { readonly value: ManifestFile | undefined } | undefined;

  constructor(
    { path, id }: Pick<SourceFile, "path" | "id">,
    content: Uint8Array | string | undefined,
    before: ManifestFile | undefined,
  ) {
    this.path = path;
    this.id = id;
    this.size = content?.length ?? 0;
    this.isYaml = /\.ya?ml$/i.test(path) || /(^|\/)Kustomization$/.test(path);
    this.isTooLarge = this.size > maxTextLength;
    this.#content = content;
    this.#before = before;
  }

  get text() {
    return (this.#text ??= { value: toText(this.#content, this.isYaml) }).value;
  }

  get headlines() {
    this.#headlines ??= this.pieces.map(({ document }) => headlinesOf(document));
    return this.#headlines;
  }

  get pieces() {
    this.#pieces ??= this.isYaml ? piecesOf(this.text, this.lastParsed && this.manifest) : [];
    return this.#pieces;
  }

  get manifest() {
    if (!this.#manifest) {
      this.#manifest = { value: this.#parse() };
      this.#before = undefined;
    }
    return this.#manifest.value;
  }

  get lastParsed() {
    return this.#manifest ? this.#manifest.value : this.#before;
  }

  #parse(): ManifestFile | undefined {
    const { text } = this;
    if (text === undefined || !this.isYaml) return undefined;
    return parseManifestFile(this.path, text, this.#before);
  }
}

/** With lines that count from the start of the document. */
const headlinesOf = derived(({ text }: PieceText) => headlines(text));

function piecesOf(text: string | undefined, manifest: ManifestFile | undefined): readonly Piece[] {
  if (manifest) return manifest.parts;
  if (text === undefined) return [];
  return slices(text).map((slice) => ({
    start: slice.start,
    document: { text: slice.text, memory: [] },
  }));
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
