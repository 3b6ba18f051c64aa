/** Where somebody asks for completion in a repository: half-typed names, paths and keys in its own files. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Typing } from "./lsp-documents.ts";

export interface CompletionPlace {
  readonly what: string;
  readonly path: string;
  /** With what is completed taken out. */
  readonly text: string;
  readonly typing: Typing;
}

const wanted = [
  {
    what: "name of a source",
    inFile:
      /^kind: Kustomization\n[^]*?\n {2}sourceRef:\n(?: {4}(?!name)\w+: \S+\n)* {4}name: (\S+)/m,
    letters: ["f", "fl"],
  },
  {
    what: "path of a Kustomization",
    inFile: /^kind: Kustomization\n[^]*?\n {2}path: ["']?\.\/(\S+)/m,
    letters: ["k", "ku"],
  },
  {
    what: "name of a dependency",
    inFile: /^kind: Kustomization\n[^]*?\n {2}dependsOn:\n {4}- name: (\S+)/m,
    letters: ["r", "ro"],
  },
  {
    what: "field of a HelmRelease",
    inFile: /^kind: HelmRelease\n[^]*?\nspec:\n()/m,
    letters: ["  t", "  ti"],
  },
  {
    what: "field of a Kustomization",
    inFile: /^kind: Kustomization\n[^]*?\nspec:\n()/m,
    letters: ["  t", "  ti"],
  },
] as const;

/** For each what, the first file of the repository in which it occurs. */
export function completionPlaces(folder: string): readonly CompletionPlace[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.ya?ml$/.test(path) && !path.startsWith(".git/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }))
    .filter(({ text }) => text.includes(".toolkit.fluxcd.io/"));
  return wanted.flatMap(({ what, inFile, letters }) => {
    for (const { path, text } of files) {
      const found = inFile.exec(text);
      const value = found?.[1];
      if (!found || value === undefined) continue;
      const offset = found.index + found[0].length - value.length;
      return [
        {
          what,
          path,
          text: text.slice(0, offset) + text.slice(offset + value.length),
          typing: { offset, inserted: (round: number) => letters[round % 2] ?? "" },
        },
      ];
    }
    return [];
  });
}
