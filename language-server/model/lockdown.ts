/** Whether the repository locks tenants in: the controllers' flag in a patch, or `multitenant` of a FluxInstance. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { SourceFile } from "./source-file.ts";

export interface LockdownPlace {
  readonly path: string;
  /** 0-based. */
  readonly line: number;
}

const perFile = new WeakMap<SourceFile, LockdownPlace | null>();

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
  if (!file.isYaml) return null;
  const text = file.text ?? "";
  const at = /^[^#\n]*--no-cross-namespace-refs(?:=true)?\b(?!=false)/m.exec(text)?.index;
  if (at !== undefined) return { path: file.path, line: lineOf(text, at) };
  if (!text.includes("multitenant:")) return null;
  for (const { document, start } of file.manifest?.parts ?? []) {
    const value = document.root?.at("spec", "cluster", "multitenant");
    if (isFluxKind(document, flux.FluxInstance) && value?.flag === true)
      return { path: file.path, line: lineOf(text, start + value.span[0]) };
  }
  return null;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}
