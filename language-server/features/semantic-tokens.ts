/** Colours for what YAML alone does not show: variables, names of objects, references, markers of image automation. */
import type { SemanticTokens, SemanticTokensLegend } from "vscode-languageserver";
import { SemanticTokensBuilder } from "vscode-languageserver";

import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import { positionAt } from "../manifest/manifest-file.ts";
import type { Span } from "../manifest/value.ts";
import { isSubstitutionDisabled, variableSites } from "../manifest/variable-sites.ts";
import { roleOf } from "../model/role.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { markersIn } from "../rules/image-marker.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { namesIn } from "./references-names.ts";

const types = ["variable", "class", "macro"] as const;

export const semanticLegend: SemanticTokensLegend = {
  tokenTypes: [...types],
  tokenModifiers: ["declaration"],
};

interface Token {
  readonly span: Span;
  readonly type: (typeof types)[number];
  readonly declares: boolean;
}

export function semanticTokens({ model }: FolderModel, path: string): SemanticTokens {
  const file = model.manifest(path);
  const builder = new SemanticTokensBuilder();
  for (const part of file?.parts ?? []) {
    if (!file) break;
    for (const token of tokensIn(model, file, part)) push(builder, file, part, token);
  }
  return builder.build();
}

/** In the order of the text; of two that overlap the first stays. */
function tokensIn(model: WorkspaceModel, file: ManifestFile, part: FilePart): readonly Token[] {
  const { document } = part;
  const role = roleOf(document, { path: file.path, graph: model.graph });
  if (role === "template" || role === "other") return [];
  const isSubstituted = !isSubstitutionDisabled(document);
  const found: Token[] = [
    ...(isSubstituted ? variableSites(document).sites : []).map(({ nameSpan }): Token => ({
      span: nameSpan,
      type: "variable",
      declares: false,
    })),
    ...namesIn({ model, file, part })
      .filter(({ field }) => field !== "$imagepolicy")
      .map(({ span, role: own }): Token => ({
        span,
        type: "class",
        declares: own === "declaration",
      })),
    ...[...markersIn(document.text)].map(({ span }): Token => ({
      span,
      type: "macro",
      declares: false,
    })),
  ];
  let end = -1;
  return found
    .toSorted((a, b) => a.span[0] - b.span[0])
    .filter(({ span }) => {
      if (span[0] < end || span[1] <= span[0]) return false;
      end = span[1];
      return true;
    });
}

function push(
  builder: SemanticTokensBuilder,
  file: ManifestFile,
  part: FilePart,
  { span, type, declares }: Token,
): void {
  const start = positionAt(file, part.start + span[0]);
  const end = positionAt(file, part.start + span[1]);
  // Clients need not take tokens of several lines.
  if (start.line !== end.line) return;
  const length = end.character - start.character;
  builder.push(start.line, start.character, length, types.indexOf(type), declares ? 1 : 0);
}
