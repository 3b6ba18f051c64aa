/** A file of the workspace as the model sees it: its text when it can be one, and what is derived from it, once. */
import type { Headline } from "#simulator";
import { headlines } from "#simulator";

import type { ManifestFile } from "../manifest/manifest-file.ts";
import { parseManifestFile } from "../manifest/manifest-file.ts";

/** Longer texts are not looked into: an object in etcd is at most 1.5 MB. */
const maxTextLength = 10_000_000;

export interface SourceFile {
  readonly path: string;
  /** Equal ids are equal contents. */
  readonly id: string;
  readonly size: number;
  /** `undefined` for what is no text, too large, a link or a submodule. */
  readonly text: string | undefined;
  /** Whether it is written in YAML by its name. */
  readonly isYaml: boolean;
  readonly headlines: readonly Headline[];
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
  let lines: readonly Headline[] | undefined;
  let manifest: { readonly value: ManifestFile | undefined } | undefined;
  let before = previous?.lastParsed;
  const readText = () => (text ??= { value: toText(content, isYaml) }).value;
  const parse = (): ManifestFile | undefined => {
    const own = readText();
    if (own === undefined || !isYaml) return undefined;
    return parseManifestFile(path, own, before);
  };
  return {
    path,
    id,
    size,
    isYaml,
    get text() {
      return readText();
    },
    get headlines() {
      lines ??= isYaml ? headlines(readText() ?? "") : [];
      return lines;
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
}

function toText(content: Uint8Array | string | undefined, isYaml: boolean): string | undefined {
  if (content === undefined || content.length > maxTextLength) return undefined;
  if (typeof content === "string") return content;
  if (!isYaml && content.subarray(0, 8000).includes(0)) return undefined;
  return new TextDecoder().decode(content);
}
