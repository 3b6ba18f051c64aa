/** Which minor of Flux a repository installs, where it says so. */
import { derived } from "../manifest/manifest-document.ts";
import { Slot } from "../manifest/memory.ts";
import type { PieceText, SourceFile } from "./source-file.ts";

const perFile = new Slot<SourceFile, string | null>();

/** `2.7`; the newest when it installs several, `undefined` when nothing says it. */
export function detectFlux(files: Iterable<SourceFile>): string | undefined {
  let newest: string | undefined;
  for (const file of files) {
    let known = perFile.get(file);
    if (known === undefined) perFile.set(file, (known = find(file)));
    if (known !== null && (newest === undefined || isNewer(known, newest))) newest = known;
  }
  return newest;
}

function isNewer(a: string, b: string): boolean {
  return Number(a.slice(2)) > Number(b.slice(2));
}

function find({ pieces }: SourceFile): string | null {
  for (const { document } of pieces) {
    const found = findIn(document);
    if (found !== null) return found;
  }
  return null;
}

/**
 * The label of gotk-components.yaml, `distribution.version` of a FluxInstance, the tag of the distribution's artifact or
 * manifests. A range without a minor (`2.x`) says nothing.
 */
const findIn = derived(({ text }: PieceText): string | null => {
  if (!/fluxcd|flux2|distribution/.test(text)) return null;
  for (const pattern of patterns) {
    const minor = pattern.exec(text)?.[1];
    if (minor !== undefined) return `2.${minor}`;
  }
  return null;
});

const patterns: readonly RegExp[] = [
  /app\.kubernetes\.io\/part-of: flux\n\s+app\.kubernetes\.io\/version: v2\.(\d+)\./,
  /kind: [A-Z]\w+Instance[\s\S]*?\n\s+version: ["']?[=~^v]*2\.(\d+)/,
  /flux-manifests\b[\s\S]{0,200}?\n\s+tag: ["']?v?2\.(\d+)\./,
  /github\.com\/fluxcd\/flux2[^\n]*[?&]ref=v?2\.(\d+)\./,
];
