/** Lines of a chart's own files: where a default is written, and which template an object comes from. */
import { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument } from "yaml";

import type { EngineObject } from "../engine/protocol.ts";
import type { ReadChartFile } from "./chart-files.ts";
import type { LinePath } from "./line-state.ts";
import type { FieldPath } from "./site.ts";

/** Paths are below the chart's folder; lines are 1-based. */
export interface ChartPlace {
  readonly file: string;
  readonly line?: number;
}

/** A default in `values.yaml`; what the chart itself does not set is a default of the subchart of that name. */
export async function placeOfDefault(
  read: ReadChartFile,
  path: FieldPath,
): Promise<ChartPlace | undefined> {
  const text = await read("values.yaml");
  const own = text === undefined ? undefined : lineOfValue(text, path);
  if (own?.isWhole === true) return { file: "values.yaml", line: own.line };
  const [name, ...below] = path;
  if (typeof name === "string" && below.length > 0) {
    const inner = await placeOfDefault((file) => read(`charts/${name}/${file}`), below);
    if (inner !== undefined) return { ...inner, file: `charts/${name}/${inner.file}` };
  }
  return own === undefined ? undefined : { file: "values.yaml", line: own.line };
}

/** In a file that takes the place of `values.yaml` (`valuesFiles`), when all of the path is written there. */
export function lineOfDefault(text: string, path: FieldPath): number | undefined {
  const found = lineOfValue(text, path);
  return found?.isWhole === true ? found.line : undefined;
}

interface FoundLine {
  readonly line: number;
  /** The whole path is written there, not only its beginning. */
  readonly isWhole: boolean;
}

function lineOfValue(text: string, path: FieldPath): FoundLine | undefined {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: false,
    logLevel: "silent",
  });
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === step);
      if (pair !== undefined && isScalar(pair.key)) {
        offset = pair.key.range?.[0];
        next = pair.value;
      }
    } else if (isSeq(node) && typeof step === "number") {
      next = node.items[step];
      if (isNode(next)) offset = next.range?.[0] ?? offset;
    }
    if (next === undefined)
      return offset === undefined
        ? undefined
        : { line: counter.linePos(offset).line, isWhole: false };
    node = next;
  }
  return offset === undefined ? undefined : { line: counter.linePos(offset).line, isWhole: true };
}

/**
 * The template that Helm says an object comes from. A line is given only where exactly one line of the template can be meant: one
 * that reads the same, or else one that begins with the same key.
 */
export async function placeInTemplate(
  read: ReadChartFile,
  object: EngineObject,
  { path, row }: LinePath,
  shown: string,
): Promise<ChartPlace | undefined> {
  const template = object.helm?.template;
  const file = template?.slice(template.indexOf("/") + 1);
  if (file === undefined) return undefined;
  const text = await read(file);
  if (text === undefined) return undefined;
  const lines = text.split("\n").map((line) => line.trim().replace(/^- /, ""));
  const only = (fits: (line: string) => boolean): number | undefined => {
    const first = lines.findIndex(fits);
    return first >= 0 && lines.findLastIndex(fits) === first ? first + 1 : undefined;
  };
  const same = only((line) => line === shown.trim().replace(/^- /, ""));
  const key = row === undefined ? path.at(-1) : undefined;
  const line =
    same ?? (typeof key === "string" ? only((one) => one.startsWith(`${key}:`)) : undefined);
  return { file, ...(line !== undefined && { line }) };
}
