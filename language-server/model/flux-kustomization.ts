/** The Flux Kustomizations that are written in the workspace, read tolerantly, with where they are written. */
import { fluxKindOf } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import { Slot } from "../manifest/memory.ts";
import type { Value } from "../manifest/value.ts";

export interface FluxKustomization {
  readonly file: string;
  /** As it stood when the graph was made; `partOf` says where it stands now. */
  readonly part: FilePart;
  /** How many equal documents stand above it in its file. */
  readonly copy: number;
  readonly root: Value;
  readonly name: string;
  /** As written; the file graph may give it another. */
  readonly namespace: string;
  /** Cleaned; `undefined` when it is not written out. */
  readonly path: string | undefined;
  readonly source: { readonly kind: string; readonly name: string; readonly namespace: string };
  readonly targetNamespace: string | undefined;
  /** Whether it gives objects other names than are written. */
  readonly renames: boolean;
}

const known = new Slot<ManifestDocument, readonly FluxKustomization[]>();

const ofFile = new Slot<ManifestFile, readonly FluxKustomization[]>();

/** The same records for the same documents, wherever they stand in their file. */
export function readFluxKustomizations(file: ManifestFile): readonly FluxKustomization[] {
  let read = ofFile.get(file);
  if (!read) ofFile.set(file, (read = readAll(file)));
  return read;
}

function readAll(file: ManifestFile): readonly FluxKustomization[] {
  const copies = new Map<ManifestDocument, number>();
  return file.parts.flatMap((part) => {
    const { document } = part;
    if (document.kind !== flux.Kustomization) return [];
    const { root } = document;
    if (!root || fluxKindOf(document)?.kind !== flux.Kustomization || document.group === "")
      return [];
    const copy = copies.get(document) ?? 0;
    copies.set(document, copy + 1);
    const records = known.get(document) ?? [];
    const old = records.find((one) => one.copy === copy && one.file === file.path);
    if (old) return [old];
    const made = readOne({ file: file.path, part, copy, root });
    known.set(document, [...records, made]);
    return [made];
  });
}

function readOne(
  site: Pick<FluxKustomization, "file" | "part" | "copy" | "root">,
): FluxKustomization {
  const { name, namespace } = site.part.document;
  const spec = site.root.get("spec");
  const path = spec?.get("path")?.text ?? "";
  return {
    ...site,
    name,
    namespace,
    path: path.includes("${") ? undefined : cleanPath(path),
    source: {
      kind: spec?.at("sourceRef", "kind")?.text ?? "",
      name: spec?.at("sourceRef", "name")?.text ?? "",
      namespace: spec?.at("sourceRef", "namespace")?.text ?? namespace,
    },
    targetNamespace: spec?.get("targetNamespace")?.text,
    renames: ["namePrefix", "nameSuffix"].some((field) => spec?.get(field) !== undefined),
  };
}

/** Edits above it move a document, while the graph stays the same. */
export function partOf(
  file: Pick<ManifestFile, "parts"> | undefined,
  { part, copy }: Pick<FluxKustomization, "part" | "copy">,
): FilePart {
  const equal = file?.parts.filter(({ document }) => document === part.document);
  return equal?.[copy] ?? part;
}

/** `SecureJoin` in short: `..` stops at the root, a leading `/` is harmless. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") kept.pop();
    else kept.push(part);
  }
  return kept.join("/");
}
