/** Completion: finds what is being typed, asks the parts that know something about it, and makes LSP of the answers. */
import type { ClientCapabilities, CompletionList, CompletionParams } from "vscode-languageserver";

import { offsetAt, partAt } from "../manifest/manifest-file.ts";
import { roleOf } from "../model/role.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { celSuggestions, isCel } from "./completion-cel.ts";
import { chartChoices, chartKeys } from "./completion-chart-values.ts";
import { chartSuggestions } from "./completion-charts.ts";
import { cursorAt } from "./completion-cursor.ts";
import { toList } from "./completion-item.ts";
import { itemSkeleton, Holes, keySuggestions } from "./completion-keys.ts";
import { markerSuggestions } from "./completion-markers.ts";
import { nameSuggestions } from "./completion-names.ts";
import { objectSuggestions } from "./completion-objects.ts";
import type { OutlineNode, Path } from "./completion-outline.ts";
import { outlineOf, pathOf, readOutline, scalarOf } from "./completion-outline.ts";
import { pointerSuggestions } from "./completion-pointers.ts";
import { pathSuggestions } from "./completion-paths.ts";
import type { CompletionSite, Subject, Suggestion } from "./completion-site.ts";
import { schemaOfPath, subjectOf } from "./completion-site.ts";
import { schemaValues } from "./completion-values.ts";
import { substituteKeys, variableSuggestions } from "./completion-variables.ts";
import { embeddedAt } from "./embedded-documents.ts";

export const noCompletion: CompletionList = { isIncomplete: false, items: [] };

/** Characters that call for completion although they are no part of a word. */
export const triggerCharacters = [" ", ":", "-", "/", "{", '"', "."];

/** Nothing rather than a guess: in templates of Helm and in texts that are no manifest. */
export function completion(
  client: ClientCapabilities,
  { model }: Pick<FolderModel, "model">,
  path: string,
  { position, context }: Pick<CompletionParams, "position" | "context">,
  signal: AbortSignal,
): CompletionList {
  const file = model.manifest(path);
  const offset = file && offsetAt(file, position);
  const part = file && offset !== undefined ? partAt(file, offset) : undefined;
  if (!file || offset === undefined || !part) return noCompletion;
  const role = roleOf(part.document, { path, graph: model.graph });
  if (role === "template") return noCompletion;
  const outline = outlineOf(part.document);
  const subject = subjectOf(model, path, outline, role === "patch");
  const around = { model, path, outline, subject, signal };
  const found = complete(around, offset - part.start, context?.triggerCharacter);
  if (!found) return noCompletion;
  const snippets = client.textDocument?.completion?.completionItem?.snippetSupport === true;
  return toList(found, { file, start: part.start, snippets });
}

export interface Completed {
  readonly suggestions: readonly Suggestion[];
  /** Offsets in the document. */
  readonly start: number;
  readonly end: number;
  readonly lead: string;
}

type Surroundings = Omit<CompletionSite, "typing">;

/** More texts in texts are not looked into. */
const maxDepth = 3;

function complete(
  around: Surroundings,
  offset: number,
  trigger: string | undefined,
  depth = 0,
): Completed | undefined {
  around.signal.throwIfAborted();
  const cursor = cursorAt(around.outline, offset);
  switch (cursor?.at) {
    case undefined:
      return undefined;
    case "comment":
      return markerSuggestions(around.model, cursor);
    case "block": {
      const inner = depth < maxDepth ? embeddedAt(around, cursor.node, offset) : undefined;
      if (!inner) return inBlockText(around, cursor.node, offset);
      const outline = readOutline(inner.text);
      const answer = complete(
        { ...around, outline, subject: inner.subject, ...(inner.chart && { chart: inner.chart }) },
        inner.offset,
        trigger,
        depth + 1,
      );
      if (!answer) return undefined;
      return { ...answer, start: inner.toOuter(answer.start), end: inner.toOuter(answer.end) };
    }
    case "entry":
    case "value": {
      const site: CompletionSite = { ...around, typing: cursor };
      // A space in an empty line is indentation.
      const isTyping = cursor.at === "value" || cursor.deeper > 0 || cursor.style === "flow";
      if (trigger === " " && !isTyping) return undefined;
      const { start, end, lead } = cursor;
      return narrowed(site, { start, end, lead, suggestions: suggestionsAt(site) });
    }
  }
}

