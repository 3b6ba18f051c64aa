/** Files of a template with a cursor `█` in one of them and expected ranges `«…»`, as a folder that features can be asked about. */
import type { Position, Range } from "vscode-languageserver";

import type { ChartShelf } from "../../language-server/model/truth.ts";
import { createTruth } from "../../language-server/model/truth.ts";
import { createCatalog } from "../../language-server/schema/create-catalog.ts";
import type { Packs } from "../../language-server/schema/packs.ts";
import { FolderModel } from "../../language-server/workspace/folder-model.ts";
import { fixture, textOf, treeOf } from "./fixture.ts";

export const root = "file:///repo";

export interface CursorCase {
  readonly folder: FolderModel;
  /** Of the file with the cursor. */
  readonly path: string;
  readonly position: Position;
  /** `path:line:start-end` of each marked range, in the order of the files; 1-based lines. */
  readonly marked: readonly string[];
}

export function cursorCase(text: string, packs?: Packs): CursorCase {
  const tree = fixture(text);
  const clean: Record<string, string> = {};
  const marked: string[] = [];
  let cursor: { readonly path: string; readonly position: Position } | undefined;
  for (const path of tree.files.keys()) {
    const lines = textOf(tree, path).split("\n");
    for (const [line, content] of lines.entries()) {
      const bare = content.replaceAll(/[«»]/g, "");
      if (bare.includes("█")) cursor = { path, position: { line, character: bare.indexOf("█") } };
      marked.push(...rangesIn(content.replace("█", "")).map((one) => `${path}:${line + 1}:${one}`));
      lines[line] = bare.replace("█", "");
    }
    clean[path] = lines.join("\n");
  }
  const log = { info() {}, warn() {}, error: (message: string) => fail(message) };
  const folder = new FolderModel({ root, docs: undefined, log });
  if (packs)
    folder.store.setSchemas((given, crds) => createCatalog(packs, { ...given, workspace: crds }));
  folder.store.setTree(treeOf(clean));
  return {
    folder,
    marked,
    ...(cursor ?? { path: [...tree.files.keys()][0] ?? "", position: start }),
  };
}

const start: Position = { line: 0, character: 0 };

function rangesIn(line: string): readonly string[] {
  const found: string[] = [];
  let removed = 0;
  for (const { index, 0: whole } of line.matchAll(/«[^»]*»/g)) {
    const from = index - removed;
    found.push(`${from}-${from + whole.length - 2}`);
    removed += 2;
  }
  return found;
}

/** In the form of `marked`, sorted as the files are. */
export function shown(uri: string, { start: from, end }: Range): string {
  return `${decodeURIComponent(uri.slice(root.length + 1))}:${from.line + 1}:${from.character}-${end.character}`;
}

/** What a simulation would have found, for features that show it. */
export function withTruth(
  { folder }: CursorCase,
  plan: Parameters<typeof createTruth>[0],
  charts?: ChartShelf,
): void {
  folder.store.setTruth(createTruth(plan, [], charts));
}

function fail(message: string): never {
  throw new Error(message);
}
