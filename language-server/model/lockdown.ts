/** Whether the repository locks tenants in: the controllers' flag in a patch, or `multitenant` of a FluxInstance. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { derived } from "../manifest/manifest-document.ts";
import { Slot } from "../manifest/memory.ts";
import type { PieceText, SourceFile } from "./source-file.ts";
import { lineOfPiece } from "./source-file.ts";

export interface LockdownPlace {
  readonly path: string;
  /** 0-based. */
  readonly line: number;
}

const perFile = new Slot<SourceFile, LockdownPlace | null>();

/** Where it is said; `undefined` when nothing says it. */
export function findLockdown(files: Iterable<SourceFile>): LockdownPlace | undefined {
  for (const file of files) {
    let known = perFile.get(file);
    if (known === undefined) perFile.set(file, (known = find(file)));
    if (known) return known;
  }
  return undefined;
}

function find(file: SourceFile): LockdownPlace | null {
  const { path, pieces } = file;
  for (const [ordinal, { document }] of pieces.entries()) {
    const at = lineOfFlag(document);
    if (at !== null) return { path, line: lineOfPiece(file, ordinal) + at };
  }
  if (!pieces.some(({ document }) => mayLockIn(document))) return null;
  for (const { document, start } of file.manifest?.parts ?? []) {
    const value = document.root?.at("spec", "cluster", "multitenant");
    if (isFluxKind(document, flux.FluxInstance) && value?.flag === true)
      return { path, line: lineAt(file.text ?? "", start + value.span[0]) };
  }
  return null;
}

const lineOfFlag = derived(({ text }: PieceText): number | null => {
  if (!text.includes("--no-cross-namespace-refs")) return null;
  const at = /^[^#\n]*--no-cross-namespace-refs(?:=true)?\b(?!=false)/m.exec(text)?.index;
  return at === undefined ? null : lineAt(text, at);
});

const mayLockIn = derived(({ text }: PieceText) => text.includes("multitenant:"));

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}