function suggestionsAt(site: CompletionSite): readonly Suggestion[] {
  const { typing, outline, subject } = site;
  const { path } = typing;
  if (typing.at === "value") return valuesAt(site, path);
  if (path.length === 0 && isUnknown(subject) && !site.chart)
    return objectSuggestions(site, outline);
  const { schema } = schemaOfPath(site, path);
  if (schema?.type === "array" && typing.style === "block") return newItems(site, path);
  const keys = chartKeys(site, path);
  const isScalarItem = typeof path.at(-1) === "number" && schema?.type !== "object";
  if (isScalarItem && keys.length === 0) return valuesAt(site, path);
  return [...keySuggestions(site, typing), ...substituteKeys(site, path), ...keys];
}

function isUnknown({ schema, isKustomization }: Subject): boolean {
  return !schema && !isKustomization;
}

function valuesAt(site: CompletionSite, path: Path): readonly Suggestion[] {
  const variables = variableSuggestions(site);
  if (variables) return variables;
  if (isCel(site, path)) return celSuggestions(site, path);
  if (path.length === 1 && !site.chart) {
    const objects = objectSuggestions(site, site.outline);
    if (objects.length > 0) return objects;
  }
  const known = [
    ...nameSuggestions(site, path),
    ...chartSuggestions(site, path),
    ...pathSuggestions(site, path),
    ...pointerSuggestions(site, path),
    ...chartChoices(site, path),
  ];
  return known.length > 0 ? known : schemaValues(site, path);
}

/** In a list, at a line without a dash yet. */
function newItems(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { schema } = schemaOfPath(site, path);
  const items = schema?.items;
  if (items?.type === "object") {
    const text = itemSkeleton(items, { indent: 0, holes: new Holes(), depth: 0 });
    return [{ label: "- new item", snippet: `- ${text}`, kind: "field", rank: 0 }];
  }
  return valuesAt(site, [...path, -1]).map((one) => ({
    ...one,
    label: `- ${one.label}`,
    insert: `- ${one.insert ?? one.label}`,
  }));
}

/** A text that is no YAML may be an expression, and may hold variables all the same. */
function inBlockText(
  around: Surroundings,
  node: OutlineNode,
  offset: number,
): Completed | undefined {
  const { text, starts } = around.outline;
  const start = starts[node.block?.firstLine ?? 0] ?? 0;
  const word = text.slice(start, offset);
  const path = pathOf(node);
  const typing = { at: "value", path, word, start, end: offset, lead: "" } as const;
  const siblings = new Map(node.parent?.children.map((one) => [one.key, scalarOf(one)]));
  const site: CompletionSite = { ...around, typing: { ...typing, siblings } };
  const suggestions =
    variableSuggestions(site) ?? (isCel(site, path) ? celSuggestions(site, path) : undefined);
  return suggestions && narrowed(site, { ...typing, suggestions });
}

/** Behind `${` only what follows it is replaced; in an expression only the last name. */
function narrowed(site: CompletionSite, completed: Completed): Completed {
  const { typing } = site;
  const variable = typing.word.lastIndexOf("${");
  const isVariable = variable >= 0 && completed.suggestions.some(({ kind }) => kind === "variable");
  if (isVariable) {
    const end = typing.start + typing.word.length;
    const rest = /^\w*\}?/.exec(site.outline.text.slice(end))?.[0].length ?? 0;
    return { ...completed, start: typing.start + variable, end: end + rest };
  }
  if (typing.at === "value" && isCel(site, typing.path)) {
    const end = typing.start + typing.word.length;
    const name = /\w*$/.exec(typing.word)?.[0].length ?? 0;
    return { ...completed, start: end - name, end };
  }
  return completed;
}
