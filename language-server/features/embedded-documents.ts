/**
 * YAML inside of block scalars of YAML: inline patches, `values.yaml: |`, templates of a ResourceSet. Each is a document of its own
 * with offsets that lead back to the text around it, so that what works in a file works in there.
 */
import { slices } from "../manifest/slices.ts";
import type { ChartValues } from "../model/chart-values.ts";
import { chartValuesOfData } from "../model/chart-values.ts";
import type { Schema } from "../schema/schema.ts";
import type { Outline, OutlineNode, Path } from "./completion-outline.ts";
import { pathOf, readOutline, scalarAt } from "./completion-outline.ts";
import { jsonPatch } from "./completion-pointers.ts";
import type { CompletionSite, Subject } from "./completion-site.ts";
import { fluxRowOf, pattern, subjectOf } from "./completion-site.ts";
import { kindOfTarget } from "./embedded-target.ts";

export interface EmbeddedDocument {
  readonly text: string;
  readonly subject: Subject;
  /** Of the cursor. */
  readonly offset: number;
  readonly toOuter: (offset: number) => number;
  /** Set where it is values of this chart. */
  readonly chart?: ChartValues;
}

type Around = Pick<CompletionSite, "model" | "path" | "outline" | "subject">;

/** The document in the block scalar of `node`; `undefined` when it is no YAML that is known here. */
export function embeddedAt(
  around: Around,
  node: OutlineNode,
  offset: number,
): EmbeddedDocument | undefined {
  const language = languageOf(around, node);
  if (language === undefined) return undefined;
  const block = dedented(around.outline, node);
  const inner = block.toInner(offset);
  const slice = slices(block.text).findLast(({ start }) => start <= inner);
  const start = slice?.start ?? 0;
  const text = slice?.text ?? block.text;
  const chart = language === "data" ? chartOfBlock(around, node) : undefined;
  return {
    text,
    ...(chart && { chart }),
    subject: subjectIn(around, node, language, text),
    offset: inner - start,
    toOuter: (at) => block.toOuter(at + start),
  };
}

type Language = "patch" | "manifests" | "data";

function languageOf({ subject }: Around, node: OutlineNode): Language | undefined {
  const path = pathOf(node);
  const where = pattern(path);
  const isPatched = subject.isKustomization || fluxRowOf(subject) !== undefined;
  if (isPatched && /(?:^|\.)patches(?:Json6902)?\.\[\]\.patch$/.test(where)) return "patch";
  if (subject.isKustomization && where === "patchesStrategicMerge.[]") return "patch";
  if (where === "spec.resourcesTemplate" && fluxRowOf(subject)) return "manifests";
  const isData = path.length === 2 && (path[0] === "data" || path[0] === "stringData");
  return isData && /\.ya?ml$/.test(node.key) ? "data" : undefined;
}

/** Where a HelmRelease takes its values from this key of a ConfigMap. */
function chartOfBlock({ model, path, outline }: Around, { key }: OutlineNode) {
  const parts = model.manifest(path)?.parts ?? [];
  const document = parts.find((part) => part.document.text === outline.text)?.document;
  return document && chartValuesOfData(model, { document, key });
}

function subjectIn(around: Around, node: OutlineNode, language: Language, text: string): Subject {
  const { model, path } = around;
  const outline = readOutline(text);
  // The name of the file around says nothing about what is in here.
  const own = subjectOf(model, `${path}#`, outline, language === "patch");
  switch (language) {
    case "manifests":
      return own;
    case "data":
      return scalarAt(outline.root, "kind") === "" ? { ...own, isPartial: true } : own;
    case "patch": {
      const patched = own.schema ?? targetSchema(around, pathOf(node));
      if (/^\s*(?:-|\[)/.test(text))
        return {
          type: undefined,
          schema: jsonPatch,
          isPartial: false,
          isKustomization: false,
          ...(patched && { patched }),
        };
      return patched ? { ...own, schema: patched } : own;
    }
  }
}

/** Of the kind that `target` beside the patch names. */
function targetSchema({ model, outline }: Around, path: Path): Schema | undefined {
  const target = (key: string): string =>
    scalarAt(outline.root, ...path.slice(0, -1), "target", key);
  const [group, version, kind] = [target("group"), target("version"), target("kind")];
  return kindOfTarget(model, { group, version, kind })?.schema;
}

interface Dedented {
  readonly text: string;
  readonly toInner: (offset: number) => number;
  readonly toOuter: (offset: number) => number;
}

/** The lines of a block scalar without their indentation. */
function dedented({ lines, starts }: Outline, { block }: OutlineNode): Dedented {
  const { firstLine, endLine, indent } = block ?? { firstLine: 0, endLine: 0, indent: 0 };
  const inner: string[] = [];
  const innerStarts: number[] = [];
  const cuts: number[] = [];
  let at = 0;
  for (let line = firstLine; line < endLine; line++) {
    const text = lines[line] ?? "";
    const cut = Math.min(indent, /^ */.exec(text)?.[0].length ?? 0);
    inner.push(text.slice(cut));
    innerStarts.push(at);
    cuts.push(cut);
    at += text.length - cut + 1;
  }
  const outerStart = (row: number): number => starts[firstLine + row] ?? 0;
  return {
    text: inner.join("\n"),
    toInner(offset) {
      const row = innerStarts.findLastIndex((_, index) => outerStart(index) <= offset);
      const within = Math.max(0, offset - outerStart(row) - (cuts[row] ?? 0));
      return (innerStarts[row] ?? 0) + Math.min(within, inner[row]?.length ?? 0);
    },
    toOuter(offset) {
      const row = Math.max(
        0,
        innerStarts.findLastIndex((start) => start <= offset),
      );
      return outerStart(row) + (cuts[row] ?? 0) + offset - (innerStarts[row] ?? 0);
    },
  };
}
