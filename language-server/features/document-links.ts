/** Paths and addresses that open with a click. */
import type { DocumentLink } from "vscode-languageserver";

import type { EmbeddedPart } from "../manifest/embedded-parts.ts";
import { embeddedParts } from "../manifest/embedded-parts.ts";
import type { FilePart } from "../manifest/manifest-file.ts";
import { rangeOf } from "../manifest/manifest-file.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";
import { filesAt, pathsIn } from "./definition-paths.ts";

export function documentLinks({ model, root }: FolderModel, path: string): readonly DocumentLink[] {
  const file = model.manifest(path);
  if (!file) return [];
  const parts = file.parts.flatMap((part) => [part, ...[...embeddedParts(part)].map(inside)]);
  return parts.flatMap((part) =>
    pathsIn({ model, file, part }).flatMap((site): readonly DocumentLink[] => {
      const range = rangeOf(file, part, site.span);
      if (site.to === "web") return [{ range, target: site.url }];
      const [first] = filesAt(model, site.path);
      return first === undefined ? [] : [{ range, target: toUri(root, first), tooltip: first }];
    }),
  );
}

function inside({ part }: EmbeddedPart): FilePart {
  return part;
}
